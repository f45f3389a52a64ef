"""When each stage of a turn first produced something: the figures behind every latency that we publish."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class TurnTrace:
    """Seconds on the monotonic clock; ``None`` until it happened.

    ``text``: the words arrived · ``token``: first piece of the reply · ``clause``: first speakable clause · ``speech``: its
    first sound was synthesised · ``audio``: that sound was handed to the network with its picture · ``end``: turn over ·
    ``voice``: the visitor fell silent, where the text was spoken.
    """

    turn: int
    text: float = field(default_factory=time.monotonic)
    token: float | None = None
    clause: float | None = None
    speech: float | None = None
    audio: float | None = None
    end: float | None = None
    voice: float | None = None

    def mark(self, stage: str) -> None:
        """Note the time of ``stage`` unless it already happened."""
        if getattr(self, stage) is None:
            setattr(self, stage, time.monotonic())

    def since_text_ms(self, stage: str) -> float | None:
        """Milliseconds from the text's arrival to ``stage``."""
        at: float | None = getattr(self, stage)
        return None if at is None else round((at - self.text) * 1000, 1)
