"""`evaluate animator`: photo + real landmarks of a clip that no training saw → frames, held against the real ones.

Each clip is drawn twice, from two photos: its most closed frame, and a frame that shows teeth. Every other frame is drawn with
the code that serves (``GanAnimator.render_rgb``), from its real landmarks. The figures of both photos together are the net's;
each is also given alone. Beside them: the warp alone, and the closed photo with the person's own teeth from another frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talking_head.animator.gan import GanAnimator, GanAvatar
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.teeth_layers import own_interior
from talking_head.animator.refiner.crop import draw_lips
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.evaluate.animator import identity
from talking_head.evaluate.animator.measures import WINDOW, Sums, add_frame, add_neighbours, mouth_distance
from talking_head.protocols import Landmarker
from talking_head.train.animator.crops import OFFSET, SIZE, Pack
from talking_head.train.animator.pairs import portrait_of
from talking_head.types import F32, U8

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


def _photos(pack: Pack, clip: int) -> dict[str, int]:
    """Two photos a clip: its most closed frame, and the widest that shows teeth (else the widest)."""
    sources = [int(s) for s in np.flatnonzero(pack.source_clip == clip)]
    for source in sources[:2:-1]:
        avatar = WarpAvatar(portrait_of(pack, source))
        if own_interior(avatar) is not None:
            return {"closed_photo": sources[0], "toothy_photo": source}
    return {"closed_photo": sources[0], "open_photo": sources[-1]}


def ways_of(pack: Pack, photo: int, nets: dict[str, GanAnimator], lender: int | None) -> dict[str, Draw]:
    """Ways to draw a clip from the source ``photo``; ``lender``: a source that lends its teeth to the way "own_teeth"."""
    portrait = portrait_of(pack, photo)
    ways: dict[str, Draw] = {}
    for name, net in nets.items():
        avatar = net.prepare(portrait)
        ways[name] = _drawer(net, avatar)
        if "warp_only" not in ways:
            ways["warp_only"] = avatar.warp.warp_rgb
            if lender is not None and isinstance(avatar.warp.interior, RigidInterior):
                teeth = own_interior(WarpAvatar(portrait_of(pack, lender)), avatar.warp.interior)
                if teeth is not None:
                    ways["own_teeth"] = _drawer(net, net.prepare(portrait, teeth))
    return ways


def _close(pack: Pack, clip: int, frame: int, source: int, near: int) -> bool:
    """Whether ``frame`` of ``clip`` is all but the picture that ``source`` was cut from."""
    return int(pack.source_clip[source]) == clip and abs(frame - int(pack.source_frame[source])) < near


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
    photos = _photos(pack, clip)
    lender = photos.get("toothy_photo")
    for kind, photo in photos.items():
        closed = kind == "closed_photo"
        ways = ways_of(pack, photo, nets, lender if closed else None)
        _draw_clip(report, pack, clip, kind, photo, lender if closed else None, ways, landmarker)


def judge_from(
    report: Report, pack: Pack, clip: int, photo: int, lender: int | None, net: GanAnimator, landmarker: Landmarker | None
) -> None:
    """Judge ``net`` on a clip from a photo (and teeth) of another clip of the same person."""
    _draw_clip(report, pack, clip, "closed_photo", photo, lender, ways_of(pack, photo, {"gan": net}, lender), landmarker)


def _draw_clip(
    report: Report,
    pack: Pack,
    clip: int,
    kind: str,
    photo: int,
    lender: int | None,
    ways: dict[str, Draw],
    landmarker: Landmarker | None,
) -> None:
    split, (ox, oy), net = pack.split[clip], OFFSET, next(iter(ways))
    box = (slice(oy, oy + SIZE), slice(ox, ox + SIZE))
    me = identity.descriptor(pack.sources[photo], pack.source_points[photo]) if identity.available() else None
    if me is not None:
        others = [s for s in np.flatnonzero(pack.source_clip == pack.source_clip[photo]) if s != photo]
        own = [float(me @ identity.descriptor(pack.sources[s], pack.source_points[s])) for s in others]
        report.own_frames.setdefault(split, []).extend(own)
    last: dict[str, U8] = {}
    last_frame, last_points = -9, np.zeros((0, 3), np.float32)
    rows: list[tuple[float, U8]] = []
    for t in np.flatnonzero(pack.clip == clip):
        frame = int(pack.frame[t])
        if _close(pack, clip, frame, photo, _NEAR_PHOTO):
            continue
        real, points = pack.images[t], pack.points[t].copy()
        lips = draw_lips(points, SIZE)
        cx, cy = np.clip(np.round(points[[61, 291, 13, 14], :2].mean(0) - WINDOW / 2), 0, SIZE - WINDOW).astype(int)
        window = (slice(cy, cy + WINDOW), slice(cx, cx + WINDOW))
        gap = float(points[14, 1] - points[13, 1])
        points[:, :2] += (ox, oy)
        crops: dict[str, U8] = {}
        for way, draw in ways.items():
            if way == "own_teeth" and lender is not None and _close(pack, clip, frame, lender, _NEAR_TEETH):
                continue
            canvas = draw(points)
            crops[way] = canvas[box].copy()
            found = landmarker.detect(canvas) if landmarker is not None and frame % _DETECT_EVERY == 0 else []
            for name in (way, kind) if way == net else (way,):
                sums = report.sums.setdefault(name, {}).setdefault(split, Sums())
                add_frame(sums, crops[way][window], real[window], lips[2][window])
                if way in last and frame == last_frame + 1:
                    add_neighbours(sums, (last[way], crops[way]), (last["real"], real), (last_points, points), window)
                if found:
                    sums.lmd.append(mouth_distance(found[0], points))
                if me is not None and frame % _IDENTITY_EVERY == 0:
                    sums.identity.append(float(me @ identity.descriptor(canvas, points)))
        last, last_frame, last_points = crops | {"real": real}, frame, points
        order = [w for w in ("warp_only", "l1_only", net, "own_teeth") if w in crops]
        rows.append((gap, np.hstack([crops[w] for w in order] + [real])))
        if kind != "closed_photo":
            continue
        report.films.setdefault(pack.names[clip], []).append(np.hstack([real, crops["warp_only"], crops[net]]))
    rows.sort(key=lambda row: row[0])
    full = max((r.shape[1] for _, r in rows), default=0)
    whole = [r for _, r in rows if r.shape[1] == full]
    if whole:
        report.strips[f"{pack.names[clip]}, {kind}"] = [whole[int(q * (len(whole) - 1))] for q in (0.05, 0.5, 0.8, 0.97)]
