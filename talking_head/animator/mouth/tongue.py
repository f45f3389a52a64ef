"""The tongue in an open mouth: a mound behind the lower teeth, whose tip rises for "l", "t", "d", "n" and comes between the
teeth for "th".

Nothing of it is a landmark: motion says how far the tip is up and out (``Motion.tongue``). Coordinates are those of the mouth
(units of the outer eye corners' distance), carried by the lower jaw; the upper teeth are ``drop`` units higher than at rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talking_head.animator.warp.constants import (
    FURROW,
    FURROW_RAISED,
    FURROW_WIDE,
    TIP_EDGE,
    TIP_HIGH,
    TIP_OUT,
    TIP_REACH,
    TIP_TOP,
    TONGUE_BACK,
    TONGUE_RIDGE,
    TONGUE_TIP,
)
from talking_head.types import F32


@dataclass(frozen=True, slots=True)
class Tongue:
    """``cover`` f32[h, w]: how much of the dark it hides; ``shade`` f32[h, w]: its brightness. ``tip``: the same two of what
    lies over the lower teeth, None where nothing does.
    """

    cover: F32
    shade: F32
    tip: tuple[F32, F32] | None


def tongue(skull: np.ndarray, jaw: np.ndarray, x: F32, y: F32, raised: float = 0.0, out: float = 0.0) -> Tongue:
    """The tongue in a window with columns ``x`` f32[w] and rows ``y`` f32[h, 1].

    ``skull``, ``jaw``: see :class:`~talking_head.animator.mouth.interior.MouthView`; ``raised``, ``out``: 0..1.
    """
    (a, b, right), (c, d, down) = jaw.tolist()
    area = a * d - b * c
    dx, dy = x - np.float32(right), y - np.float32(down)
    u = (d / area) * dx - (b / area) * dy
    v = (a / area) * dy - (c / area) * dx
    square = u * u
    under = v - 0.9 * square  # height of its back over the lower teeth
    under -= np.float32(TONGUE_BACK)
    drop = (a * (down - float(skull[1, 2])) - c * (right - float(skull[0, 2]))) / area
    lift = raised * max(TONGUE_BACK - (TONGUE_RIDGE - drop), 0.0)
    if lift > 0:
        risen = np.exp(square * square * np.float32(-1 / TONGUE_TIP**4))
        under += np.float32(lift) * risen
    cover = held(under * (1 / 0.035)) * held((0.21 - np.abs(u)) * (1 / 0.05))
    # Its near edge is lit, its back is lost in the dark; a raised tip shows its under side, darker towards the floor.
    shade = under * np.float32(1 / 0.075)
    shade += np.float32(0.30)
    up = min(lift / 0.04, 1.0)
    if up > 0:
        risen *= risen * np.float32(up)
        shade += np.float32(0.28) * risen
    np.maximum(shade, 0.30, out=shade)
    np.minimum(shade, 0.80, out=shade)
    if up > 0:
        shade *= 1 - np.float32(0.30) * risen * held((under - np.float32(0.04)) * (1 / 0.09))
    furrow = np.float32(FURROW + (FURROW_RAISED - FURROW) * up)
    shade *= 1 - furrow * np.exp(square * np.float32(-1 / FURROW_WIDE**2))
    return Tongue(cover, np.asarray(shade, np.float32), _tip(u, v, square, drop, out) if out > 0 else None)


def _tip(u: F32, v: F32, square: F32, drop: float, out: float) -> tuple[F32, F32]:
    """Cover and brightness of the tip between the teeth, which hides the lower ones as far as it is ``out``."""
    above_rim: F32 = np.asarray((TIP_EDGE + TIP_OUT * out) - 2.5 * square - v, np.float32)
    cover = held(above_rim * (1 / 0.012))
    top = max(TIP_TOP - drop, TIP_EDGE + TIP_OUT * out - TIP_HIGH)
    cover *= held((v - np.float32(top)) * (1 / 0.012))
    cover *= held(np.asarray((TIP_REACH - np.abs(u)) * (1 / 0.035), np.float32))
    cover *= np.float32(min(max((out - 0.2) / 0.5, 0.0), 1.0))
    # Round: brightest a little above its rim and in the middle, and as the body behind it at its top: no line parts them.
    shade = np.exp((above_rim - np.float32(0.020)) ** 2 * np.float32(-1 / 0.022**2) - square * np.float32(1 / 0.12**2))
    shade *= np.float32(0.18)
    shade += np.float32(0.62)
    shade -= np.float32(0.22) * np.exp(above_rim * above_rim * np.float32(-1 / 0.010**2))
    return cover, np.asarray(shade, np.float32)


def held(t: F32) -> F32:
    """``t`` held between 0 and 1, in place."""
    np.maximum(t, 0, out=t)
    return np.asarray(np.minimum(t, 1, out=t), np.float32)
