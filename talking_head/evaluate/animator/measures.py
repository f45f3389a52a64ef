"""What is measured between a generated and a real frame. All on the 96² mouth window of the 160² crop, pictures 0..255."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from talking_head.face.landmarks.ibug import MOUTH, to_ibug
from talking_head.types import F32, U8

WINDOW = 96
_STILL = 3.0  # grey levels (after a small blur) below which the real clip does not change between two frames
_MOVING = 1.0  # pixels of the crop, mean over lips and chin, from which a mouth moves
_MOVED_AT = np.array([61, 291, 13, 14, 0, 17, 152])
_OPEN_PX = 40  # an opening smaller than this has no inside to judge


@dataclass(slots=True)
class Sums:
    """Running figures of one way of drawing."""

    psnr: list[float] = field(default_factory=list)
    ssim: list[float] = field(default_factory=list)
    interior_psnr: list[float] = field(default_factory=list)
    fine: list[tuple[float, float]] = field(default_factory=list)  # Laplacian energy: drawn, real
    moved: list[tuple[float, float]] = field(default_factory=list)  # mean |difference| of neighbours: drawn, real
    moving: list[tuple[float, float]] = field(default_factory=list)  # the same of neighbours between which the mouth moves
    flicker: list[tuple[float, float]] = field(default_factory=list)  # the same where the real frame stands still
    lmd: list[float] = field(default_factory=list)
    identity: list[float] = field(default_factory=list)

    def table(self) -> dict[str, float]:
        """Means, ratios of sums for sharpness, motion energy and flicker (1 = as in the real clip)."""

        def ratio(pairs: list[tuple[float, float]]) -> float:
            real = sum(r for _, r in pairs)
            return round(sum(d for d, _ in pairs) / real, 3) if real > 0 else float("nan")

        def mean(values: list[float], digits: int = 2) -> float:
            return round(float(np.mean(values)), digits) if values else float("nan")

        figures = {
            "psnr": mean(self.psnr),
            "ssim": mean(self.ssim, 4),
            "interior_psnr": mean(self.interior_psnr),
            "sharpness": ratio(self.fine),
            "motion_energy": ratio(self.moving),
            "motion_energy_all": ratio(self.moved),
            "flicker": ratio(self.flicker),
            "frames": len(self.psnr),
        }
        if self.lmd:
            figures["lmd_px"] = mean(self.lmd)
        if self.identity:
            figures["identity"] = mean(self.identity, 4)
        return figures


def psnr(a: F32, b: F32) -> float:
    """Peak signal-to-noise ratio in dB of pictures 0..255."""
    error = float(np.mean((a - b) ** 2))
    return 10 * float(np.log10(255.0**2 / max(error, 1e-6)))


def laplacian_energy(picture: F32) -> float:
    """Mean square of the Laplacian of the luma."""
    grey = np.asarray(picture, np.float32) @ np.array([0.3, 0.59, 0.11], np.float32)
    return float(np.mean(cv2.Laplacian(grey, cv2.CV_32F) ** 2))


def add_frame(sums: Sums, drawn: U8, real: U8, opening: U8) -> None:
    """Add one frame: windows u8[96, 96, 3] and the drawing of the mouth's opening u8[96, 96]."""
    a, b = drawn.astype(np.float32), real.astype(np.float32)
    sums.psnr.append(psnr(a, b))
    alike = structural_similarity(drawn, real, channel_axis=2, data_range=255, gaussian_weights=True)  # type: ignore[no-untyped-call]
    sums.ssim.append(float(alike))
    inside = opening > 128
    if int(inside.sum()) >= _OPEN_PX:
        sums.interior_psnr.append(psnr(a[inside], b[inside]))
    sums.fine.append((laplacian_energy(a), laplacian_energy(b)))


def add_neighbours(
    sums: Sums, drawn: tuple[U8, U8], real: tuple[U8, U8], points: tuple[F32, F32], mouth: tuple[slice, slice]
) -> None:
    """Add the change between two frames in a row: crops u8[S, S, 3] of both, and of the real clip, whose landmarks are
    ``points`` f32[478, 2+]; ``mouth``: the window.

    Motion energy is judged after a small blur and where landmarks say that the mouth moves: what is asked is how much it moves,
    not how much a camera's and a codec's noise does, which is most of what changes in the frames of a mouth at rest.
    """
    moved = np.abs(drawn[1].astype(np.float32) - drawn[0])
    should = np.abs(real[1].astype(np.float32) - real[0])
    calm, smooth = ([cv2.GaussianBlur(x, (0, 0), 2.0).astype(np.float32) for x in pair] for pair in (drawn, real))
    change, wanted = (np.abs(pair[1] - pair[0]) for pair in (calm, smooth))
    energy = float(change[mouth].mean()), float(wanted[mouth].mean())
    sums.moved.append(energy)
    if float(np.linalg.norm(points[1][_MOVED_AT, :2] - points[0][_MOVED_AT, :2], axis=1).mean()) >= _MOVING:
        sums.moving.append(energy)
    still = wanted.max(-1) < _STILL
    if int(still.sum()) > 100:
        sums.flicker.append((float(moved[still].mean()), float(should[still].mean())))


def mouth_distance(found: F32, wanted: F32) -> float:
    """LMD: mean distance of points 48–67 after their means are taken out, in pixels."""
    a, b = to_ibug(found)[MOUTH, :2], to_ibug(wanted)[MOUTH, :2]
    return float(np.linalg.norm((a - a.mean(0)) - (b - b.mean(0)), axis=-1).mean())
