"""A neutral set of teeth, drawn from measures of anatomy: nobody's picture, so it can be shipped and worn by everybody.

Crown widths and heights follow the mean values of Nelson, "Wheeler's Dental Anatomy" (central upper incisor 8.5 mm wide, 10.5
mm high, lower 5.3 by 9); what a viewer sees of a tooth narrows along the arch. Teeth are rigid, so one drawing serves every
frame; the net lights it (``animator/refiner/model.py``). A seed varies widths, heights, tilt, gaps and tint, so that
training does not learn one set by heart.

A layer covers 0.8 × 0.4 face units (1 unit = outer eye corners, about 90 mm) and is RGBA u8[128, 256, 4], 320 pixels a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from talking_head.types import F32, U8

WIDTH, HEIGHT = 256, 128
PIXELS_A_UNIT = 320.0
_MM = PIXELS_A_UNIT / 90.0  # pixels a millimetre

# As seen from the front, midline outward: width mm, crown height mm, brightness (light falls off into the arch), point of the
# tip.
_UPPER = (
    (8.3, 10.2, 1.0, 0.0),
    (6.1, 9.0, 0.97, 0.0),
    (5.6, 9.8, 0.90, 0.9),
    (4.6, 8.4, 0.78, 0.7),
    (3.6, 7.8, 0.62, 0.6),
    (3.0, 7.0, 0.45, 0.5),
)
_LOWER = (
    (5.1, 8.6, 1.0, 0.0),
    (5.4, 8.8, 0.97, 0.0),
    (5.4, 9.4, 0.88, 0.8),
    (4.6, 8.2, 0.74, 0.7),
    (3.6, 7.4, 0.58, 0.5),
    (3.0, 7.0, 0.42, 0.4),
)
_IVORY = np.array([0.93, 0.885, 0.81], np.float32)
_GUM = np.array([0.70, 0.39, 0.37], np.float32)


@dataclass(frozen=True, slots=True)
class ToothSet:
    """Both rows, RGBA u8[128, 256, 4] each. In ``upper`` the biting edge of the incisors lies on row 72, in ``lower`` on row
    56.
    """

    upper: U8
    lower: U8


EDGE_ROW = {"upper": 72, "lower": 56}


def _soft(distance: F32, width: float = 0.9) -> F32:
    """Pixels inside an edge → coverage 0..1."""
    return np.asarray(np.clip(distance / width + 0.5, 0, 1), np.float32)


def _row(upper: bool, rng: np.random.Generator, tint: F32, jitter: float) -> U8:
    """Draw one row, biting edge down (the lower one is turned over at the end); ``jitter`` 0 gives the mean row."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) + 0.5
    edge = float(EDGE_ROW["upper"])
    color = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    neck = np.full(WIDTH, edge, np.float32)  # gum line a column, to place the gum
    teeth: list[tuple[float, float, float, float, float]] = []  # centre, width, height, light, biting edge
    width_scale = 1 + 0.05 * float(rng.standard_normal()) * jitter
    height_scale = 1 + 0.06 * float(rng.standard_normal()) * jitter
    middle = WIDTH / 2 + 1.5 * float(rng.standard_normal()) * jitter
    for side in (-1, 1):
        start = middle
        for width_mm, height_mm, light, _point in _UPPER if upper else _LOWER:
            width = width_mm * _MM * width_scale * (1 + 0.05 * float(rng.standard_normal()) * jitter)
            height = height_mm * _MM * height_scale * (1 + 0.05 * float(rng.standard_normal()) * jitter)
            lift = 0.7 * float(rng.standard_normal()) * jitter
            curve = (0.0010 if upper else 0.0004) * (start + side * width / 2 - middle) ** 2  # the row follows the smile
            if upper and len(teeth) % 6 == 1:
                lift += 1.6  # lateral incisors end a little higher
            teeth.append((start + side * width / 2, width, height, light, edge - curve - lift))
            start += side * width
    order = sorted(range(len(teeth)), key=lambda i: teeth[i][3])  # far ones first, near ones over them
    points = [t[3] for t in (_UPPER if upper else _LOWER)] * 2
    for i in order:
        centre, width, height, light, bottom = teeth[i]
        tilt = 0.015 * float(rng.standard_normal()) * jitter
        local = (x - centre - tilt * (y - bottom)) / (width / 2)
        top = bottom - height
        tall = np.clip((bottom - y) / height, 0, 1.2)  # 0 at the biting edge, 1 at the gum
        half = 0.985 - 0.16 * np.clip(tall - 0.25, 0, 1) ** 1.3 - 0.05 * np.clip(0.2 - tall, 0, 1) / 0.2
        side_cover = _soft((half - np.abs(local)) * width / 2, 1.1)
        corner = (0.9 * np.abs(local) ** 5 + points[i] * np.abs(local) ** 1.6) * 1.1 * _MM
        cover = side_cover * _soft(bottom - corner - y, 1.2) * _soft(y - top - 1.2 * _MM * np.abs(local) ** 2, 1.6)
        # Shape from shading of a bent plate: darker towards its sides, greyer and clearer at the edge, warmer at the neck.
        shade = 1.0 - 0.20 * np.clip(np.abs(local), 0, 1) ** 2.6
        shade = shade * (1 - 0.10 * np.clip(1 - tall / 0.16, 0, 1)) * (1 - 0.16 * np.clip((tall - 0.55) / 0.45, 0, 1))
        gloss = 0.075 * np.exp(-(((local + 0.22) / 0.30) ** 2) - ((tall - 0.52) / 0.26) ** 2)
        own = tint * (1 + 0.015 * float(rng.standard_normal()) * jitter)
        warm = np.clip((tall - 0.5) / 0.5, 0, 1)[..., None] * np.array([0.0, 0.02, 0.07], np.float32)
        cool = np.clip(1 - tall / 0.14, 0, 1)[..., None] * np.array([0.05, 0.03, -0.01], np.float32)
        paint = (own - warm - cool) * (light * shade)[..., None] + (gloss * light)[..., None]
        # A soft shadow around each crown separates it from its neighbours.
        shadow = (
            np.clip(1 - np.abs(np.abs(local) - 1) * width / 2 / 1.6, 0, 1)
            * _soft(bottom - y - 2, 6)
            * _soft(y - top, 4)
            * (np.abs(local) < 1.25)
        )
        seam = own * 0.66 * light
        keep = (1 - shadow * 0.7)[..., None]
        color = np.where(alpha[..., None] > 0, color * keep + seam * (1 - keep), seam)
        alpha = np.maximum(alpha, shadow * 0.9)
        color = color * (1 - cover[..., None]) + paint * cover[..., None]
        alpha = np.maximum(alpha, cover)
        across = np.abs(local[int(np.clip(top, 0, HEIGHT - 1))])
        neck = np.where(across <= 1.15, np.minimum(neck, top + 1.6 * _MM * across**2), neck)
    reach = np.abs(x[0] - middle) < max(abs(t[0] - middle) for t in teeth)
    neck = np.convolve(np.pad(neck, 2, "edge"), np.full(5, 0.2), "valid").astype(np.float32)
    gum_cover = np.maximum(_soft(neck[None] - y, 2.0), _soft(neck[None] + 5.0 - y, 3.0) * (1 - alpha)) * reach[None]
    away = np.clip((neck[None] - y) / (5 * _MM), 0, 1)
    falloff = np.clip(1.12 - (np.abs(x - middle) / 112) ** 2, 0.3, 1)
    wet = 0.06 * np.exp(-(((neck[None] - y) / _MM - 2.0) ** 2))
    gum = (_GUM * (1 - 0.35 * away[..., None]) + wet[..., None]) * falloff[..., None]
    color = color * (1 - gum_cover[..., None]) + gum * gum_cover[..., None]
    alpha = np.maximum(alpha, gum_cover)
    rgba = np.dstack([np.clip(color, 0, 1), alpha])
    layer: U8 = (rgba * 255 + 0.5).astype(np.uint8)
    if not upper:
        layer = layer[::-1]
    layer = np.ascontiguousarray(layer)
    layer.setflags(write=False)  # whoever draws with it shares it
    return layer


@cache  # every face starts with one, and drawing them is slow
def tooth_set(seed: int = 0) -> ToothSet:
    """The neutral set; ``seed`` 0 is the one that is served, others are its relatives for training."""
    jitter = 0.0 if seed == 0 else 1.0
    rng = np.random.default_rng(seed)
    tint = _IVORY * (1 + jitter * np.array([0.02, 0.02, 0.05]) * rng.standard_normal(3)).astype(np.float32)
    return ToothSet(*(_row(upper, rng, tint, jitter) for upper in (True, False)))
