"""Pairs → batches for the animator: teeth put in, light and colour varied, everything a float tensor.

A batch holds neighbours: items 2i and 2i + 1 are successive frames of one clip with the same photo, teeth and augmentation, so
that the trainer can compare what moves between them with what really moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.neutral_teeth import tooth_set
from talking_head.animator.mouth.softness import UNIT, row_softness, soften, softness
from talking_head.animator.mouth.standard_teeth import standard_teeth
from talking_head.animator.mouth.teeth_layers import LUMA
from talking_head.animator.refiner.crop import draw_lips
from talking_head.train.animator.crops import OFFSET, PHOTOS, SIZE, Pack
from talking_head.train.animator.pairs import PairSet, filled, portrait_of, view_of
from talking_head.types import F32, U8

Row = NDArray[Any]  # f32 but for the corner, which is i64

_TOOTH_SETS = 24
_OWN_SHARE = 0.5
_STANDARD_SHARE = 0.6  # of the others: the photographic rows that most strangers are served with; else a drawn set
_PHOTO_SHARE = 0.45  # of the draws, where photos train beside videos
_EXTREME_SHARE = 0.6  # draws that prefer a mouth more open or more closed than usual


@dataclass(slots=True)
class Batch:
    """``warped``, ``target`` f32[B, 3, S, S] 0..1; ``drawing`` f32[B, 4, S, S]; ``reference`` f32[B, 6, S, S];
    ``own`` f32[B, 1, 1, 1]: 1 where the teeth are the person's own; ``corner`` i64[B, 2]: x, y of the 96² mouth window;
    ``wanted`` f32[B, 3, S, S] see :func:`answer`; ``weight`` f32[B, 1, S, S] see :func:`importance`."""

    warped: Tensor
    drawing: Tensor
    reference: Tensor
    target: Tensor
    own: Tensor
    corner: Tensor
    wanted: Tensor
    weight: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on ``device``."""
        return Batch(*(getattr(self, name).to(device, non_blocking=True) for name in Batch.__slots__))

    def enlarged(self, size: int) -> Batch:
        """The same batch at ``size``² (packs hold 160² crops; a tier with a larger crop sees them enlarged)."""
        now = self.warped.shape[-1]
        if now == size:
            return self
        parts = {name: getattr(self, name) for name in Batch.__slots__}
        for name in ("warped", "drawing", "reference", "target", "wanted", "weight"):
            parts[name] = F.interpolate(parts[name], size=(size, size), mode="bilinear", align_corners=False)
        parts["corner"] = (self.corner * size) // now
        return Batch(**parts)


def answer(target: F32, warped: F32, opening: U8, own: float, sigma: float = 3.5) -> F32:
    """What the output should be, f32[S, S, 3] 0..255.

    With the person's own teeth, or lips all but shut: the real frame. With a neutral set the real teeth are others, and asking
    for them pixel by pixel would teach a blur; there the answer is the painted mouth in the real frame's light: the painted
    detail times the smooth ratio of the two, with the smooth rest added. ``opening`` u8[S, S]; ``own`` 0 or 1.
    """
    wide = float(cv2.GaussianBlur(opening, (0, 0), 3.0).max()) / 255
    thick = float(np.clip((wide - 0.50) / 0.30, 0, 1)) * (1 - own)
    if thick == 0:
        return target
    smooth_target, smooth_warped = (cv2.GaussianBlur(x, (0, 0), sigma) for x in (target, warped))
    light_target, light_warped = smooth_target @ LUMA, smooth_warped @ LUMA
    relit = warped * np.clip((light_target + 8) / (light_warped + 8), 0.6, 1.5)[..., None]
    rest = smooth_target - cv2.GaussianBlur(relit, (0, 0), sigma)
    # Light is the frame's, tint mostly the set's own: the teeth of the few people trained on must not become everybody's.
    grey = (rest @ LUMA)[..., None]
    # What the real mouth has more of is teeth and tongue in other places: added as light, it would fog the hollow of everybody.
    rest = 0.35 * np.maximum(grey, 0) + 0.5 * np.minimum(grey, 0) + 0.2 * (rest - grey)
    relit = np.clip(relit + rest, 0, 255)
    mix = cv2.GaussianBlur(opening, (0, 0), 1.0).astype(np.float32)[..., None] * np.float32(thick / 255)
    return np.asarray(target + mix * (relit - target), np.float32)


def importance(drawing: U8) -> F32:
    """Weight of each pixel, f32[S, S], about 1 on the whole: the mouth counts most. ``drawing`` u8[3, S, S]."""
    lips = cv2.dilate(drawing.max(0), np.ones((13, 13), np.uint8))
    near = cv2.GaussianBlur(lips, (0, 0), 4.0).astype(np.float32) / 255
    return np.asarray(0.5 + 3.0 * near + 3.0 * drawing[2].astype(np.float32) / 255, np.float32)


class Batches:
    """Draws batches from pairs of one split. ``own_share``: share of draws that wear the person's own teeth. ``personal``: the
    pairs show the one person whom the net is for, and vary little."""

    def __init__(self, pack: Pack, pairs: PairSet, *, seed: int, own_share: float = _OWN_SHARE, personal: bool = False) -> None:
        self.pack, self.pairs, self.personal = pack, pairs, personal
        self.rng = np.random.default_rng(seed)
        self.own_share = own_share
        self._sets = [tooth_set(i) for i in range(_TOOTH_SETS)]
        seen = np.unique(pairs.source)
        points, poses = pack.source_points, pack.source_pose
        self._soft = {int(s): softness(pack.sources[s], points[s], poses[s].scale) for s in seen}
        clip = pack.clip[pairs.target]
        people = np.array([pack.people[c] for c in clip])
        names = sorted(set(people))
        # Sharp footage has more to teach: people count by the pixels of their faces, and no more than the crop can show.
        native = np.minimum(pack.native[pairs.target], UNIT)
        self.share = np.array([np.square(native[people == n]).mean() for n in names])
        self.share /= self.share.sum()
        if PHOTOS in names and len(names) > 1:
            photos = np.array(names) == PHOTOS
            self.share = np.where(photos, _PHOTO_SHARE, self.share * (1 - _PHOTO_SHARE) / self.share[~photos].sum())
        # Pairs whose neighbour (same photo, next frame) is there too, a person.
        key = {(int(pairs.target[i]), int(pairs.source[i])): i for i in range(len(pairs.target))}
        self.next = np.full(len(pairs.target), -1, np.int64)
        for (target, source), i in key.items():
            after = key.get((target + 1, source), -1)
            if after >= 0 and target + 1 < len(pack.clip) and pack.clip[target + 1] == pack.clip[target]:
                self.next[i] = after if pack.frame[target + 1] == pack.frame[target] + 1 else -1
        self.members = [np.flatnonzero((people == n) & (self.next >= 0)) for n in names]
        gaps = pack.points[:, 14, 1] - pack.points[:, 13, 1]
        self.rank: list[F32] = []
        for members in self.members:
            order = np.argsort(np.argsort(gaps[pairs.target[members]]))
            self.rank.append((order / max(1, len(order) - 1)).astype(np.float32))
        self.own_by_group: dict[str, list[int]] = {}
        for k, source in enumerate(pairs.own_source):
            self.own_by_group.setdefault(pack.groups[int(pack.source_clip[source])], []).append(k)

    def draw(self, size: int, *, augment: bool = True) -> Batch:
        """A batch of ``size`` (even) items."""
        return self.stack(self.draw_items(size, augment=augment))

    def draw_items(self, size: int, *, augment: bool = True) -> list[tuple[Row, ...]]:
        """The items of a batch as arrays, neighbours one after the other."""
        items: list[tuple[Row, ...]] = []
        while len(items) < size:
            person = int(self.rng.choice(len(self.members), p=self.share))
            members, rank = self.members[person], self.rank[person]
            if not len(members):
                continue
            picks = self.rng.integers(0, len(members), 2)
            pick = max(picks, key=lambda p: abs(float(rank[p]) - 0.45)) if self.rng.random() < _EXTREME_SHARE else picks[0]
            index = int(members[pick])
            items += self.pair(index, augment)
        return items

    def pair(self, index: int, augment: bool) -> list[tuple[Row, ...]]:
        """Item ``index`` and its neighbour."""
        interior, own = self._interior(index, augment)
        variation = _Variation(self.rng, self.personal) if augment else None
        return [self.item(i, interior, own, variation) for i in (index, int(self.next[index]))]

    def item(self, index: int, interior: RigidInterior, own: float, variation: _Variation | None = None) -> tuple[Row, ...]:
        """One item as arrays, in the order of :class:`Batch`."""
        pack, pairs = self.pack, self.pairs
        target, source = int(pairs.target[index]), int(pairs.source[index])
        warped = filled(pairs.skin[index], view_of(pairs, pack, index), interior)
        drawing = draw_lips(pack.points[target], SIZE)
        ox, oy = OFFSET
        photo = pack.sources[source][oy : oy + SIZE, ox : ox + SIZE]
        photo_points = pack.source_points[source][:, :2] - np.array(OFFSET, np.float32)
        photo_drawing = draw_lips(photo_points, SIZE)
        real = pack.images[target]
        pictures = [warped, photo, real]
        drawings = [drawing, photo_drawing]
        points = pack.points[target][:, :2]
        centre = points[[61, 291, 13, 14]].mean(0)
        floats = [p.astype(np.float32) for p in pictures]
        if variation is not None:
            floats, drawings, centre = variation(floats, drawings, centre)
        corner = np.clip(np.round(centre - 48), 0, SIZE - 96).astype(np.int64)
        extra = drawings[0][2:3] * np.float32(own)
        wanted = answer(floats[2], floats[0], drawings[0][2], own)
        weight = importance(drawings[0])
        floats.append(wanted)
        chw = [np.ascontiguousarray(f.transpose(2, 0, 1)) / np.float32(255) for f in floats]
        masks = [np.asarray(d, np.float32) / np.float32(255) for d in (np.concatenate([drawings[0], extra]), drawings[1])]
        flag = np.full((1, 1, 1), own, np.float32)
        reference = np.concatenate([chw[1], masks[1]])
        return chw[0], masks[0], reference, chw[2], flag, corner, chw[3], weight[None]

    def _interior(self, index: int, augment: bool) -> tuple[RigidInterior, float]:
        pack, pairs = self.pack, self.pairs
        target, source = int(pairs.target[index]), int(pairs.source[index])
        if self.rng.random() < self.own_share:
            options = [k for k in self.own_by_group.get(pack.groups[int(pack.clip[target])], []) if self._apart(k, target)]
            if options:
                return pairs.own[int(self.rng.choice(options))], 1.0
        if not self.personal and self.rng.random() < _STANDARD_SHARE:  # a twin wears drawn rows or its own
            return self.standard(source, augment), 0.0
        return self.neutral(source, int(self.rng.integers(_TOOTH_SETS)) if augment else 0, augment), 0.0

    def _apart(self, own: int, target: int) -> bool:
        source = int(self.pairs.own_source[own])
        same = self.pack.source_clip[source] == self.pack.clip[target]
        return not same or abs(int(self.pack.source_frame[source]) - int(self.pack.frame[target])) >= 5

    def own_interior(self, target: int) -> RigidInterior | None:
        """The first own interior that is not cut from around ``target``; None where the person never shows teeth."""
        options = self.own_by_group.get(self.pack.groups[int(self.pack.clip[target])], [])
        return next((self.pairs.own[k] for k in options if self._apart(k, target)), None)

    def neutral(self, source: int, which: int, augment: bool) -> RigidInterior:
        """A neutral interior in the light of a photo; with ``augment`` the light is a little off, as an estimate is."""
        light, soft = self._estimate(source, augment)
        return soften(RigidInterior(UNIT, light, self._sets[which]), row_softness(soft))

    def standard(self, source: int, augment: bool) -> RigidInterior:
        """The standard photographic rows as a photo would be served with them; ``augment`` as in :meth:`neutral`."""
        light, soft = self._estimate(source, augment)
        return standard_teeth(RigidInterior(UNIT, light), portrait_of(self.pack, source), soft, self.rng if augment else None)

    def _estimate(self, source: int, augment: bool) -> tuple[F32, float]:
        """Light f32[3] and softness of a photo, with ``augment`` as far off as estimates are."""
        light, soft = self.pairs.light[source], self._soft[source]
        if not augment:
            return light, soft
        off = np.exp(self.rng.normal(0, [0.05, 0.05, 0.07])) * self.rng.uniform(0.8, 1.15)
        return np.asarray(light * off, np.float32), soft * float(self.rng.uniform(0.6, 1.2))

    @staticmethod
    def stack(items: list[tuple[Row, ...]]) -> Batch:
        """Items → tensors."""
        return Batch(*(torch.from_numpy(np.stack(column)) for column in zip(*items, strict=True)))


class _Variation:
    """One draw of the augmentation, the same for photo, warp and answer of both neighbours.

    ``personal``: for the net of one person. No face is its own mirror image, and its camera has one softness and one grain;
    only the light may change a little.
    """

    def __init__(self, rng: np.random.Generator, personal: bool = False) -> None:
        self.flip = rng.random() < 0.5
        self.gain = np.exp(rng.normal(0, 0.06, 3)).astype(np.float32) * np.float32(rng.uniform(0.82, 1.10))
        self.gamma = float(np.exp(rng.normal(0, 0.13)))
        self.saturation = float(rng.uniform(0.6, 1.3))
        self.sharpen = float(rng.uniform(-0.5, 1.2)) if rng.random() < 0.5 else 0.0
        self.blur = float(rng.uniform(0.5, 1.3)) if rng.random() < 0.12 else 0.0
        self.grain = float(rng.uniform(1, 5)) if rng.random() < 0.35 else 0.0
        self.noise = rng.standard_normal((SIZE, SIZE, 1)).astype(np.float32) if self.grain else None
        self.shift = rng.normal(0, 1.5, 2) if rng.random() < 0.5 else np.zeros(2)
        self.scale = float(np.exp(rng.normal(0, 0.03))) if rng.random() < 0.5 else 1.0
        self.turn = float(rng.normal(0, 1.5)) if rng.random() < 0.5 else 0.0
        if personal:
            self.flip, self.sharpen, self.blur, self.grain, self.noise = False, 0.0, 0.0, 0.0, None
            self.gain, self.gamma, self.saturation = self.gain**0.3, self.gamma**0.3, self.saturation**0.3
            self.shift, self.scale, self.turn = np.zeros(2), 1.0, 0.0

    def __call__(self, pictures: list[F32], drawings: list[U8], centre: F32) -> tuple[list[F32], list[U8], F32]:
        matrix: NDArray[Any] = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), self.turn, self.scale)
        matrix[:, 2] += self.shift
        moved = self.turn != 0 or self.scale != 1 or bool(self.shift.any())
        out: list[F32] = []
        for i, picture in enumerate(pictures):
            p: NDArray[Any] = picture
            if moved:
                p = cv2.warpAffine(p, matrix, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
            if self.sharpen > 0:
                p = p + self.sharpen * (p - cv2.GaussianBlur(p, (0, 0), 1.2))
            if self.blur:
                p = cv2.GaussianBlur(p, (0, 0), self.blur)
            grey = p @ LUMA
            p = grey[..., None] + self.saturation * (p - grey[..., None])
            p = 255 * np.clip(p * self.gain / 255, 0, 1.0) ** self.gamma
            if self.noise is not None and i != 1:  # the same grain in warp and answer: what the photo has is to be kept
                p = p + self.grain * self.noise
            p = np.asarray(np.clip(p, 0, 255), np.float32)
            out.append(p[:, ::-1] if self.flip else p)
        masks: list[U8] = []
        for drawing in drawings:
            d: NDArray[Any] = drawing
            if moved:
                d = np.stack([cv2.warpAffine(c, matrix, (SIZE, SIZE)) for c in d])
            masks.append(d[:, :, ::-1] if self.flip else d)
        at = (matrix @ np.append(centre, 1)).astype(np.float32) if moved else centre
        if self.flip:
            at = np.asarray([SIZE - 1 - at[0], at[1]], np.float32)
        return out, masks, at
