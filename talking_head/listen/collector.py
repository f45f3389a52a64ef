"""From a microphone's packets to the pieces of sound in which somebody says something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talking_head.audio.pcm import StreamResampler
from talking_head.errors import AudioError
from talking_head.listen.vad import VAD_CHUNK, VAD_RATE, SileroVad, Voice
from talking_head.types import F32, TICKS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody began to speak: the moment for a face to stop talking and listen. ``second`` since the stream began."""

    second: float


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody finished. ``pcm`` f32[n] at 16 kHz is what to give to a recogniser; ``second``: where it begins."""

    pcm: F32
    second: float


class UtteranceCollector:
    """Push 20 ms packets at 48 kHz; get :class:`Started` once, then :class:`Said` when the speaker has stopped.

    ``before_s``: how much sound from before the start is kept, so that the first consonant is not lost. ``longest_s``: a
    speaker who never stops is cut there. Its detector (0.2 ms a chunk) runs in :meth:`push`; recognition is the caller's
    business. Everything it keeps is bounded.
    """

    def __init__(self, vad: SileroVad, *, before_s: float = 0.3, longest_s: float = 30.0) -> None:
        self._vad = vad
        self._before, self._longest = round(before_s * VAD_RATE), round(longest_s * VAD_RATE)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as for a new microphone."""
        self._vad.reset()
        self._line = StreamResampler(TICKS_PER_SECOND, VAD_RATE)
        self._waiting = np.zeros(0, np.float32)  # less than one chunk
        self._kept: list[F32] = []  # chunks of the utterance, or of the time just before one
        self._first = 0  # place of the first kept sample
        self._seen = 0
        self._begun: int | None = None

    def push(self, pcm: F32) -> list[Started | Said]:
        """Take mono f32[n] at 48 kHz (n of a packet: 960; any other works), give what happened. Raises AudioError."""
        pcm = np.asarray(pcm)
        if pcm.ndim != 1 or not np.issubdtype(pcm.dtype, np.floating):
            raise AudioError(f"Microphone packets are mono floats at 48 kHz, not {pcm.dtype} of shape {pcm.shape}.")
        if not np.isfinite(pcm).all():
            raise AudioError("The microphone's sound holds NaN or infinite samples.")
        events: list[Started | Said] = []
        self._waiting = np.concatenate([self._waiting, self._line.push(pcm.astype(np.float32, copy=False))])
        while len(self._waiting) >= VAD_CHUNK:
            chunk, self._waiting = self._waiting[:VAD_CHUNK], self._waiting[VAD_CHUNK:]
            events += self._take(chunk)
        return events

    def flush(self) -> list[Started | Said]:
        """The microphone is gone: what was being said ends here. The collector starts anew."""
        ended = self._end(self._seen) if self._begun is not None else []
        self.reset()
        return ended

    def _take(self, chunk: F32) -> list[Started | Said]:
        event = self._vad.push(chunk)
        self._kept.append(chunk)
        self._seen += VAD_CHUNK
        if event is not None and event.kind is Voice.START:
            self._begun = max(self._first, event.sample - self._before)
            return [Started(event.sample / VAD_RATE)]
        if event is not None and self._begun is not None:
            return self._end(event.sample + self._before)
        if self._begun is not None:
            if self._seen - self._begun >= self._longest:
                ended = self._end(self._seen)
                self._begun = self._first = self._seen  # still speaking: the next piece begins at once
                return ended
            return []
        # Nobody speaks: keep only what a start could still need (the detector reports it up to 0.1 s late).
        while len(self._kept) * VAD_CHUNK > self._before + VAD_RATE // 4:
            self._kept.pop(0)
            self._first += VAD_CHUNK
        return []

    def _end(self, place: int) -> list[Started | Said]:
        begun = self._begun if self._begun is not None else self._first
        sound = np.concatenate(self._kept)[begun - self._first : max(place, begun + 1) - self._first]
        self._kept, self._first, self._begun = [], self._seen, None
        return [Said(sound, begun / VAD_RATE)]
