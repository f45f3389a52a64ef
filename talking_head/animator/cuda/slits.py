"""Slits (mouth, eyes) and the mouth's interior for a batch: ``geometry.Slit`` and ``interior.RigidInterior`` on the device.

The same arithmetic on columns, with a batch axis in front. See ``warp.py`` for the rules. Torch alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from talking_head.animator.cuda.arrays import Border
from talking_head.animator.cuda.ops import affine_sample, compose_affine, interp, invert_affine
from talking_head.animator.warp.constants import (
    FURROW,
    FURROW_RAISED,
    FURROW_WIDE,
    LIP_LINE,
    LIP_OPEN,
    LIP_REACH,
    LIP_RISE,
    LIP_SHARE,
    REDDER,
    SLIT,
    TIP_EDGE,
    TIP_HIGH,
    TIP_OUT,
    TIP_REACH,
    TIP_TOP,
    TONGUE_BACK,
    TONGUE_RIDGE,
    TONGUE_TIP,
    UPPER_FIRST,
)

if TYPE_CHECKING:
    from talking_head.animator.cuda.warp import Batch, View


@dataclass(slots=True)
class Cut:
    """``Slit`` for a batch: ``upper``, ``lower`` f[B, w]; corners f[B, 2]; ``y`` f[h, 1], ``x`` f[w] of the window."""

    upper: Tensor
    lower: Tensor
    left: Tensor
    right: Tensor
    x: Tensor
    y: Tensor

    @property
    def gap(self) -> Tensor:
        return self.lower - self.upper

    def opening(self, soft: Tensor) -> Tensor:
        """f[B, h, w]; ``soft`` f[B]."""
        top = ((self.y - self.upper[:, None]) / _slant(self.upper, soft)[:, None]).clamp(-0.5, 0.5)
        bottom = ((self.lower[:, None] - self.y) / _slant(self.lower, soft)[:, None]).clamp(-0.5, 0.5)
        return (top + bottom).clamp_min(0)

    def rolled_up(self, unit: Tensor) -> Cut:
        """``inner_lip.rolled_up``; ``unit`` f[B]."""
        rise = torch.minimum(LIP_SHARE * self.gap, LIP_RISE * unit[:, None])
        return Cut(self.upper, self.lower - rise, self.left, self.right, self.x, self.y)

    def roll_up(self, unit: Tensor) -> Tensor:
        """What ``inner_lip.roll_up`` adds to the rows of the photo, f[B, h, w]; ``unit`` f[B]."""
        unit = unit[:, None]
        gap = self.gap.clamp_min(0)
        rise = torch.minimum(LIP_SHARE * gap, LIP_RISE * unit)
        line = LIP_LINE * unit * (gap / (LIP_OPEN * unit)).clamp_max(1)
        away = (self.y - (self.lower - rise)[:, None]) / (LIP_REACH * unit)[:, None]
        near = 1 - away.clamp(0, 1)
        return near * near * (rise + line)[:, None]

    def below(self, soft: Tensor) -> Tensor:
        """f[B, h, w]; ``soft`` f[B]."""
        outside = torch.maximum(self.left[:, :1] - self.x, self.x - self.right[:, :1]).clamp_min(0)
        width = soft[:, None] + 0.7 * outside
        return ((self.y - ((self.upper + self.lower) / 2)[:, None]) / width[:, None] + 0.5).clamp(0, 1)

    def darker(self, width: Tensor, amount: Tensor) -> Tensor:
        """``layers.darken``, as a factor: f[B, h, w]; ``width`` f[B], ``amount`` f[B, w]."""
        middle = ((self.upper + self.lower) / 2)[:, None]
        ends = torch.minimum(self.x - self.left[:, :1], self.right[:, :1] - self.x) / (4 * width[:, None]) + 0.4
        line = torch.exp(-(((self.y - middle) / width[:, None, None]) ** 2))
        return 1 - (amount * ends.clamp(0, 1))[:, None] * line

    def softened(self, picture: Tensor, amount: Tensor) -> Tensor:
        """``layers.soften_seam`` of ``picture`` f[B, C, h, w]; ``amount`` f[B, w]."""
        blurred = F.avg_pool2d(F.pad(picture, (1, 1, 1, 1), mode="replicate"), 3, 1)
        distance = (self.y - ((self.upper + self.lower) / 2)[:, None]) / 1.4
        inside = (self.x >= self.left[:, :1].floor()) & (self.x < self.right[:, :1].floor() + 2)
        weight = amount[:, None] * torch.exp(-distance * distance) * inside[:, None]
        return picture + (blurred - picture) * weight[:, None]


def _slant(edge: Tensor, soft: Tensor) -> Tensor:
    slope = torch.cat([edge[:, 1:2] - edge[:, :1], (edge[:, 2:] - edge[:, :-2]) / 2, edge[:, -1:] - edge[:, -2:-1]], 1)
    return (1 + slope * slope).sqrt().clamp_max(4) * soft[:, None]


def cut_slit(batch: Batch, border: Border[Tensor], view: View) -> Cut:
    """``geometry.slit`` of the mouth or an eye in its window."""
    curves = []
    for rows, resample in ((border.upper, border.upper_resample), (border.lower, border.lower_resample)):
        curve = resample @ batch.points[:, rows]
        curves.append((curve[..., 0].cummax(1).values, curve[..., 1]))
    (ux, uy), (lx, ly) = curves
    left, right = torch.stack([ux[:, 0], uy[:, 0]], 1), torch.stack([ux[:, -1], uy[:, -1]], 1)
    origin = view.place.to(ux.dtype)
    columns = torch.arange(view.width, device=ux.device, dtype=ux.dtype)
    x = columns + origin[:, :1]
    top, bottom = interp(x, ux, uy), interp(x, lx, ly)
    crossed = (bottom - top).clamp_max(0) / 2
    slope = (right[:, 1] - left[:, 1]) / (right[:, 0] - left[:, 0]).clamp_min(1)
    beyond = slope[:, None] * ((x - left[:, :1]).clamp_max(0) + (x - right[:, :1]).clamp_min(0))
    rows = torch.arange(view.height, device=ux.device, dtype=ux.dtype)[:, None]
    base = beyond - origin[:, 1:]
    return Cut(top + crossed + base, bottom - crossed + base, left - origin, right - origin, columns, rows)


def paint_interior(batch: Batch, cut: Cut, skull: Tensor, jaw: Tensor) -> Tensor:
    """``RigidInterior.paint`` for the whole mouth window, f[B, 3, h, w]; ``skull``, ``jaw`` f[B, 2, 3]."""
    faces = batch.faces
    unit = batch.of(faces.unit)[:, None, None]
    cavity, throat, tongue = (color[:, None, None] for color in batch.constants.colors.unbind(0))
    x, y = cut.x, cut.y
    top, bottom = cut.upper[:, None], cut.lower[:, None]
    deep = ((bottom - top) / (0.22 * unit)).clamp(0, 1) * torch.exp(-(((y - top) / (0.16 * unit) - 0.9) ** 2))
    out = cavity + (throat - cavity) * deep[:, None]

    cover, shade, tip, tip_shade = _tongue(batch, skull, jaw, x, y)
    out = out + (tongue * shade[:, None] - out) * cover[:, None]

    below = ((y - top + 0.01 * unit) / (0.075 * unit)).clamp(0, 1)
    above = ((bottom - y + 0.012 * unit) / (0.05 * unit)).clamp(0, 1)
    under, over, corner, narrow, red, slit_under, slit_corner = batch.of(faces.lip_shade)[:, :, None, None].unbind(1)
    slim = 1 - ((bottom - top) / (SLIT * unit)).clamp(0, 1)
    slit = slim.amin(2, keepdim=True)
    slim = slim * slim
    reach = (0.20 + slit_corner * slit) * unit
    side = (torch.minimum(x - cut.left[:, None, :1], cut.right[:, None, :1] - x) / reach).clamp(0, 1)
    parted = ((bottom - top) / (0.029 * unit) - 0.15).clamp(0, 1)
    under = under * (1 - slit_under * slit)
    light = (under + (1 - under) * below) * (over + (1 - over) * above)
    light = light * (corner + (1 - corner) * side * (2 - side)) * (1 - (1 - narrow) * slim)
    cold = (1 - REDDER * (1 - light * parted)) * (1 - red * slim)
    warm = torch.stack([torch.ones_like(cold), cold, cold], 1)

    height, width = faces.mouth.valid.shape[1:]
    for teeth, place, gain, carrier in (
        (faces.lower_teeth, faces.lower_teeth_map, 0.86, jaw),
        (faces.upper_teeth, faces.upper_teeth_map, 1.0, skull),
    ):
        matrix = compose_affine(carrier, batch.of(place))
        layer = affine_sample(batch.layer(teeth), matrix, height, width, mode="bicubic").clamp(0, 255)
        if teeth is faces.lower_teeth:
            layer = layer * _lower_shown(batch, cut, skull)[:, None, None, None]
        out = out * (1 - layer[:, 3:] / 255) + layer[:, :3] * gain * warm
        if teeth is faces.lower_teeth:
            out = out + (tongue * tip_shade[:, None] - out) * tip[:, None]

    lit = out * light[:, None] * batch.of(faces.light)[:, :, None, None]
    shadow = batch.of(faces.shadow)[:, :, None, None]
    return shadow + (lit - shadow) * parted[:, None]


def _lower_shown(batch: Batch, cut: Cut, skull: Tensor) -> Tensor:
    """``RigidInterior._lower_shown``: f[B]."""
    x, y = (skull[:, :, 1] * batch.of(batch.faces.tip)[:, None] + skull[:, :, 2]).unbind(1)
    column = x.round().long().clamp(0, cut.upper.shape[1] - 1)
    top = cut.upper.gather(1, column[:, None])[:, 0]
    return ((y - top) / (UPPER_FIRST * batch.of(batch.faces.unit))).clamp(0, 1)


def _tongue(batch: Batch, skull: Tensor, jaw: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """``mouth.tongue.tongue``: cover and shade behind the lower teeth, and of the tip over them, f[B, h, w] each."""
    raised, out = (part[:, None, None] for part in batch.tongue.unbind(1))
    inverse = invert_affine(jaw)[:, :, :2]
    dx, dy = x - jaw[:, 0, 2, None, None], y - jaw[:, 1, 2, None, None]
    u = inverse[:, 0, 0, None, None] * dx + inverse[:, 0, 1, None, None] * dy
    v = inverse[:, 1, 0, None, None] * dx + inverse[:, 1, 1, None, None] * dy
    drop = (inverse[:, 1] * (jaw - skull)[:, :, 2]).sum(1)[:, None, None]
    lift = raised * (TONGUE_BACK - (TONGUE_RIDGE - drop)).clamp_min(0)
    risen, up = torch.exp(-((u / TONGUE_TIP) ** 4)), (lift / 0.04).clamp_max(1)
    under = v - (TONGUE_BACK + 0.9 * u**2) + lift * risen
    cover = (under / 0.035).clamp(0, 1) * ((0.21 - u.abs()) / 0.05).clamp(0, 1)
    lit = risen * risen * up
    shade = (0.30 + under / 0.075 + 0.28 * lit).clamp(0.30, 0.80) * (1 - 0.30 * lit * ((under - 0.04) / 0.09).clamp(0, 1))
    furrow = FURROW + (FURROW_RAISED - FURROW) * up
    shade = shade * (1 - furrow * torch.exp(-((u / FURROW_WIDE) ** 2)))
    above_rim = TIP_EDGE + TIP_OUT * out - 2.5 * u**2 - v
    top = torch.maximum(TIP_TOP - drop, TIP_EDGE + TIP_OUT * out - TIP_HIGH)
    tip = (above_rim / 0.012).clamp(0, 1) * ((v - top) / 0.012).clamp(0, 1)
    tip = tip * ((TIP_REACH - u.abs()) / 0.035).clamp(0, 1) * ((out - 0.2) / 0.5).clamp(0, 1)
    round_ = 0.62 + 0.18 * torch.exp(-(((above_rim - 0.020) / 0.022) ** 2) - (u / 0.12) ** 2)
    return cover, shade, tip, round_ - 0.22 * torch.exp(-((above_rim / 0.010) ** 2))
