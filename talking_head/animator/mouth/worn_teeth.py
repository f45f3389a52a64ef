"""Rows of teeth as data, and the interior that draws them for a face of any size."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.mouth.interior import UPPER_EDGE, RigidInterior, compose
from talking_head.animator.mouth.neutral_teeth import PIXELS_A_UNIT, WIDTH
from talking_head.animator.mouth.teeth_layers import LUMA, OwnInterior, first_tooth, last_tooth, row_edge
from talking_head.animator.warp.constants import LOWER_EDGE
from talking_head.face.teeth import Teeth
from talking_head.types import F32, U8

_LOWER_SUNK = 0.012  # face units: by so much more than in a smile the lower lip covers the lower row of who speaks
# Face units below the rest lip line that the upper row's biting edge may hang, and by how much it bites over the lower row.
# In the mouths of three real speakers it lies at −0.02 to 0.045; presenters' smiles, which were drawn, put it at 0.08 to 0.10.
LOWEST_EDGE, _OVERBITE = 0.045, UPPER_EDGE - LOWER_EDGE
# Spread of a row's brightness along it against its mean, at the scale of a tooth: 0.08 to 0.10 in 222 portraits and 86 pictures
# of a speaker, half of it in smiles that were drawn. Rows that have less are given it, up to so many times their own.
_CONTRAST, _MOST_GAIN = 0.10, 2.0
_THREAD = 0.04  # face units, 3.6 mm: a lower incisor is wider
_TOOTH = 0.03  # face units: blur of the Gaussian that a tooth stands out from
# Between the tips of teeth a smile is as dark as the mouth behind it; between half-open lips the lower row stands there, and
# the black specks of such a row look like braces. So nothing between teeth is darker than this share of those around, at their
# tips than the second (of the last face units), and notches of the width are closed.
_BETWEEN, _TIPS, _TIP, _NOTCH = 0.62, 0.8, 0.025, 0.035
# Lower incisors touch: of those around, the line between two of them has this share of the light.
_TOUCH = 0.82
# What a picture does not show of a row is the drawn one, blurred so that it is in nobody's way. Beside the picture's teeth,
# what is thinner than the first of these shares goes, and more than both together stays: else fog hangs below the canines.
_FOG, _SOLID = 0.45, 0.15
_LIT = 0.62  # of the brightest: a tooth of the picture is brighter, and a blurred one is not


class WornInterior(OwnInterior):
    """The interior made by :func:`worn`."""

    # A smile's rows have its dark corners in them, and hang without the shade that a lip gives which is lower than the smile's.
    # Set beside portraits in even light: in a slit of 3 to 6 mm their teeth are as bright as in a smile, and dark at its ends.
    # Shade that goes on there makes them a grey-brown band, which a little more of an opening turns white.
    under_upper, over_lower = np.float32(0.66), np.float32(1)
    corner, narrow, slit_red = np.float32(0.4), np.float32(0.45), np.float32(0.1)
    slit_under, slit_corner = np.float32(0.3), np.float32(0.2)


def kept(interior: RigidInterior, unit: float) -> Teeth:
    """The rows of an interior that draws for ``unit`` pixels a face unit, as data."""
    return Teeth(interior.upper, interior.lower, np.asarray(interior.light, np.float32), unit)


def worn(teeth: Teeth, unit: float, shadow: F32 | None = None) -> WornInterior:
    """An interior that draws ``teeth`` for ``unit`` pixels a face unit; ``shadow`` as in :class:`RigidInterior`."""
    interior = WornInterior(min(unit, teeth.unit), teeth.light, shadow=shadow)
    interior.lower_map[1, 2] += _LOWER_SUNK
    interior.upper, interior.lower = (
        np.asarray(cv2.resize(own, neutral.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
        for own, neutral in ((teeth.upper, interior.upper), (teeth.lower, interior.lower))
    )
    interior.upper = _without_fog(without_specks(_parted(interior.upper)))
    interior.lower = joined(_whole(interior.lower))
    interior.edges = row_edge(interior.upper, last_tooth), row_edge(interior.lower, first_tooth)
    _hang(interior)
    return interior


def laid_out(interior: OwnInterior, neutral: RigidInterior) -> WornInterior:
    """The rows of what :func:`worn` made, where ``neutral``'s pixels have them: what is repainted and kept goes through
    :func:`worn` again."""
    laid = WornInterior(neutral.unit, interior.light, shadow=interior.shadow)
    lower_map = interior.lower_map.copy()
    lower_map[1, 2] -= _LOWER_SUNK
    laid.upper, laid.lower = (
        np.asarray(cv2.warpAffine(row, compose(cv2.invertAffineTransform(there), here), plain.shape[1::-1]), np.uint8)
        for row, here, there, plain in (
            (interior.upper, interior.upper_map, neutral.upper_map, neutral.upper),
            (interior.lower, lower_map, neutral.lower_map, neutral.lower),
        )
    )
    laid.edges = row_edge(laid.upper, last_tooth), row_edge(laid.lower, first_tooth)
    return laid


def _hang(interior: RigidInterior) -> None:
    """Raise rows that hang lower than any person's: nobody's teeth fill a mouth that speaks down to the lower lip.

    The lower row follows as far as it has to, to meet the upper one. Rows that hang as people's do stay where they are.
    """
    maps = interior.upper_map, interior.lower_map
    upper, lower = (float(place[1, 2] + place[1, 1] * edge) for place, edge in zip(maps, interior.edges, strict=True))
    lift = max(upper - LOWEST_EDGE, 0.0)
    interior.upper_map[1, 2] -= lift
    interior.lower_map[1, 2] -= min(max(lower - (upper - lift - _OVERBITE), 0.0), lift)


def _parted(row: U8) -> U8:
    """``row`` u8[h, w, 4] with the shade between its teeth that real ones have; one that has it stays as it is."""
    layer = row.astype(np.float32)
    sigma = _TOOTH * row.shape[1] * PIXELS_A_UNIT / WIDTH
    # Along the row alone, so that neither lip nor biting edge counts; premultiplied, so that what is no tooth does not.
    luma = layer[..., :3] @ LUMA
    around, cover = (cv2.GaussianBlur(plane, (0, 0), sigmaX=sigma, sigmaY=0.3) for plane in (luma, layer[..., 3]))
    even = around * layer[..., 3] / np.maximum(cover, 1)
    differs = (luma - even) / np.maximum(even, 1)
    middle = np.zeros(luma.shape, bool)
    middle[:, row.shape[1] * 3 // 8 : row.shape[1] * 5 // 8] = True
    tooth = middle & (layer[..., 3] > 250) & (luma > 0.4 * float(luma[middle].max()))
    if not tooth.any():
        return row
    gain = float(np.clip(_CONTRAST / max(float(differs[tooth].std()), 1e-3), 1, _MOST_GAIN))
    layer[..., :3] *= (1 + (gain - 1) * np.clip(differs, -0.3, 0.1))[..., None]
    return np.asarray(np.clip(np.minimum(layer, layer[..., 3:]) + 0.5, 0, 255), np.uint8)


def without_specks(row: U8) -> U8:
    """``row`` u8[h, w, 4] with what is dark between and around its teeth in the shade of teeth, and the notches between their
    tips closed."""
    scale = row.shape[1] * PIXELS_A_UNIT / WIDTH
    cover = row[..., 3].astype(np.float32)
    color = row[..., :3] * (255 / np.maximum(cover, 1))[..., None]
    luma = color @ LUMA
    tooth = ((cover > 200) & (luma > 0.45 * luma.max()) & (color[..., 0] < 1.35 * color[..., 1])).astype(np.float32)
    around, share = (cv2.GaussianBlur(x, (0, 0), _TOOTH * scale) for x in (color * tooth[..., None], tooth))
    closed = cv2.morphologyEx(cover, cv2.MORPH_CLOSE, np.ones((1, _odd(_NOTCH * scale)), np.uint8))
    tip = 1 - cv2.erode(closed, np.ones((_odd(2 * _TIP * scale), 1), np.uint8)) / 255
    shade = (_BETWEEN + (_TIPS - _BETWEEN) * tip)[..., None] * around / np.maximum(share, 1e-3)[..., None]
    near = np.clip(4 * share - 0.4, 0, 1)
    color += near[..., None] * np.maximum(shade - color, 0)
    added = near * np.maximum(closed - cover, 0)
    layer = np.dstack([color * cover[..., None] + shade * added[..., None], 255 * (cover + added)]) / 255
    return np.asarray(np.clip(np.minimum(layer, layer[..., 3:]) + 0.5, 0, 255), np.uint8)


def joined(row: U8) -> U8:
    """A lower ``row`` u8[h, w, 4] whose teeth touch: one band with thin, faint lines between them.

    Only tips of it are seen, above the lip: with a dark gap at each side they are white pegs.
    """
    scale = row.shape[1] * PIXELS_A_UNIT / WIDTH
    cover = row[..., 3].astype(np.float32)
    color = row[..., :3] * (255 / np.maximum(cover, 1))[..., None]
    luma = color @ LUMA
    tooth = (cover > 200) & (luma > 0.3 * luma.max()) & (color[..., 0] < 1.35 * color[..., 1])
    if not tooth.any():
        return row
    closed = cv2.morphologyEx(cover, cv2.MORPH_CLOSE, np.ones((1, _odd(_NOTCH * scale)), np.uint8))
    weight = tooth.astype(np.float32)
    sigma = 0.5 * _TOOTH * scale
    around, share = (cv2.GaussianBlur(x, (0, 0), sigmaX=sigma, sigmaY=0.4) for x in (color * weight[..., None], weight))
    shade = around / np.maximum(share, 1e-3)[..., None]
    near = np.clip(4 * share - 0.4, 0, 1)[..., None]
    color += near * np.maximum(_TOUCH * shade - color, 0)
    added = near[..., 0] * np.maximum(closed - cover, 0)
    layer = np.dstack([color * cover[..., None] + _TOUCH * shade * added[..., None], 255 * (cover + added)]) / 255
    return np.asarray(np.clip(np.minimum(layer, layer[..., 3:]) + 0.5, 0, 255), np.uint8)


def _without_fog(row: U8) -> U8:
    """``row`` u8[h, w, 4] without the soft rim of the drawn row that its picture did not show."""
    scale = row.shape[1] * PIXELS_A_UNIT / WIDTH
    layer = row.astype(np.float32)
    cover = layer[..., 3]
    color = layer[..., :3] * (255 / np.maximum(cover, 1))[..., None]
    luma = color @ LUMA
    solid = cover > 250
    if not solid.any():
        return row
    lit = _LIT * float(np.percentile(luma[solid], 98))
    tooth = ((cover > 200) & (luma > lit) & (color[..., 0] < 1.35 * color[..., 1])).astype(np.uint8)
    inner = cv2.erode(tooth, np.ones((3, 3), np.uint8)).astype(np.float32)
    near = np.clip(4 * cv2.GaussianBlur(inner, (0, 0), 0.5 * _TOOTH * scale) - 0.4, 0, 1)
    kept = near + (1 - near) * np.clip((cover / 255 - _FOG) / _SOLID, 0, 1)
    return np.asarray(layer * kept[..., None] + 0.5, np.uint8)


def _odd(size: float) -> int:
    return 2 * round(size / 2) + 1


def _whole(row: U8) -> U8:
    """``row`` u8[h, w, 4] without crumbs and threads thinner than any tooth: a smile's bright lower lip leaves them."""
    side = max(3, round(_THREAD * row.shape[1] * PIXELS_A_UNIT / WIDTH))
    opened = cv2.morphologyEx(row[..., 3], cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    share = np.minimum(opened, row[..., 3]).astype(np.float32) / np.maximum(row[..., 3], 1)
    return np.asarray(row * share[..., None] + 0.5, np.uint8)
