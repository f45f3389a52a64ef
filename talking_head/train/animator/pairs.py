"""Pack → training pairs: a photo of a person, warped to the landmarks of another frame of theirs, beside that frame.

The warp is the one that serves (``animator/warp.py``), run once a pair with the mouth left open and black. What shows in the
mouth is painted when a batch is made, so that every visit of a pair can wear other teeth: the person's own, cut from a third
picture, or one of many neutral sets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from talking_head.animator.mouth.interior import MouthView, RigidInterior
from talking_head.animator.mouth.softness import UNIT
from talking_head.animator.mouth.teeth_layers import OwnInterior, own_interior
from talking_head.animator.warp.geometry import MOUTH, Slit, slit
from talking_head.animator.warp.layers import lip_light
from talking_head.errors import InputError
from talking_head.face.portrait import Portrait
from talking_head.train.animator.crops import OFFSET, SIZE, SOURCES, Pack
from talking_head.types import F32, U8

if TYPE_CHECKING:
    from talking_head.animator.warp.animator import WarpAvatar

_APART = 8  # frames between photo and target of one clip


class Hole:
    """A mouth's interior that paints nothing: the opening stays black, to be filled later."""

    def paint(self, view: MouthView, box: tuple[slice, slice]) -> F32:
        rows, columns = box
        return np.zeros((rows.stop - rows.start, columns.stop - columns.start, 3), np.float32)


@dataclass(slots=True)
class PairSet:
    """P pairs. ``target``, ``source`` i32[P] index the pack; ``skin`` u8[P, 160, 160, 3] warped photo, opening black;
    ``maps`` f32[P, 2, 2, 3] skull and jaw in crop pixels; ``unit`` f32[P]; ``edge`` f32[P] width of the opening's edge;
    ``light`` f32[M, 3] of each source.
    ``own``: K interiors with their ``own_source`` i32[K]."""

    target: NDArray[np.int32]
    source: NDArray[np.int32]
    skin: U8
    maps: F32
    unit: F32
    edge: F32
    light: F32
    own: list[OwnInterior] = field(default_factory=list)
    own_source: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    def save(self, path: Path) -> None:
        """Write to ``.npz``, whole or not at all, so that a resumed run need not warp again."""
        own, part = self.own, path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(
                file,
                target=self.target,
                source=self.source,
                skin=self.skin,
                maps=self.maps,
                unit=self.unit,
                edge=self.edge,
                light=self.light,
                own_source=self.own_source,
                own_upper=np.stack([o.upper for o in own]) if own else np.zeros((0,), np.uint8),
                own_lower=np.stack([o.lower for o in own]) if own else np.zeros((0,), np.uint8),
                own_light=np.stack([o.light for o in own]) if own else np.zeros((0, 3), np.float32),
            )
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> PairSet:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            data = {key: file[key] for key in file.files}
        own = []
        for upper, lower, light in zip(data["own_upper"], data["own_lower"], data["own_light"], strict=True):
            interior = OwnInterior(UNIT, np.minimum(light, 1.05))
            interior.upper, interior.lower = upper, lower
            own.append(interior)
        keys = ("target", "source", "skin", "maps", "unit", "edge", "light", "own_source")
        missing = [key for key in keys if key not in data]
        if missing:
            raise InputError(f"{path} is of another version (it has no “{missing[0]}”). Delete it, and it is made anew.")
        return cls(**{key: data[key] for key in keys}, own=own)


def portrait_of(pack: Pack, source: int) -> Portrait:
    """A source of the pack as a photo."""
    clip = int(pack.source_clip[source])
    return Portrait("", pack.sources[source], pack.source_points[source], pack.source_pose[source], pack.neutral[clip])


def avatar_of(pack: Pack, source: int) -> WarpAvatar:
    """A source of the pack as a portrait that can be warped."""
    from talking_head.animator.warp.animator import WarpAvatar  # needs SciPy; training from saved pairs does not

    return WarpAvatar(portrait_of(pack, source), Hole())


def build(
    pack: Pack,
    *,
    seed: int = 0,
    quantiles: tuple[int, ...] = (0, 3, 5),
    visits: int = 2,
    splits: tuple[str, ...] = ("train",),
    progress: Callable[[int, int], None] | None = None,
) -> PairSet:
    """Warp every target from ``visits`` photos of its group. ``quantiles``: which of a clip's six sources, by opening, are
    used.

    A target is left out where all photos are of its moment. Raises InputError where none is left.
    """
    rng = np.random.default_rng(seed)
    clip_sources = {c: np.flatnonzero(pack.source_clip == c) for c in range(len(pack.names)) if pack.split[c] in splits}
    clip_sources = {c: s[list(quantiles)] if len(s) == SOURCES else s for c, s in clip_sources.items()}
    by_group: dict[str, list[int]] = {}
    for c, sources in clip_sources.items():
        by_group.setdefault(pack.groups[c], []).extend(int(s) for s in sources)
    wanted: dict[int, list[int]] = {}
    last: tuple[int, int, list[int]] = (-1, -1, [])
    for t in range(len(pack.clip)):
        c = int(pack.clip[t])
        if c not in clip_sources:
            continue
        frame = int(pack.frame[t])
        if (c, frame // 2) == last[:2]:
            chosen = last[2]  # neighbours share their photos
        else:
            options = by_group[pack.groups[c]]
            near = np.array([pack.source_clip[s] == c and abs(int(pack.source_frame[s]) - frame) < _APART for s in options])
            usable = np.array(options)[~near]
            weight = np.where(pack.source_clip[usable] == c, 1.0, 0.5 / max(1, len(by_group[pack.groups[c]]) // len(quantiles)))
            chosen = list[int]()  # none where a person's only clip in this light shows all its photos at that moment
            if len(usable):
                chosen = [int(s) for s in rng.choice(usable, min(visits, len(usable)), False, weight / weight.sum())]
        last = (c, frame // 2, chosen)
        for s in chosen:
            wanted.setdefault(s, []).append(t)
    if not wanted:
        raise InputError(f"No clip is long enough: a picture and the photo it is made of lie {_APART} frames or more apart.")
    return _warp_all(pack, wanted, sorted({s for group in by_group.values() for s in group}), progress)


def _warp_all(
    pack: Pack, wanted: dict[int, list[int]], sources: list[int], progress: Callable[[int, int], None] | None
) -> PairSet:
    ox, oy = OFFSET
    pairs: list[tuple[int, int]] = []
    skins: list[U8] = []
    maps: list[F32] = []
    units: list[float] = []
    edges: list[float] = []
    light = np.ones((len(pack.sources), 3), np.float32)
    own: list[OwnInterior] = []
    own_source: list[int] = []
    for done, s in enumerate(sources):
        avatar = avatar_of(pack, s)
        light[s] = lip_light(pack.sources[s], pack.source_points[s])
        mine = own_interior(avatar, RigidInterior(UNIT, light[s]))
        if mine is not None:
            own.append(mine)
            own_source.append(s)
        for t in wanted.get(s, []):
            points = pack.points[t].copy()
            points[:, :2] += (ox, oy)
            frame = avatar.warp(points)
            shift = np.array([frame.origin[0] - ox, frame.origin[1] - oy])
            both = np.stack([frame.mouth.skull, frame.mouth.jaw]).astype(np.float32)
            both[:, :, 2] += shift
            pairs.append((t, s))
            skins.append(frame.rgb[oy : oy + SIZE, ox : ox + SIZE])
            maps.append(both)
            units.append(avatar.unit)
            edges.append(avatar.edge)
        if progress:
            progress(done + 1, len(sources))
    index = np.array(pairs, np.int32)
    return PairSet(
        index[:, 0],
        index[:, 1],
        np.stack(skins),
        np.stack(maps),
        np.array(units, np.float32),
        np.array(edges, np.float32),
        light,
        own,
        np.array(own_source, np.int32),
    )


def view_of(pairs: PairSet, pack: Pack, index: int) -> MouthView:
    """The mouth's geometry of a pair in crop pixels."""
    cut: Slit = slit(pack.points[pairs.target[index]], MOUTH, 0, 0, SIZE)
    unit = float(pairs.unit[index])
    opening = cut.opening(SIZE, float(pairs.edge[index]))
    return MouthView(cut, opening, pairs.maps[index, 0].astype(np.float64), pairs.maps[index, 1].astype(np.float64), unit)


def filled(skin: U8, view: MouthView, interior: RigidInterior) -> U8:
    """The warped crop with ``interior`` painted into its opening, u8[160, 160, 3]."""
    rows, columns = np.flatnonzero(view.opening.any(1)), np.flatnonzero(view.opening.any(0))
    if not len(rows):
        return skin
    box = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    out = skin.copy()
    out[box] = np.clip(skin[box] + interior.paint(view, box) * view.opening[box][..., None] + 0.5, 0, 255)
    return out
