"""What the motion model hears: log-mel spectra, streaming and causal.

Sound at 48 kHz is decimated to 16 kHz by a causal FIR, cut into 25 ms windows every 10 ms (each window *ends* at its hop,
so nothing later is heard), and summed into 80 mel bands: four rows for each video frame of 40 ms. Training uses this very
code. A stream fed frame by frame equals the whole clip at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.fft
from scipy.signal import firwin

from talking_head.audio.pcm import check_pcm
from talking_head.errors import AudioError
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND

MEL_RATE = 16_000
MELS = 80
HOPS = 4  # rows of log-mel for each video frame
SILENCE = -1.0  # value of every band in digital silence

_RATIO = TICKS_PER_SECOND // MEL_RATE
_TAPS = 96  # at 48 kHz: delays the sound by 1 ms; −60 dB from 8.6 kHz on
_HOP, _WINDOW, _FFT = 160, 400, 512
_FRAME = FRAME_TICKS // _RATIO  # 640 samples at 16 kHz
_BLOCK = 16  # decimated samples computed by one row of the Toeplitz product
_TAIL_IN = _TAPS - _RATIO  # past samples at 48 kHz that the filter still needs
_TAIL_MID = _WINDOW - _HOP  # past samples at 16 kHz that the first window still needs


def _decimator() -> F32:
    """f32[_TAIL_IN + 3 · _BLOCK, _BLOCK]: a run of input samples times this gives _BLOCK decimated samples."""
    taps = firwin(_TAPS, 7_400, window=("kaiser", 6.0), fs=TICKS_PER_SECOND)
    matrix = np.zeros((_TAIL_IN + _RATIO * _BLOCK, _BLOCK), np.float32)
    for column in range(_BLOCK):
        matrix[_RATIO * column : _RATIO * column + _TAPS, column] = taps[::-1]
    return matrix


def _mel_bank() -> F32:
    """f32[257, 80]: triangles on the mel scale (HTK's 2595 · log10(1 + f / 700)), 0–8 kHz, each of unit area."""
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8_000 / 700), MELS + 2) / 2595) - 1)
    bins = np.arange(_FFT // 2 + 1) * MEL_RATE / _FFT
    # A band narrower than one FFT bin would see nothing: sample the triangles on a grid 16 times finer and average.
    fine = (np.arange(16) + 0.5) / 16 - 0.5
    grid = bins[:, None] + fine * MEL_RATE / _FFT
    low, mid, high = (edges[i : MELS + i, None, None] for i in range(3))
    triangles = np.clip(np.minimum((grid - low) / (mid - low), (high - grid) / (high - mid)), 0, None).mean(axis=2)
    bank: F32 = (triangles / triangles.sum(axis=1, keepdims=True)).T.astype(np.float32)
    return bank


_DECIMATOR = _decimator()
_HANN = (np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
_SCALE = np.float32(1.0 / _HANN.sum())  # a full-scale sine has magnitude ½
# For squares of real and imaginary part, one after the other: f32[514, 80].
_BANK = np.repeat(_mel_bank(), 2, axis=0) * (_SCALE * _SCALE)
_FLOOR = np.float32(1e-8)
_LOG_GAIN, _ONE = np.float32(0.25 / np.log(10)), np.float32(1)


@dataclass(slots=True)
class MelState:
    """What one stream must remember: input f32[93] at 48 kHz and decimated f32[240] at 16 kHz. Silence at first."""

    tail_in: F32 = field(default_factory=lambda: np.zeros(_TAIL_IN, np.float32))
    tail_mid: F32 = field(default_factory=lambda: np.zeros(_TAIL_MID, np.float32))


def mel_step(states: Sequence[MelState], pcm: F32) -> F32:
    """Advance B streams by one video frame.

    ``pcm`` f32[B, 1920] at 48 kHz → f32[B, 4, 80]: (log10 of band power + 4) / 4, floored at 1e-8: −1 is silence, speech
    lies about −0.8..0.8. Raises AudioError for NaN or another shape.
    """
    if pcm.ndim != 2 or pcm.shape != (len(states), FRAME_TICKS):
        raise AudioError(f"One step takes [{len(states)}, {FRAME_TICKS}] samples at 48 kHz, not {list(pcm.shape)}.")
    if not np.logical_and.reduce(np.isfinite(pcm), axis=None):
        raise AudioError("The audio holds NaN or infinite samples.")
    line = np.empty((len(states), _TAIL_IN + FRAME_TICKS), np.float32)
    track = np.empty((len(states), _TAIL_MID + _FRAME), np.float32)
    line[:, _TAIL_IN:] = pcm
    for row, state in enumerate(states):
        line[row, :_TAIL_IN], track[row, :_TAIL_MID] = state.tail_in, state.tail_mid
        state.tail_in, state.tail_mid = line[row, -_TAIL_IN:], track[row, -_TAIL_MID:]
    return _advance(line, track)


def log_mel(pcm: F32, sample_rate: int = TICKS_PER_SECOND) -> F32:
    """Whole clip: ``pcm`` f32[n] at 48 kHz → f32[ceil(n / 1920), 4, 80], values as in :func:`mel_step`.

    The last frame is filled up with silence. Raises AudioError: wrong rate, NaN, empty, not mono.
    """
    pcm = check_pcm(pcm, sample_rate, TICKS_PER_SECOND)
    frames = -(-len(pcm) // FRAME_TICKS)
    line = np.zeros((1, _TAIL_IN + frames * FRAME_TICKS), np.float32)
    line[0, _TAIL_IN : _TAIL_IN + len(pcm)] = pcm
    track = np.zeros((1, _TAIL_MID + frames * _FRAME), np.float32)
    return _advance(line, track).reshape(frames, HOPS, MELS)


def _advance(line: F32, track: F32) -> F32:
    """Log-mel f32[B, 4 k, 80] of ``line`` f32[B, 93 + k · 1920], past samples first; ``track`` f32[B, 240 + k · 640], whose
    first 240 are past, takes the decimated sound."""
    batch = len(line)
    runs = np.ascontiguousarray(_runs(line, len(_DECIMATOR), _RATIO * _BLOCK))
    track[:, _TAIL_MID:] = (runs @ _DECIMATOR).reshape(batch, -1)
    windows = np.zeros(
        (batch, HOPS * (line.shape[1] // FRAME_TICKS), _FFT), np.float32
    )  # rfft fills up what is shorter, slowly
    np.multiply(_runs(track, _WINDOW, _HOP), _HANN, out=windows[:, :, :_WINDOW])
    spectrum = scipy.fft.rfft(windows, axis=2)
    # Real and imaginary part as two numbers, so that one product squares, sums and scales them.
    parts = spectrum.view(np.float32)
    bands: F32 = np.square(parts, out=parts).reshape(-1, parts.shape[2]) @ _BANK
    np.maximum(bands, _FLOOR, out=bands)
    np.log(bands, out=bands)
    bands *= _LOG_GAIN
    bands += _ONE
    return bands.reshape(batch, -1, MELS)


def _runs(x: F32, length: int, hop: int) -> F32:
    """Views of ``length`` samples every ``hop``, f32[B, n, length] of contiguous ``x`` f32[B, samples]; ``sliding_window_view``
    costs as much as the mathematics here."""
    rows, samples = x.shape
    shape = (rows, (samples - length) // hop + 1, length)
    return np.ndarray(shape, np.float32, x, 0, (x.strides[0], hop * x.itemsize, x.itemsize))
