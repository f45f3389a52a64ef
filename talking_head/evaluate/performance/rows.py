"""Does a face perform like a living speaker? Twenty rows beside what real, lively speakers do.

Everything is measured on landmarks in pixels at 25 frames a second, the same for a model's motion, a film and a real speaker.
Lengths are in % of the distance of the outer eye corners, angles in degrees; the pose is a similarity on points that do not
move with speech, against the clip's own median face. *Voiced* frames lie within 22 dB of the loud ones. Bands: 10th to 90th
percentile of ten lively speakers in public-domain official addresses, rounded, and widened to what calmer and livelier people
do. A track should be 20 s and longer; a row outside its band is a fault that a viewer sees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.errors import InputError
from talking_head.types import F32, FPS

F64 = NDArray[np.float64]

RATE = 16_000  # of the sound beside a track
_RIGID = np.array([33, 133, 362, 263, 168, 6, 197, 195, 5, 10, 109, 338, 67, 297, 103, 332, 127, 356, 4])
_BROWS = (([70, 63, 105, 66, 107], [33, 133]), ([300, 293, 334, 296, 336], [263, 362]))
_MET = 0.02  # lip gap of a shut mouth


@dataclass(frozen=True, slots=True)
class Band:
    """Where a row should lie, and what a viewer sees where it does not."""

    low: float
    high: float
    fault: str


BANDS = {
    "yaw std": Band(1.3, 7.0, "a frozen head"),
    "pitch std": Band(1.8, 6.5, "no nods"),
    "roll std": Band(1.0, 5.0, "a head on a rail"),
    "head shift std": Band(4.0, 20.0, "a nailed head"),
    "head speed deg/s": Band(8.0, 30.0, "a still photograph, or a shiver"),
    "slow share": Band(0.14, 0.60, "a tremble instead of movement"),
    "blinks a minute": Band(8.0, 45.0, "a stare"),
    "brow std": Band(0.26, 2.5, "a dead forehead"),
    "gaze std": Band(0.30, 1.2, "eyes of a doll"),
    "gaze x yaw": Band(0.60, 1.0, "eyes that turn away with the head instead of holding the viewer"),
    "shut while voiced": Band(0.0, 0.20, "mumbling: the mouth is shut while it speaks"),
    "mean gap voiced": Band(6.0, 13.0, "mumbling, or shouting"),
    "gap p95": Band(12.0, 21.0, "a mouth that never opens"),
    "gap x loudness": Band(-0.3, 0.45, "a loudness flap: the mouth follows the volume, not the sounds"),
    "width std": Band(2.0, 7.0, "no spreading for ee, no rounding for oo"),
    "jaw per gap": Band(0.47, 0.90, "lips that part without a jaw"),
    "upper lip std": Band(0.9, 2.0, "a stiff upper lip"),
    "smile std (slow)": Band(0.45, 1.8, "never a smile"),
    "cheek std": Band(0.5, 1.8, "stiff cheeks"),
    "shoulders std": Band(0.4, 14.0, "shoulders nailed to the picture"),
}


@dataclass(frozen=True, slots=True)
class FaceTrack:
    """A face over time: ``turn`` f64[T, 3] yaw, pitch, roll in degrees; ``place`` f64[T, 2] of the head; ``face`` f64[T, 478,
    3] with the pose taken out; both in distances of the outer eye corners."""

    turn: F64
    place: F64
    face: F64

    @property
    def gap(self) -> F64:
        """Opening of the lips."""
        return np.asarray(self.face[:, 14, 1] - self.face[:, 13, 1])

    @property
    def width(self) -> F64:
        """Distance of the corners of the mouth."""
        return np.asarray(np.linalg.norm(self.face[:, 61, :2] - self.face[:, 291, :2], axis=1))

    @property
    def lids(self) -> F64:
        """How far the lids are down: 0 as open as they mostly are, 1 shut."""
        f = self.face[..., :2]
        opening = (np.linalg.norm(f[:, 159] - f[:, 145], axis=1) + np.linalg.norm(f[:, 386] - f[:, 374], axis=1)) / 2
        return np.asarray(1 - opening / np.percentile(opening, 85))

    @property
    def brows(self) -> F64:
        """Height above the corners of the eyes."""
        y = self.face[..., 1]
        left, right = (y[:, eye].mean(1) - y[:, brow].mean(1) for brow, eye in _BROWS)
        return np.asarray((left + right) / 2)

    @property
    def gaze(self) -> F64:
        """Irises f64[T, 2] against the middle of the eyes' corners, right and down."""
        f = self.face[..., :2]
        return ((f[:, 468] - (f[:, 33] + f[:, 133]) / 2) + (f[:, 473] - (f[:, 362] + f[:, 263]) / 2)) / 2


def follow(points: F32) -> FaceTrack:
    """``points`` f[T, 478, 3] in pixels at 25 frames a second → the face over time. Raises InputError for less than two
    seconds."""
    if len(points) < 2 * FPS:
        raise InputError(f"A track of {len(points)} frames is too short to judge; two seconds are {2 * FPS}.")
    p = np.asarray(points, np.float64)
    median = p[len(p) // 2]
    for _ in range(3):
        median = np.median(_normal(p, median), axis=0)
    eyes = float(np.linalg.norm(median[33, :2] - median[263, :2]))
    _, rotation, _ = _similarity(np.broadcast_to(median[_RIGID], (len(p), len(_RIGID), 3)), p[:, _RIGID])
    yaw = np.arctan2(rotation[:, 0, 2], rotation[:, 2, 2])
    pitch = np.arcsin(np.clip(-rotation[:, 1, 2], -1, 1))
    roll = np.arctan2(rotation[:, 1, 0], rotation[:, 1, 1])
    return FaceTrack(
        np.degrees(np.stack([yaw, pitch, roll], axis=1)), p[:, _RIGID, :2].mean(1) / eyes, _normal(p, median) / eyes
    )


def rows(track: FaceTrack, pcm: F32 | None = None, shoulders: F64 | None = None) -> dict[str, float]:
    """Every row of :data:`BANDS` that can be measured.

    ``pcm`` f32[n] at 16 kHz from the first frame on (without it all frames count as voiced); ``shoulders`` f64[T, 2]: their
    place in eye distances, NaN where unknown.
    """
    turn = smooth(track.turn, 5)
    awake = ~(np.convolve(track.lids > 0.45, np.ones(7), "same") > 0)
    loud = loudness(pcm, len(turn))
    voiced = 20 * np.log10(loud + 1e-5) > 20 * np.log10(np.percentile(loud, 95) + 1e-5) - 22 if loud.any() else loud == 0
    gap, gaze, y = track.gap, track.gaze[:, 0], track.face[..., 1]
    steady = np.abs(turn[:, 0] - np.median(turn[:, 0])) < 6  # a turned head shortens the mouth for a detector
    out = {
        **dict(zip(("yaw std", "pitch std", "roll std"), track.turn.std(0), strict=True)),
        "head shift std": 100 * np.hypot(*track.place.std(0)),
        "head speed deg/s": np.linalg.norm(np.diff(turn, axis=0), axis=1).mean() * FPS,
        "slow share": slow_share(track.turn),
        "blinks a minute": blinks(track.lids) / len(turn) * FPS * 60,
        "brow std": 100 * smooth(track.brows, 5)[awake].std(),
        "gaze std": 100 * gaze[awake].std(),
        "gaze x yaw": _r(smooth(gaze, 5)[awake], turn[awake, 0]),
        "shut while voiced": (gap[voiced] < _MET).mean(),
        "mean gap voiced": 100 * gap[voiced].mean(),
        "gap p95": 100 * np.percentile(gap, 95),
        "width std": 100 * track.width[steady].std(),
        "jaw per gap": y[:, 152].std() / max(gap.std(), 1e-9),
        "upper lip std": 100 * (y[:, 0] - y[:, 2]).std(),
        "smile std (slow)": 100 * smooth(y[:, [61, 291]].mean(1) - y[:, [0, 17]].mean(1), 25).std(),
        "cheek std": 100 * y[:, [205, 425]].mean(1).std(),
    }
    if loud.any():
        out["gap x loudness"] = _r_best(gap, smooth(loud, 9), 3)
    if shoulders is not None and (known := ~np.isnan(shoulders[:, 0])).sum() > 2 * FPS:
        out["shoulders std"] = 100 * np.hypot(*shoulders[known].std(0))
    return {name: round(float(out[name]), 3) for name in BANDS if name in out}


def outside(figures: dict[str, float]) -> list[str]:
    """The rows that lie outside their band."""
    return [name for name, value in figures.items() if name in BANDS and not BANDS[name].low <= value <= BANDS[name].high]


def blinks(lids: F64) -> int:
    """How often ``lids`` (0 open … 1 shut, 25 a second) are down by more than 0.45 for 0.04 to 0.6 s."""
    edge = np.diff((lids > 0.45).astype(int), prepend=0, append=0)
    seconds = (np.flatnonzero(edge == -1) - np.flatnonzero(edge == 1)) / FPS
    return int(((seconds >= 0.04) & (seconds <= 0.6)).sum())


def slow_share(turn: F64) -> float:
    """Share of the head's movement energy up to 5 Hz that lies below 1 Hz; ``turn`` f64[T, 3] in degrees."""
    rate, size = np.diff(turn, axis=0) * FPS, min(64, len(turn) - 1)
    starts = range(0, len(rate) - size + 1, 16)
    window = np.hanning(size)[:, None]
    pieces = [rate[i : i + size] - rate[i : i + size].mean(0) for i in starts]
    power = np.mean([(np.abs(np.fft.rfft(piece * window, axis=0)) ** 2).sum(1) for piece in pieces], axis=0)
    hz = np.fft.rfftfreq(size, 1 / FPS)
    return float(power[(hz > 0) & (hz <= 1)].sum() / max(power[(hz > 0) & (hz <= 5)].sum(), 1e-12))


def loudness(pcm: F32 | None, frames: int) -> F64:
    """Root mean square of each frame's sound, f64[frames]; zeros without sound."""
    out = np.zeros(frames)
    if pcm is not None:
        size = RATE // FPS
        count = min(frames, len(pcm) // size)
        out[:count] = np.sqrt((np.asarray(pcm[: count * size], np.float64).reshape(count, size) ** 2).mean(1))
    return out


def follows_loudness(gap: F32, pcm: F32) -> float:
    """r of ``gap`` [T] with the loudness of ``pcm`` f32[n] at 16 kHz, as the row “gap x loudness”."""
    return _r_best(np.asarray(gap, np.float64), smooth(loudness(pcm, len(gap)), 9), 3)


def smooth(x: F64, size: int) -> F64:
    """``x`` f64[T] or f64[T, k] through a Hann window of ``size`` frames (odd); ends are held."""
    kernel = np.hanning(size + 2)[1:-1]
    kernel /= kernel.sum()
    padded = np.pad(x, [(size // 2, size // 2)] + [(0, 0)] * (x.ndim - 1), mode="edge")
    return np.asarray(np.apply_along_axis(lambda v: np.convolve(v, kernel, "valid"), 0, padded))


def _similarity(source: F64, target: F64) -> tuple[F64, F64, F64]:
    """Scale f64[T], rotation f64[T, 3, 3], translation f64[T, 3] that carry f64[T, n, 3] onto another (Umeyama 1991)."""
    from_, to = source.mean(1), target.mean(1)
    x, y = source - from_[:, None], target - to[:, None]
    u, s, vt = np.linalg.svd(np.einsum("tni,tnj->tij", y, x) / x.shape[1])
    sign = np.ones_like(s)
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (s * sign).sum(1) / (x**2).sum((1, 2)) * x.shape[1]
    return scale, rotation, to - scale[:, None] * np.einsum("tij,tj->ti", rotation, from_)


def _normal(p: F64, reference: F64) -> F64:
    """Every face of ``p`` f64[T, 478, 3] laid upon ``reference``."""
    scale, rotation, shift = _similarity(p[:, _RIGID], np.broadcast_to(reference[_RIGID], (len(p), len(_RIGID), 3)))
    return np.asarray(scale[:, None, None] * np.einsum("tni,tji->tnj", p, rotation) + shift[:, None])


def _r(a: F64, b: F64) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if len(a) > 2 and a.std() > 1e-9 and b.std() > 1e-9 else 0.0


def _r_best(a: F64, b: F64, lag: int) -> float:
    n = len(a)
    found = [_r(a[max(0, s) : n + min(0, s)], b[max(0, -s) : n + min(0, -s)]) for s in range(-lag, lag + 1)]
    return max(found, key=abs)
