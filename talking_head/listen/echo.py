"""The presenter's own voice, come back through loudspeaker and microphone: found, and taken out before anybody listens.

Browsers cancel echo themselves, as a rule; what they leave, or all of it where they cannot, arrives here. What was sent is
known. The way back is not: some tenths of a second of buffers, a room, two codecs. So: (1) the delay, by generalised cross
correlation with phase transform (Knapp and Carter, 1976) of the last half second with what was sent; (2) the room, by a
frequency-domain Kalman filter (Enzner and Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in
hands-free telephones", 2006), which needs no detector of double talk; (3) a suppressor for what the filter cannot know.
Somebody who speaks at the same time stays audible.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from talking_head.types import F32, VOICE_RATE

CHUNK = 512  # samples of one step, as the voice detector takes them
FARTHEST = 20_480  # samples: an echo that comes later than 1.28 s is not looked for
_LOOK = 8_192  # samples of microphone that are compared
_SPAN = 32_768  # transform: microphone and all delays
_AHEAD = 8_192  # samples by which what is sent may be told before the microphone has come so far
_CERTAIN = 9.0  # a peak so many times the correlation's RMS is an echo; two strangers' voices reach 6
_NEAR = 96  # samples by which the delay may wander between two looks
_QUIET = 1e-5  # RMS; below it there is nothing to look at
_LEAD = 256  # the filter begins so many samples before the delay


class EchoGuard:
    """One microphone. :meth:`played` what is sent, :meth:`clean` each 32 ms of microphone, in the order in which it happens."""

    def __init__(self) -> None:
        self._sent = np.zeros(_SPAN + _AHEAD, np.float32)  # the sample after the first _SPAN is sent now
        self._now = 0  # samples of microphone so far
        self._until = -(FARTHEST + _LOOK)  # where the last sound that was sent ends
        self._mic = np.zeros(_LOOK, np.float32)
        self._step = 0
        self._guess: list[int] = []
        self.delay: int | None = None  # samples, once it is known
        self.score = 0.0  # of the last look
        self._room = Room()
        self._cleaning = False

    def played(self, pcm: F32, at: int) -> None:
        """f32[n] at 16 kHz is sent while the microphone's sample ``at`` (counted from the first one given to :meth:`clean`)
        arrives; a little before or after that is no matter."""
        place = at - self._now + _SPAN
        first, last = max(0, place), min(len(self._sent), place + len(pcm))
        if first < last:
            self._sent[first:last] = pcm[first - place : last - place]
            if pcm.any():
                self._until = max(self._until, at + len(pcm))

    @property
    def sounding(self) -> bool:
        """Whether an echo may be heard now."""
        return self._now - self._until < FARTHEST + _LOOK

    @property
    def unsure(self) -> bool:
        """Whether what is heard now may be an echo whose delay is not known yet."""
        return self.sounding and self.delay is None

    def clean(self, chunk: F32, within: bool = False) -> F32:
        """f32[512] of microphone → f32[512] without the echo, 32 ms late; where nothing was sent for long, as it is, at once.

        ``within`` an utterance it does not change from one to the other.
        """
        self._now += CHUNK
        self._sent = np.concatenate([self._sent[CHUNK:], np.zeros(CHUNK, np.float32)])
        self._mic = np.concatenate([self._mic[CHUNK:], chunk])
        if not self.sounding and not (within and self._cleaning):
            self._cleaning = False
            return chunk
        self._step += 1
        if self._step % 2 == 0 and float(np.sqrt(np.square(self._mic[-2 * CHUNK :]).mean())) > _QUIET:
            self._look()
        if self.delay is None or (within and not self._cleaning and self._now > self._until):
            return chunk
        self._cleaning = True
        end = _SPAN - max(0, self.delay - _LEAD)
        return self._room.clean(chunk, self._sent[end - 2 * CHUNK : end])

    def _look(self) -> None:
        """Compare the last half second with what was sent, at every delay."""
        mic = scipy.fft.rfft(self._mic, _SPAN)
        sent = scipy.fft.rfft(self._sent[_SPAN - _LOOK - FARTHEST : _SPAN], _SPAN)
        cross = np.conj(mic) * sent
        low, high = 200 * _SPAN // VOICE_RATE, 4_000 * _SPAN // VOICE_RATE
        weight = np.zeros(len(cross), np.float32)
        weight[low:high] = 1 / (np.abs(cross[low:high]) ** 0.8 + 1e-12)
        # Place k: the microphone's first sample matches the k-th of what was sent; delay 0 is k = FARTHEST.
        line = scipy.fft.irfft(cross * weight, _SPAN)[: FARTHEST + 1]
        rms = float(np.sqrt(np.square(line).mean())) + 1e-20
        place = int(np.abs(line).argmax())
        self.score = float(np.abs(line[place])) / rms
        if self.score < _CERTAIN:
            return
        delay = FARTHEST - place
        self._guess = [*self._guess[-3:], delay]
        if self.delay is not None and abs(delay - self.delay) <= _NEAR:
            return  # the filter follows small changes
        if sum(abs(other - delay) <= _NEAR for other in self._guess) >= 2 or self.score > 2.2 * _CERTAIN:
            self.delay = delay
            self._room.reset()


class Room:
    """The way from loudspeaker to microphone as a filter of ``PARTS`` × 32 ms that learns while it is used."""

    PARTS = 6
    _FADE = 0.9995  # how much of the room stays as it was from one step to the next

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the room."""
        bins = CHUNK + 1
        self._x = np.zeros((self.PARTS, bins), np.complex64)
        self._w = np.zeros((self.PARTS, bins), np.complex64)
        self._p = np.full((self.PARTS, bins), 1.0, np.float32)
        self._noise = np.full(bins, 1e-2, np.float32)
        self._tail = np.zeros(bins, np.float32)
        self._before = np.zeros(CHUNK, np.float32)
        self._out = np.zeros(2 * CHUNK, np.float32)

    def clean(self, mic: F32, sent: F32) -> F32:
        """``mic`` f32[512] without what ``sent`` f32[1024] (the last chunk and the one before) leaves in it; 32 ms late."""
        self._x = np.roll(self._x, 1, axis=0)
        self._x[0] = scipy.fft.rfft(sent)
        echo = scipy.fft.irfft((self._w * self._x).sum(0))[CHUNK:].astype(np.float32)
        error = mic - echo
        spectrum = scipy.fft.rfft(np.concatenate([np.zeros(CHUNK, np.float32), error]))
        self._adapt(spectrum)
        return self._suppress(error)

    def _adapt(self, error: F32) -> None:
        power = np.square(np.abs(self._x))
        unknown = (power * self._p).sum(0)
        self._noise = 0.9 * self._noise + 0.1 * np.square(np.abs(error)).astype(np.float32)
        step = self._p / (unknown + 2 * self._noise + 1e-6)
        change = scipy.fft.irfft(step * np.conj(self._x) * error, axis=1)
        change[:, CHUNK:] = 0
        self._w = (self._FADE * (self._w + scipy.fft.rfft(change, axis=1))).astype(np.complex64)
        kept = self._p * (1 - 0.5 * np.clip(step * power, 0, 1))
        self._p = (self._FADE**2 * kept + (1 - self._FADE**2) * np.square(np.abs(self._w)) + 1e-8).astype(np.float32)

    def _suppress(self, error: F32) -> F32:
        window = np.concatenate([self._before, error])
        self._before = error
        spectrum = scipy.fft.rfft(window * _ROOT)
        # What the filter explains, and what it is unsure of; the room goes on for a while after that.
        known = np.square(np.abs((self._w * self._x).sum(0)))
        unsure = (np.square(np.abs(self._x)) * self._p).sum(0)
        self._tail = np.maximum(0.5 * (known + unsure), 0.6 * self._tail).astype(np.float32)
        share = 1 - _OVER * self._tail / np.maximum(np.square(np.abs(spectrum)), 1e-12)
        mask = np.sqrt(np.maximum(share, _FLOOR))
        self._out = np.concatenate([self._out[CHUNK:], np.zeros(CHUNK, np.float32)])
        self._out += (scipy.fft.irfft(spectrum * mask) * _ROOT).astype(np.float32)
        return self._out[:CHUNK].copy()


_ROOT = np.sqrt(np.hanning(2 * CHUNK + 1)[:-1]).astype(np.float32)
_OVER = 8.0  # suppress until so many times what the filter explains: codecs are no filters
_FLOOR = 1e-4
