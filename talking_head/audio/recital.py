"""A clause as sound: the voice, how it is to be spoken, and the pause behind it."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from talking_head.protocols import Synthesizer
from talking_head.types import PLAIN, TICKS_PER_SECOND, Phoneme, TextSpan, Utterance


def recite(voice: Synthesizer, span: TextSpan) -> Generator[Utterance, None, None]:
    """Yield what ``voice`` makes of ``span``, then its pause. Closing stops the voice between two pieces."""
    if span.spoken:
        # A backend of another package may know no delivery.
        plain = span.delivery == PLAIN
        yield from voice.synthesize(span.spoken) if plain else voice.synthesize(span.spoken, span.delivery)
    if span.pause:
        ticks = round(span.pause * TICKS_PER_SECOND)
        yield Utterance(np.zeros(ticks, np.float32), (Phoneme(" ", 0, ticks),))
