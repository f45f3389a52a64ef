"""What is measured between a generated and a real frame. All on the 96² mouth window of the 160² crop, pictures 0..255."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from talking_head.animator.mouth.teeth_layers import LUMA
from talking_head.face.landmarks.ibug import MOUTH, to_ibug
from talking_head.types import F32, U8

WINDOW = 96
_STILL = 3.0  # grey levels (after a small blur) below which the real clip does not change between two frames
_MOVING = 1.0  # pixels of the crop, mean over lips and chin, from which a mouth moves
_MOVED_AT = np.array([61, 291, 13, 14, 0, 17, 152])
_OPEN_PX = 40  # an opening smaller than this has no inside to judge
_ROWS_PX = 8  # an opening less high than this has no room for two rows and a dark between them
_RISE = 0.3  # of the spread from the dark to the brightest above it: so much brighter, what follows below is another row


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
    contrast: list[tuple[float, float]] = field(default_factory=list)  # teeth against cavity in grey levels: drawn, real
    lower_teeth: list[tuple[float, float]] = field(default_factory=list)  # 1: a lower row shows: drawn, real
    lmd: list[float] = field(default_factory=list)
    identity: list[float] = field(default_factory=list)

    def table(self) -> dict[str, float]:
        """Means, ratios of sums for sharpness, motion energy, flicker and contrast of the teeth (1 = as in the real clip).

        ``lower_teeth`` and ``lower_teeth_real``: share of the wide open frames in which a lower row shows.
        """

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
            "teeth_contrast": ratio(self.contrast),
            "lower_teeth": mean([drawn for drawn, _ in self.lower_teeth]),
            "lower_teeth_real": mean([real for _, real in self.lower_teeth]),
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
    grey = np.asarray(picture, np.float32) @ LUMA
    return float(np.mean(cv2.Laplacian(grey, cv2.CV_32F) ** 2))


def teeth_contrast(picture: F32, opening: U8) -> float:
    """Teeth against cavity: mean luma of the brightest quarter of what an ``opening`` u8[h, w] shows of ``picture``
    f32[h, w, 3], less that of its darkest quarter, in grey levels.

    Its rim, which is lip as often as inside, is left out; NaN where nothing else is left.
    """
    inside = cv2.erode((opening > 128).astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
    if int(inside.sum()) < _OPEN_PX:
        return float("nan")
    luma = cv2.GaussianBlur(picture, (0, 0), 0.8)[inside] @ LUMA
    dark, bright = np.percentile(luma, (25, 75))
    return float(luma[luma >= bright].mean() - luma[luma <= dark].mean())


def shows_lower_teeth(picture: F32, opening: U8) -> bool | None:
    """Whether a lower row of teeth shows in an ``opening`` u8[h, w] of ``picture`` f32[h, w, 3]; None: it is too narrow to say.

    From lip to lip, the middle third of the opening goes bright (upper row), dark (cavity), bright (lower row); what is red
    (tongue, gum, lip) counts as dark. A row is what is brighter than the darkest above it by a third of what that is darker
    than the upper row.
    """
    inside = opening > 128
    columns = np.flatnonzero(inside.any(0))
    if len(columns) < 3:
        return None
    third = len(columns) // 3
    middle = slice(int(columns[third]), int(columns[-third - 1]) + 1)
    high = inside[:, middle].sum(0)
    if float(np.median(high)) < _ROWS_PX:
        return None
    # Teeth are grey or yellow, tongue and lips are red: what green has over red tells them apart where brightness does not.
    white = cv2.GaussianBlur(picture, (0, 0), 0.8)[:, middle] @ np.array([-1, 2, 0], np.float32)
    steps = np.linspace(0.08, 0.92, 24)
    tops = inside[:, middle].argmax(0)
    rows = np.round(tops + steps[:, None] * (high - 1)).astype(int)
    profile = np.median(np.take_along_axis(white, rows, 0)[:, high >= _ROWS_PX], 1)
    darkest = int(profile[6:].argmin()) + 6  # the upper lip's own shadow lies above its row
    above, below = profile[: darkest + 1].max(), profile[darkest:].max()
    dark = profile[darkest]
    return bool(above - dark > _STILL and below - dark > _RISE * (above - dark))


def add_frame(sums: Sums, drawn: U8, real: U8, opening: U8) -> None:
    """Add one frame: windows u8[96, 96, 3] and the drawing of the mouth's opening u8[96, 96]."""
    a, b = drawn.astype(np.float32), real.astype(np.float32)
    sums.psnr.append(psnr(a, b))
    alike = structural_similarity(drawn, real, channel_axis=2, data_range=255, gaussian_weights=True)  # type: ignore[no-untyped-call]
    sums.ssim.append(float(alike))
    inside = opening > 128
    if int(inside.sum()) >= _OPEN_PX:
        sums.interior_psnr.append(psnr(a[inside], b[inside]))
        contrasts = teeth_contrast(a, opening), teeth_contrast(b, opening)
        if np.isfinite(contrasts).all():
            sums.contrast.append(contrasts)
        rows = shows_lower_teeth(a, opening), shows_lower_teeth(b, opening)
        if rows[0] is not None and rows[1] is not None:
            sums.lower_teeth.append((float(rows[0]), float(rows[1])))
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
