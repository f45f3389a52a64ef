"""The inaudible watermark of sound: noise that follows the voice, 29 to 15 dB below it, and says where it came from.

Its spectrum is the voice's own, taken anew every 20 ms by linear prediction (Makhoul, "Linear prediction: a tutorial review",
Proc. IEEE 1975), so that the voice masks it; where nothing is said, there is none. Low pitches, where a voice is single tones,
hide noise worse than high ones, where it is noise itself (Zwicker and Fastl, "Psychoacoustics", 1990): there is less of it
below 1.5 kHz and more above 3.5. Underneath lies a fixed pseudo-random
sequence of two seconds, over and over, whose 256 parts are turned over by the signs of the codeword; a fifth of its power is
the sequence as it is, by which a piece cut out anywhere finds its place.

To read it, the sound is whitened by its own linear prediction, which takes the voice away and leaves the sequence.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from scipy.fft import irfft, rfft
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from talking_head.audio.pcm import resample
from talking_head.provenance import codeword
from talking_head.provenance.codeword import Origin
from talking_head.provenance.picture_mark import Found
from talking_head.types import F32, TICKS_PER_SECOND

RATE = 16_000  # of the sequence: what lies above 8 kHz, encoders take away first
PERIOD = 2 * RATE
BELOW_DB = 21.0  # the voice
_TILT = ((1_500.0, -8.0), (3_500.0, 6.0))  # Hz, dB: at and below the first, at and above the second, in octaves between
BLOCK = TICKS_PER_SECOND // 50
_ORDER = 32
_SEED = 0x50D1
_SYNC = 0.2  # of the power
_FADE = 64  # samples over which one block's gain becomes the next one's
_QUIET = 1e-4  # root mean square of a block below which nothing is marked: −80 dB
SURE = 7.0
SURE_KNOWN = 7.3  # by chance once in 100 000 pieces of sound, where 2 000 numbers may begin anywhere
_PLACES = 64  # where a mark of one's own server is looked for


class SoundMark:
    """Writes ``origin`` into one stream of mono sound at 48 kHz, 20 ms at a time. ``below_db``: how far below the voice."""

    def __init__(self, origin: Origin, *, below_db: float = BELOW_DB) -> None:
        self._sequence = _at_48k(codeword.encode(origin))
        self._gain = 10 ** (-below_db / 20)
        self._at = 0
        self._memory = np.zeros(_ORDER)
        self._last = 0.0

    def __call__(self, pcm: F32) -> F32:
        """``pcm`` f32[960 k] in −1..1 with the mark in it."""
        out = np.empty_like(pcm)
        for start in range(0, len(pcm), BLOCK):
            block = pcm[start : start + BLOCK]
            out[start : start + BLOCK] = block + self._noise(block)
        return out

    def _noise(self, block: F32) -> F32:
        places = (self._at + np.arange(len(block))) % len(self._sequence)
        self._at += len(block)
        loud = float(np.sqrt(np.mean(np.square(block, dtype=np.float64))))
        predictor, error = _predictor(block, _ORDER) if loud > _QUIET else (np.zeros(_ORDER), 0.0)
        level = self._gain * error
        ramp = np.full(len(block), level)
        ramp[:_FADE] = np.linspace(self._last, level, _FADE)[: len(ramp[:_FADE])]
        self._last = level
        shaped, self._memory = lfilter(
            [1.0], np.concatenate([[1.0], -predictor]), self._sequence[places] * ramp, zi=self._memory
        )
        return np.asarray(shaped, np.float32)


def _predictor(block: F32, order: int) -> tuple[np.ndarray, float]:
    """Coefficients f64[order] that predict a sample from those before it, and the root mean square of what they miss."""
    window, lag_window = _windows(len(block), order)
    spectrum = rfft(block * window, 2 * len(block))
    lags = irfft(spectrum.real**2 + spectrum.imag**2)[: order + 1] * (lag_window / len(block))
    lags[0] += 1e-14
    predictor = solve_toeplitz(lags[:-1], lags[1:])
    missed = max(lags[0] - float(predictor @ lags[1:]), 0.0)
    return predictor, float(np.sqrt(missed / 0.375))  # the window has three eighths of the power


@cache
def _windows(size: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """A Hann window, and weights of the correlations: formants a little wider, a floor of −50 dB for empty bands."""
    weights = np.exp(-0.5 * (2 * np.pi * 40 / TICKS_PER_SECOND * np.arange(order + 1)) ** 2)
    weights[0] *= 1 + 1e-5
    return np.hanning(size), weights


def read(pcm: F32, server: int | None = None, known: Iterable[Origin] = ()) -> Found | None:
    """The mark in ``pcm`` f32[n] at 48 kHz, from wherever it was cut, or None. Four seconds of speech are plenty.

    A second has too little for forty bits. ``server``: where no mark is sure, one of this server is looked for, with fewer bits
    to find. ``known``: numbers that were given out; whether it is one of them, and where it begins, is asked at last, half a
    millisecond each.
    """
    folded = _fold(_whitened(resample(pcm, TICKS_PER_SECOND, RATE)))
    sync, data, owner = _sequences()
    spectrum = rfft(folded)
    match = irfft(spectrum * np.conj(rfft(sync)), PERIOD)
    spread = float(np.sqrt(np.square(folded).sum())) or 1.0
    likely = np.argsort(-match)
    tries: list[tuple[int, int | None]] = [(int(place), None) for place in likely[:4]]
    if server is not None:
        tries += [(int(place), server) for place in likely[:_PLACES]]
    for place, whose in tries:
        turned = np.roll(folded, -place)
        soft = np.bincount(owner, turned * data, codeword.SIGNS).astype(np.float32)
        origin = codeword.decode(soft, whose)
        if origin is None:
            continue
        sure = float((turned * data * codeword.encode(origin)[owner]).sum() / spread)
        if sure >= SURE:
            return Found(origin, sure)
    found = max((_recognised(spectrum, origin, spread) for origin in known), key=lambda each: each.sure, default=None)
    return found if found is not None and found.sure >= SURE_KNOWN else None


def _recognised(spectrum: np.ndarray, origin: Origin, spread: float) -> Found:
    """How well the whole sequence of ``origin`` fits, wherever it begins."""
    match = irfft(spectrum * np.conj(rfft(_sequence(codeword.encode(origin)))), PERIOD)
    return Found(origin, float(match.max()) / spread)


def _whitened(pcm: F32) -> F32:
    """What linear prediction of each 20 ms misses, every block as loud as any other, its pulses cut off."""
    size = RATE // 50
    out = np.zeros_like(pcm)
    for start in range(0, len(pcm) - size + 1, size):
        first = max(0, start - _ORDER // 2)
        block = pcm[start : start + size]
        if float(np.square(block).mean()) < _QUIET**2:
            continue
        predictor, _ = _predictor(block, _ORDER // 2)
        error = lfilter(np.concatenate([[1.0], -predictor]), [1.0], pcm[first : start + size])[start - first :]
        scale = np.median(np.abs(error)) / 0.6745 + 1e-9
        out[start : start + size] = np.clip(error / scale, -2, 2)
    return out


def _fold(pcm: F32) -> F32:
    """All periods of ``pcm`` on top of one another, f32[32 000]."""
    periods = -(-len(pcm) // PERIOD)
    whole = np.pad(pcm, (0, periods * PERIOD - len(pcm))).reshape(periods, PERIOD)
    return np.asarray(whole.sum(0), np.float32)


@cache
def _sequences() -> tuple[F32, F32, np.ndarray]:
    """The fixed sequence, the one that carries signs (±1 each, f32[32 000]), and which sign each sample belongs to."""
    chance = np.random.Generator(np.random.PCG64(_SEED))
    signs = np.array([-1, 1], np.float32)
    owner = chance.permutation(PERIOD) % codeword.SIGNS
    return chance.choice(signs, PERIOD), chance.choice(signs, PERIOD), owner


def _sequence(word: F32) -> np.ndarray:
    """What is hidden for a codeword: f64[32 000] of unit power."""
    sync, data, owner = _sequences()
    return np.asarray(np.sqrt(_SYNC) * sync + np.sqrt(1 - _SYNC) * data * word[owner])


def _at_48k(word: F32) -> np.ndarray:
    """The whole sequence for a codeword at 48 kHz, periodic, tilted; else as much power as white noise of unit power."""
    factor = TICKS_PER_SECOND // RATE
    spectrum = rfft(_sequence(word))
    hertz = np.maximum(np.arange(len(spectrum)) * (RATE / PERIOD), 1.0)
    pitches, levels = zip(*_TILT, strict=True)
    tilt = 10 ** (np.interp(np.log(hertz), np.log(pitches), levels) / 20)
    return np.asarray(irfft(spectrum * tilt, PERIOD * factor) * np.sqrt(factor))
