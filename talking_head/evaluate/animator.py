"""`evaluate animator`: photo + real landmarks of a clip that no training saw → frames, held against the real ones.

The photo is the clip's most closed frame; every other frame is drawn with the code that serves (``GanAnimator.render_rgb``),
from its real landmarks. Beside the net: the warp alone, and the net with the person's own teeth cut from another frame (what a
twin has).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talking_head.animator.alignment import draw_lips
from talking_head.animator.gan import GanAnimator, GanAvatar
from talking_head.animator.interior import RigidInterior
from talking_head.animator.mouth_layers import own_interior
from talking_head.animator.warp import WarpAvatar
from talking_head.evaluate import identity
from talking_head.evaluate.animator_measures import WINDOW, Sums, add_frame, add_neighbours, mouth_distance
from talking_head.face.portrait import Portrait
from talking_head.media import F32, U8
from talking_head.stages import Landmarker
from talking_head.train.crops import OFFSET, SIZE, Pack

_DETECT_EVERY, _IDENTITY_EVERY = 5, 15
_NEAR_PHOTO, _NEAR_TEETH = 3, 5  # frames too close to what they were made from to be judged

Draw = Callable[[F32], U8]


@dataclass(slots=True)
class Report:
    """``sums`` by way, then by split. ``strips``: name of a clip → crops of (photo, way…, real) at a few frames.

    ``films``: name → list of rows (real, warp only, net) of u8[160, 160, 3]. ``own_frames``: cosine of a person's real frames.
    """

    sums: dict[str, dict[str, Sums]] = field(default_factory=dict)
    strips: dict[str, list[U8]] = field(default_factory=dict)
    films: dict[str, list[U8]] = field(default_factory=dict)
    own_frames: dict[str, list[float]] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """The JSON of the command: the net's figures at the top, every other way under its name."""
        tables = {way: {split: s.table() for split, s in by.items()} for way, by in self.sums.items()}
        for split, values in self.own_frames.items():
            for by in tables.values():
                if split in by and values:
                    by[split]["identity_own_frames"] = round(float(np.mean(values)), 4)
        return tables.pop("gan", {}) | tables


def ways_of(pack: Pack, clip: int, nets: dict[str, GanAnimator], own_teeth: bool = True) -> tuple[dict[str, Draw], int, int]:
    """Ways to draw a clip from its most closed frame, that frame's number, and the frame that lent the teeth (−1: none)."""
    sources = np.flatnonzero(pack.source_clip == clip)
    photo = int(sources[0])
    portrait = _portrait(pack, photo, pack.names[clip])
    ways: dict[str, Draw] = {}
    warp: WarpAvatar | None = None
    for name, net in nets.items():
        avatar = net.prepare(portrait)
        warp = warp or avatar.warp
        ways[name] = _drawer(net, avatar)
    assert warp is not None
    ways["warp_only"] = warp.warp_rgb
    lender = -1
    if own_teeth and isinstance(warp.interior, RigidInterior):
        for source in sources[:3:-1]:
            teeth = own_interior(WarpAvatar(_portrait(pack, int(source), "")), warp.interior)
            if teeth is not None:
                first = next(iter(nets.values()))
                ways["own_teeth"] = _drawer(first, first.prepare(portrait, teeth))
                lender = int(pack.source_frame[source])
                break
    return ways, int(pack.source_frame[photo]), lender


def _portrait(pack: Pack, source: int, name: str) -> Portrait:
    clip = int(pack.source_clip[source])
    return Portrait(name, pack.sources[source], pack.source_points[source], pack.source_pose[source], pack.neutral[clip])


def _drawer(net: GanAnimator, avatar: GanAvatar) -> Draw:
    return lambda points: net.render_rgb(avatar, points)


def evaluate(
    pack: Pack,
    nets: dict[str, GanAnimator],
    *,
    landmarker: Landmarker | None = None,
    splits: tuple[str, ...] = ("known", "unseen"),
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Measure ``nets`` ("gan" first) on the clips of ``splits``. ``landmarker`` (optional) gives LMD."""
    report = Report()
    for clip, name in enumerate(pack.names):
        if pack.split[clip] in splits:
            progress(name)
            _clip(report, pack, clip, nets, landmarker)
    return report


def _clip(report: Report, pack: Pack, clip: int, nets: dict[str, GanAnimator], landmarker: Landmarker | None) -> None:
    ways, photo_frame, lender = ways_of(pack, clip, nets)
    split, ox, oy = pack.split[clip], *OFFSET
    box = (slice(oy, oy + SIZE), slice(ox, ox + SIZE))
    sources = np.flatnonzero(pack.source_clip == clip)
    known = identity.available()
    me = identity.descriptor(pack.sources[sources[0]], pack.source_points[sources[0]]) if known else None
    if me is not None:
        own = [float(me @ identity.descriptor(pack.sources[s], pack.source_points[s])) for s in sources[1:]]
        report.own_frames.setdefault(split, []).extend(own)
    last: dict[str, U8] = {}
    last_frame = -9
    rows: list[tuple[float, U8]] = []
    for t in np.flatnonzero(pack.clip == clip):
        frame = int(pack.frame[t])
        if abs(frame - photo_frame) < _NEAR_PHOTO:
            continue
        real, points = pack.images[t], pack.points[t].copy()
        lips = draw_lips(points, SIZE)
        cx, cy = np.clip(np.round(points[[61, 291, 13, 14], :2].mean(0) - WINDOW / 2), 0, SIZE - WINDOW).astype(int)
        window = (slice(cy, cy + WINDOW), slice(cx, cx + WINDOW))
        gap = float(points[14, 1] - points[13, 1])
        points[:, :2] += (ox, oy)
        crops: dict[str, U8] = {}
        for way, draw in ways.items():
            if way == "own_teeth" and abs(frame - lender) < _NEAR_TEETH:
                continue
            sums = report.sums.setdefault(way, {}).setdefault(split, Sums())
            canvas = draw(points)
            crops[way] = canvas[box].copy()
            add_frame(sums, crops[way][window], real[window], lips[2][window])
            if way in last and frame == last_frame + 1:
                add_neighbours(sums, (last[way], crops[way]), (last["real"], real))
            if landmarker is not None and frame % _DETECT_EVERY == 0:
                found = landmarker.detect(canvas)
                if found:
                    sums.lmd.append(mouth_distance(found[0], points))
            if me is not None and frame % _IDENTITY_EVERY == 0:
                sums.identity.append(float(me @ identity.descriptor(canvas, points)))
        last, last_frame = crops | {"real": real}, frame
        order = [w for w in ("warp_only", "l1_only", "gan", "own_teeth") if w in crops]
        rows.append((gap, np.hstack([crops[w] for w in order] + [real])))
        report.films.setdefault(pack.names[clip], []).append(np.hstack([real, crops["warp_only"], crops[next(iter(nets))]]))
    rows.sort(key=lambda row: row[0])
    full = max((r.shape[1] for _, r in rows), default=0)
    whole = [r for _, r in rows if r.shape[1] == full]
    report.strips[pack.names[clip]] = [whole[int(q * (len(whole) - 1))] for q in (0.05, 0.5, 0.8, 0.97)] if whole else []
