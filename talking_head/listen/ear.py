"""One microphone: from its sound to who speaks when, and the sound of each utterance."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy.signal import firwin

from talking_head.errors import AudioError
from talking_head.listen.echo import CHUNK, EchoGuard
from talking_head.listen.tone.prosody import Prosody, ProsodyMeter
from talking_head.listen.turns import Sign, TurnDetector, TurnTaking
from talking_head.protocols import VoiceDetector
from talking_head.types import F32, VOICE_RATE

BEFORE_S = 0.4  # sound from before a beginning that is kept, so that the first consonant is not lost


class Decimator:
    """48 kHz → 16 kHz in blocks, n → n / 3 samples each, always 0.5 ms late: what is sent, for the echo guard."""

    _TAPS = firwin(49, 7_000, fs=48_000).astype(np.float32)

    def __init__(self) -> None:
        self._tail = np.zeros(len(self._TAPS) - 1, np.float32)

    def push(self, pcm: F32) -> F32:
        """f32[n] at 48 kHz, n divisible by 3 → f32[n / 3]."""
        line = np.concatenate([self._tail, pcm])
        self._tail = line[len(pcm) :]
        out: F32 = np.convolve(line, self._TAPS, "valid")[::3].astype(np.float32)
        return out


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance: its sound f32[n] at 16 kHz, samples until its last voice, seconds of voice, how it sounded; ``unheard_s``
    after its last voice in which no answer should be heard, for who spoke may go on."""

    sound: F32
    voiced: int
    voiced_s: float
    prosody: Prosody | None
    unheard_s: float


class Ear:
    """Push any number of samples, get signs; :meth:`utterance` is what was said since the last BEGAN. Bounded memory."""

    def __init__(self, vad: VoiceDetector, taking: TurnTaking = TurnTaking()) -> None:  # noqa: B008  # frozen
        self._vad = vad
        self.turns = TurnDetector(taking)
        self.echo = EchoGuard()
        self._prosody = ProsodyMeter()
        self.prosody: Prosody | None = None  # of the utterance, as of its last short pause or its end
        self._voice = taking.voice
        self.level = 0.0  # RMS of the last chunk
        self._left = np.zeros(0, np.float32)
        self._before: deque[F32] = deque(maxlen=round(BEFORE_S * VOICE_RATE / CHUNK))
        self._kept: list[F32] = []
        self.voiced = 0  # samples of the utterance until its last voice; also after its end

    def played(self, pcm: F32, at: int) -> None:
        """f32[n] at 16 kHz of the presenter goes out while the microphone's sample ``at`` arrives (counted from the first)."""
        self.echo.played(pcm, at)

    def push(self, pcm: F32) -> list[Sign]:
        """Mono f32[n] at 16 kHz in −1..1, any n; what it brought. Raises AudioError for NaN or another shape."""
        pcm = np.asarray(pcm)
        if pcm.ndim != 1 or not np.issubdtype(pcm.dtype, np.floating):
            raise AudioError(f"A microphone's sound is mono floats at 16 kHz, not {pcm.dtype} of shape {pcm.shape}.")
        if not np.isfinite(pcm).all():
            raise AudioError("The microphone's sound holds NaN or infinite samples.")
        signs: list[Sign] = []
        line = np.concatenate([self._left, pcm.astype(np.float32, copy=False)])
        whole = len(line) // CHUNK * CHUNK
        self._left = line[whole:]
        for start in range(0, whole, CHUNK):
            signs += self._step(line[start : start + CHUNK])
        return signs

    def judged(self, finished: float) -> list[Sign]:
        """See :class:`TurnDetector`."""
        signs = self.turns.judged(finished)
        if Sign.ENDED in signs:
            self.prosody = self._prosody.measure()
        return signs

    def _step(self, chunk: F32) -> list[Sign]:
        self.level = float(np.sqrt(np.square(chunk).mean()))
        clean = self.echo.clean(chunk, within=self.turns.speaking)
        probability = self._vad.probability(clean)
        signs = self.turns.push(probability, doubtful=self.echo.sounding)
        echoes = self.echo.sounding and self.echo.delay is not None
        self._prosody.push(clean, probability >= self._voice, clear=not echoes)
        if Sign.BEGAN in signs:
            self._kept = [*self._before, clean]
            self._prosody.begin(len(self._kept))
            self.prosody = None
            self._before.clear()
        elif self.turns.speaking or Sign.ENDED in signs:
            self._kept.append(clean)
        else:
            self._before.append(clean)
        if Sign.HUSHED in signs or Sign.ENDED in signs:
            self.prosody = self._prosody.measure()
        if self.turns.speaking and not self.turns.pausing:
            self.voiced = self.samples
        return signs

    @property
    def samples(self) -> int:
        """How long the utterance is by now."""
        return len(self._kept) * CHUNK

    @property
    def missing(self) -> int:
        """How many samples have to be pushed until there is something new to hear; at least 1."""
        return CHUNK - len(self._left)

    def utterance(self) -> F32:
        """f32[n] at 16 kHz since shortly before BEGAN, until now or ENDED; empty if nobody has spoken."""
        return np.concatenate(self._kept) if self._kept else np.zeros(0, np.float32)

    def said(self) -> Said:
        """What is known of the utterance since the last BEGAN."""
        unheard_s = self.turns.silent_s + self.turns.unheard_s
        return Said(self.utterance(), self.voiced, self.turns.voiced_s, self.prosody, unheard_s)

    def finish(self) -> bool:
        """The speaker has finished (a button was let go, the microphone is off). False: nobody was speaking."""
        speaking = self.turns.speaking
        if speaking:
            self.prosody = self._prosody.measure()
        self.turns.end()
        return speaking
