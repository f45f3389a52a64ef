"""What the ear would notice where pieces of sound are played after one another, in figures and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from talking_head.types import F32, TICKS_PER_SECOND

_NEAR = 48  # 1 ms on either side of a join: a click lies within
_SIDE = 480  # 10 ms beyond that, before and after: what could hide it
_CLICKY_HZ = 6_000  # a step or a spike has all frequencies, voices have little up here
_FLOOR = 1e-4  # −80 dB of full scale: nobody hears a click that does not stand out above this


@dataclass(frozen=True, slots=True)
class Joins:
    """``count`` joins between pieces of sound. ``jump``: largest step between the two samples at a join (full scale = 1).
    ``typical``: 99th percentile of steps inside speech. ``click_db``: how far the join that stands out most stands out
    (:func:`prominence`), against what one in a thousand places inside speech does. Above 0 something clicks; far below it
    nothing does. −inf without joins."""

    count: int
    jump: float
    typical: float
    click_db: float


def prominence(pcm: F32) -> tuple[F32, F32]:
    """How far each sample of f32[n] at 48 kHz stands out, and the loudness that it stands out from.

    First: highest level above 6 kHz within 1 ms, against the louder of the 10 ms before and the 10 ms after, in dB. A click
    is high on either side of which is little; the onset of an “s” or a “t” goes on, so it does not stand out. Second: the
    level of that louder side, rms above 6 kHz.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d
    from scipy.signal import butter, sosfilt

    high = sosfilt(butter(4, _CLICKY_HZ, "high", fs=TICKS_PER_SECOND, output="sos"), pcm.astype(np.float64))
    peak = maximum_filter1d(np.abs(high), 2 * _NEAR + 1)
    power = np.pad(uniform_filter1d(np.square(high), _SIDE), _SIDE)
    here, beside = np.arange(len(pcm)) + _SIDE, _NEAR + _SIDE // 2
    side = np.sqrt(np.maximum(power[here - beside], power[here + beside]).clip(0))
    standing = 20 * np.log10((peak + 1e-9) / np.maximum(side, _FLOOR))
    return standing.astype(np.float32), side.astype(np.float32)


def measure_joins(pieces: Sequence[F32]) -> Joins:
    """``pieces`` f32[n] at 48 kHz, played one after the other."""
    whole, edges = np.concatenate(list(pieces)), edges_of(pieces)
    steps = np.abs(np.diff(whole))
    standing, side = prominence(whole)
    inside = standing[side > 3 * _FLOOR]
    usual = float(np.percentile(inside, 99.9)) if len(inside) else 0.0
    return Joins(
        count=len(edges),
        jump=float(max((steps[e - 1] for e in edges), default=0.0)),
        typical=float(np.percentile(steps[np.abs(whole[1:]) > 0.01], 99)),
        click_db=max((float(standing[e]) - usual for e in edges), default=-np.inf),
    )


def edges_of(pieces: Sequence[F32]) -> list[int]:
    """The sample at which each piece but the first begins."""
    return [int(edge) for edge in np.cumsum([len(piece) for piece in pieces])[:-1]]


def plot_joins(pieces: Sequence[F32], path: str, seconds: float = 6.0) -> None:
    """A PNG: wave and spectrogram of the first ``seconds`` of pieces played after one another, joins marked; below, the
    first twelve joins from near, each titled with how far it stands out (:func:`prominence`)."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    whole, edges = np.concatenate(list(pieces)), edges_of(pieces)
    standing = prominence(whole)[0]
    shown = whole[: round(seconds * TICKS_PER_SECOND)]
    figure = plt.figure(figsize=(12, 8), layout="constrained")
    halves: Any = figure.subfigures(2, 1, height_ratios=[5, 4])
    above, below = halves
    wave, spectrum = above.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    wave.plot(np.arange(len(shown)) / TICKS_PER_SECOND, shown, linewidth=0.4, color="#35506b")
    wave.set_ylim(-1, 1)
    _spectrogram(spectrum, shown, 512, 0.0)
    spectrum.set(ylim=(0, 12_000), xlabel="seconds", ylabel="Hz")
    for edge in [edge / TICKS_PER_SECOND for edge in edges if edge < len(shown)]:
        for axis in (wave, spectrum):
            axis.axvline(edge, color="#2fbf71", linewidth=1, linestyle="--")
    above.suptitle("Clauses as they are played; dashed: joins")
    before, after = round(0.05 * TICKS_PER_SECOND), round(0.08 * TICKS_PER_SECOND)
    near = [edge for edge in edges if before <= edge <= len(whole) - after][:12]
    if near:
        grid = below.subplots(-(-len(near) // 6), min(6, len(near)), squeeze=False, sharex=True, sharey=True)
        for axis in grid.flat[len(near) :]:
            axis.set_visible(False)
        for edge, axis in zip(near, grid.flat, strict=False):
            _spectrogram(axis, whole[edge - before : edge + after], 256, -0.05)
            axis.axvline(0, color="#2fbf71", linewidth=1, linestyle="--")
            axis.set_title(f"{edge / TICKS_PER_SECOND:.1f} s: {standing[edge]:.0f} dB", fontsize=8)
        below.suptitle("Each join from near (−0.05 to 0.08 s, 0 to 24 kHz); how far it stands out from what is beside it")
    figure.savefig(path, dpi=100)
    plt.close(figure)


def _spectrogram(axis: Any, pcm: F32, width: int, start: float) -> None:
    extent = (start, start + len(pcm) / TICKS_PER_SECOND)
    hiss = 1e-7 * np.random.default_rng(0).standard_normal(len(pcm))  # silence has no logarithm
    axis.specgram(
        pcm + hiss,
        NFFT=width,
        noverlap=width - width // 8,
        Fs=TICKS_PER_SECOND,
        xextent=extent,
        vmin=-140,
        vmax=-40,
        cmap="magma",
    )
