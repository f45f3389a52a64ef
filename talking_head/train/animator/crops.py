"""The pack: everything that training the animator needs, in one ``.npz`` of JPEG pictures and landmarks (≤ 60 MB).

A *target* is a 160² crop of a real frame (the answer). A *source* is a 256 × 288 picture of the same person at the same scale
(the photo), so that ``animator/warp.py`` can warp it exactly as serving does. Sources and targets pair up within a *group*: one
person under one light, because pairs under two colour casts teach a net to repaint faces.

Reading needs numpy and OpenCV only; no pickle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from talking_head.animator.refiner.crop import apply, crop_matrix
from talking_head.errors import InputError, reason
from talking_head.face.space import Pose, fit_pose
from talking_head.types import F32, U8

FORMAT = "talking-head crops 1"
SIZE = 160
CANVAS = (288, 256)  # rows, columns of a source
OFFSET = (48, 86)  # x, y of the crop inside a source
MOST_BYTES = 60_000_000  # what can be carried to a borrowed machine
SOURCES = 6  # a clip
PHOTOS = "photos"  # whom clips count as that are no video: many people, one picture each
_NO_FRAME = -1000  # of a source that no frame of its clip is near
_CAST = 5.0  # CIE Lab distance of mean skin colours within which two clips of a person may pair


@dataclass(slots=True)
class Pack:
    """N targets and M sources in memory.

    ``images`` u8[N, 160, 160, 3]; ``points`` f32[N, 478, 3] in crop pixels; ``pose`` N poses in the same pixels (steadied over
    time); ``native`` f32[N] pixels a face unit of the video; ``clip`` i32[N]; ``frame`` i32[N].
    ``sources`` u8[M, 288, 256, 3]; ``source_points`` f32[M, 478, 3] and ``source_pose`` in its pixels; ``source_clip``,
    ``source_frame``. A clip has: ``names``, ``people``, ``groups`` (str) and ``neutral`` f32[C, 478, 3], ``split`` ("train",
    "known", "unseen").
    """

    images: U8
    points: F32
    pose: list[Pose]
    native: F32
    clip: NDArray[np.int32]
    frame: NDArray[np.int32]
    sources: U8
    source_points: F32
    source_pose: list[Pose]
    source_clip: NDArray[np.int32]
    source_frame: NDArray[np.int32]
    names: list[str]
    people: list[str]
    groups: list[str]
    neutral: F32
    split: list[str]


@dataclass(slots=True)
class ClipFrames:
    """A video with its landmarks: ``frames`` u8[T, H, W, 3] RGB, ``points`` f32[T, 478, 3], ``neutral`` f32[478, 3], ``valid``
    bool[T]. ``photos``: pictures u8[H, W, 3] with landmarks f32[478, 3] to draw from, instead of frames of the clip.
    """

    name: str
    person: str
    split: str
    frames: U8
    points: F32
    neutral: F32
    valid: NDArray[np.bool_]
    photos: list[tuple[U8, F32]] = field(default_factory=list)


@dataclass(slots=True)
class _Build:
    jpegs: list[bytes] = field(default_factory=list)
    source_jpegs: list[bytes] = field(default_factory=list)
    rows: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def add(self, **arrays: np.ndarray | np.generic) -> None:
        for key, value in arrays.items():
            self.rows.setdefault(key, []).append(np.asarray(value))

    def thin(self, most: int) -> None:
        """Drop pairs of neighbours, evenly, until all is at most ``most`` bytes."""
        targets = [key for key, rows in self.rows.items() if len(rows) == len(self.jpegs) and not key.startswith("source")]
        apiece = sum(map(len, self.jpegs)) + sum(row.nbytes for key in targets for row in self.rows[key])
        fixed = sum(map(len, self.source_jpegs)) + sum(row.nbytes for row in self.rows.get("source_points", []))
        share = (0.97 * most - fixed) / max(apiece, 1)
        if share >= 1:
            return
        if share <= 0.02:
            raise InputError("So many clips do not fit into one pack, not even thinned out: take fewer.")
        kept, number, last = [], -1, (-1, -1)
        for i, (clip, frame) in enumerate(zip(self.rows["clip"], self.rows["frame"], strict=True)):
            pair = int(clip), int(frame) // 2
            number, last = number + (pair != last), pair
            if int((number + 1) * share) > int(number * share):
                kept.append(i)
        self.jpegs = [self.jpegs[i] for i in kept]
        for key in targets:
            self.rows[key] = [self.rows[key][i] for i in kept]


def steady_poses(points: F32, neutral: F32, sigma: float = 1.5) -> list[Pose]:
    """Pose of every frame of a clip, its rigid points smoothed over time (a skull has inertia, a detector has noise)."""
    from scipy.ndimage import gaussian_filter1d  # reading a pack does without

    smooth = gaussian_filter1d(points, sigma, axis=0, mode="nearest")
    return [fit_pose(p, neutral) for p in smooth]


def in_crop(points: F32, matrix: F32) -> F32:
    """Landmarks f32[478, 3] in the pixels of a crop; z keeps the scale of x."""
    k = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    return np.concatenate([apply(matrix, points), points[:, 2:] * k], 1).astype(np.float32)


def pose_in_crop(pose: Pose, matrix: F32) -> Pose:
    """``pose`` after the similarity ``matrix``."""
    m = matrix.astype(np.float64)
    k = float(np.hypot(m[0, 0], m[0, 1]))
    turn = np.eye(3)
    turn[:2, :2] = m[:, :2] / k
    shift = np.append(m[:, :2] @ pose.translation[:2] + m[:, 2], pose.translation[2] * k)
    return Pose(turn @ pose.rotation, pose.scale * k, shift)


def _skin(crop: U8) -> F32:
    """Mean colour of cheeks and chin of a crop in CIE Lab, f32[3]."""
    patch = np.concatenate(
        [crop[30:60, 25:50].reshape(-1, 3), crop[30:60, 110:135].reshape(-1, 3), crop[112:126, 65:95].reshape(-1, 3)]
    )
    lab: F32 = cv2.cvtColor((patch[None] / np.float32(255)).astype(np.float32), cv2.COLOR_RGB2LAB)[0].mean(0)
    return lab


def _jpeg(image: U8, quality: int) -> bytes:
    ok, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert ok
    return bytes(data)


def _warp(image: U8, matrix: F32, size: tuple[int, int]) -> U8:
    shrink = float(np.hypot(matrix[0, 0], matrix[0, 1])) < 0.75
    return np.asarray(
        cv2.warpAffine(
            image, matrix, size, flags=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
    )


def told(built: dict[str, int]) -> str:
    """What :func:`build` packed, in a sentence."""
    size = built["bytes"] / 1e6
    return (
        f"{built['targets']} pictures of {built['clips']} clips to learn from, {built['sources']} to start from; {size:.1f} MB."
    )


def build(
    clips: Iterable[ClipFrames], path: Path, *, step: dict[str, int] | None = None, quality: int = 92, most: int = MOST_BYTES
) -> dict[str, int]:
    """Write a pack from ``clips``; ``step`` takes every n-th pair of frames of a person. Returns counts and bytes.

    What would be larger than ``most`` bytes is thinned out evenly, pairs of frames at a time.
    """
    step = step or {}
    out = _Build()
    casts: dict[str, list[tuple[F32, str]]] = {}
    meta: list[tuple[str, str, str, str]] = []
    neutrals: list[F32] = []
    for index, clip in enumerate(clips):
        poses = steady_poses(clip.points, clip.neutral)
        gaps = (clip.points[:, 14, 1] - clip.points[:, 13, 1]) / np.array([p.scale for p in poses])
        usable = np.flatnonzero(clip.valid)
        lab = np.zeros(3, np.float32)
        stride = step.get(clip.person, 1)
        for t in usable:
            if (t // 2) % stride:  # frames stay in pairs: the steadiness loss needs neighbours
                continue
            matrix = crop_matrix(clip.neutral, poses[t], SIZE)
            crop = _warp(clip.frames[t], matrix, (SIZE, SIZE))
            lab += _skin(crop)
            out.jpegs.append(_jpeg(crop, quality))
            pose = pose_in_crop(poses[t], matrix)
            out.add(
                points=in_crop(clip.points[t], matrix).astype(np.float16), pose=_flat(pose), native=np.float32(poses[t].scale)
            )
            out.add(clip=np.int32(index), frame=np.int32(t))
        order = usable[np.argsort(gaps[usable])]
        shifted = np.array(OFFSET, np.float32)
        chosen = order[np.linspace(0, len(order) - 1, SOURCES).round().astype(int)]
        sources = [(clip.frames[t], clip.points[t], poses[t], int(t)) for t in chosen]
        if clip.photos:
            sources = [(*photo, fit_pose(photo[1], clip.neutral), _NO_FRAME) for photo in clip.photos]
        for picture, points, shown, number in sources:
            matrix = crop_matrix(clip.neutral, shown, SIZE)
            matrix[:, 2] += shifted
            out.source_jpegs.append(_jpeg(_warp(picture, matrix, (CANVAS[1], CANVAS[0])), 94))
            out.add(source_points=in_crop(points, matrix), source_pose=_flat(pose_in_crop(shown, matrix)))
            out.add(source_clip=np.int32(index), source_frame=np.int32(number))
        lab /= max(1, len(usable) // stride)
        group = next((g for known, g in casts.get(clip.person, []) if np.linalg.norm(known - lab) < _CAST), None)
        if clip.photos:
            group = clip.name
        if group is None:
            group = f"{clip.person}#{len(casts.get(clip.person, []))}"
            casts.setdefault(clip.person, []).append((lab, group))
        meta.append((clip.name, clip.person, group, clip.split))
        neutrals.append(clip.neutral)
    out.thin(most)
    arrays = {key: np.stack(rows) for key, rows in out.rows.items()}
    for name, jpegs in (("image", out.jpegs), ("source", out.source_jpegs)):
        arrays[f"{name}_bytes"] = np.frombuffer(b"".join(jpegs), np.uint8)
        arrays[f"{name}_ends"] = np.cumsum([len(j) for j in jpegs]).astype(np.int64)
    arrays["meta"] = np.array(meta)
    arrays["neutral"] = np.stack(neutrals)
    arrays["format"] = np.array(FORMAT)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")  # the file appears whole or not at all
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    part.replace(path)
    return {"targets": len(out.jpegs), "sources": len(out.source_jpegs), "clips": len(meta), "bytes": path.stat().st_size}


def _flat(pose: Pose) -> F32:
    return np.concatenate([pose.rotation.ravel(), [pose.scale], pose.translation]).astype(np.float32)


def _poses(rows: F32) -> list[Pose]:
    return [Pose(r[:9].reshape(3, 3).astype(np.float64), float(r[9]), r[10:13].astype(np.float64)) for r in rows]


def _decode(data: U8, ends: NDArray[np.int64]) -> U8:
    starts = np.concatenate([[0], ends[:-1]])
    pictures = (cv2.imdecode(data[a:b], cv2.IMREAD_COLOR) for a, b in zip(starts, ends, strict=True))
    return np.stack([np.asarray(p, np.uint8)[..., ::-1] for p in pictures])


def load(path: Path) -> Pack:
    """Read a pack. Raises InputError when the file is something else."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file.get("format", "")) != FORMAT:
                raise InputError(
                    f"{path.name} is not a pack of crops; `talking-head train animator --data FOLDER` makes one (crops.npz)."
                )
            data = {key: file[key] for key in file.files}
    except (OSError, ValueError) as error:
        raise InputError(f"The pack {path} cannot be read: {reason(error)}.") from error
    names, people, groups, split = (list(map(str, column)) for column in data["meta"].T)
    return Pack(
        images=_decode(data["image_bytes"], data["image_ends"]),
        points=data["points"].astype(np.float32),
        pose=_poses(data["pose"]),
        native=data["native"],
        clip=data["clip"],
        frame=data["frame"],
        sources=_decode(data["source_bytes"], data["source_ends"]),
        source_points=data["source_points"],
        source_pose=_poses(data["source_pose"]),
        source_clip=data["source_clip"],
        source_frame=data["source_frame"],
        names=names,
        people=people,
        groups=groups,
        neutral=data["neutral"],
        split=split,
    )
