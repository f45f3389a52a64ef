"""How soft a photo is, so that what is drawn into it, teeth and the cuts of lips, is no crisper than the face around."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.neutral_teeth import PIXELS_A_UNIT, WIDTH
from talking_head.types import F32, U8

UNIT = 125.0  # pixels a face unit at which softness is judged and given: that of the 160² crop
# Eyes, brows, nostrils, lips: where a face has edges. Skin says little, and grain would speak for it.
_EDGES = np.array(
    [33, 160, 158, 133, 153, 144, 263, 387, 385, 362, 380, 373, 70, 105, 107, 300, 334, 336, 1, 98, 327, 61, 291, 0, 17]
)
_SHARP, _SOFT = 0.46, 0.30  # finest over third band: photos at least as fine as the crop; GRID's faces enlarged twofold
_MOST = 1.3
_RAMP = 12**0.5  # width of a ramp of the same variance as a Gaussian of sigma 1


def softness(image: U8, points: F32, unit: float) -> float:
    """Sigma in pixels (at 125 a face unit) of the blur that painted layers need, 0..1.3.

    ``image`` u8[H, W, 3] with landmarks ``points`` f32[478, 2+], ``unit`` pixels a face unit. Compares the strong edges of two
    bands of a Gaussian pyramid: an enlarged or unfocused picture has little in the finest one.
    """
    low = points[_EDGES, :2].min(0) - 0.05 * unit
    high = points[_EDGES, :2].max(0) + 0.05 * unit
    k = UNIT / unit
    size = tuple(int(max(8, v)) for v in (high - low) * k)
    matrix = np.array([[k, 0, -low[0] * k], [0, k, -low[1] * k]], np.float32)
    if k < 0.75:  # warpAffine does not average: shrink the whole first
        small = cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        matrix = np.array([[1, 0, -low[0] * k], [0, 1, -low[1] * k]], np.float32)
        face = cv2.warpAffine(small, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    else:
        face = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    grey = face.astype(np.float32) @ np.array([0.3, 0.59, 0.11], np.float32)
    first, second, third = (cv2.GaussianBlur(grey, (0, 0), s) for s in (0.8, 1.6, 3.2))
    fine, coarse = (float(np.percentile(np.abs(band), 97)) for band in (grey - first, second - third))
    return _MOST * float(np.clip((_SHARP - fine / max(coarse, 1e-3)) / (_SHARP - _SOFT), 0, 1))


def edge_width(sigma: float, unit: float) -> float:
    """Width in pixels of a cut's edge in a photo of that :func:`softness`, ``unit`` pixels a face unit.

    A ramp of this width is as wide as a step blurred by ``sigma``; in a sharp photo it is what hides the pixels.
    """
    return max(1.1, 0.011 * unit, _RAMP * sigma * unit / UNIT)


def row_softness(sigma: float) -> float:
    """What rows of drawn teeth are blurred by in a photo of softness ``sigma``, the same unit.

    Wet enamel lets light through and stands behind the lips, where a camera does not focus: real teeth are softer than the
    face around. With 1.2 and 0.8 the Laplacian energy inside the lips is 0.9 of the real one on five strangers in soft
    pictures (with ``sigma`` alone 1.2), and 1.6 on sharp ones (2.5).
    """
    return float(np.hypot(1.2 * sigma, 0.8))


def soften(interior: RigidInterior, sigma: float) -> RigidInterior:
    """Blur the rows of teeth of ``interior``, in place, by ``sigma`` as :func:`softness` gives it; returns it."""
    if sigma > 0.15:
        density = interior.upper.shape[1] * PIXELS_A_UNIT / WIDTH
        s = sigma * density / UNIT
        interior.upper = np.asarray(cv2.GaussianBlur(interior.upper, (0, 0), s), np.uint8)
        interior.lower = np.asarray(cv2.GaussianBlur(interior.lower, (0, 0), s), np.uint8)
    return interior
