"""One prepared clip: what `talking-head prepare` writes and every training and evaluation reads.

A clip is one safetensors file (about 0.5 MB for 3 s): landmarks as 16-bit integers with one scale, sound as 16-bit PCM,
pose, the person's neutral face, log-mel. Everything else (face-space offsets, the 68 points of iBUG, blinks) follows from these
and is computed on demand.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from talking_head.errors import InputError, reason
from talking_head.face.space import Pose, rotation_from_vector, to_face
from talking_head.types import F32, FRAME_TICKS

FORMAT = "talking-head clip 1"


@dataclass(frozen=True, slots=True)
class PreparedClip:
    """A talking clip of T frames at 25 fps.

    ``points`` f32[T, 478, 3] pixels of the video's own size (z in the scale of x); ``valid`` bool[T]: one whole, steady
    face was seen; ``pose`` f32[T, 7]: rotation vector, translation (pixels), scale (pixels a unit), fitted to ``neutral``;
    ``neutral`` f32[478, 3] the person in face space, mouth closed; ``mel`` f32[T, 4, 80]; ``pcm`` f32[T * 1920] at 48 kHz;
    ``words`` (start frame, end frame, word), empty where nothing is known.
    """

    name: str
    person: str
    width: int
    height: int
    points: F32
    valid: NDArray[np.bool_]
    pose: F32
    neutral: F32
    mel: F32
    pcm: F32
    words: tuple[tuple[float, float, str], ...] = ()

    def poses(self) -> list[Pose]:
        """Pose of each frame, T of them."""
        return [Pose(rotation_from_vector(p[:3]), float(p[6]), np.asarray(p[3:6], np.float64)) for p in self.pose]

    def face(self) -> F32:
        """The face in face space, pose removed, f32[T, 478, 3]."""
        return np.stack([to_face(points, pose) for points, pose in zip(self.points, self.poses(), strict=True)])

    def offsets(self) -> F32:
        """Motion in the sense of ``media.Motion.offsets``: the face minus its neutral, f32[T, 478, 3]."""
        offsets: F32 = self.face() - self.neutral
        return offsets


def save(clip: PreparedClip, path: Path) -> str:
    """Write ``clip`` and return the sha256 of the file. The file appears whole or not at all."""
    scale = 32_000 / max(1.0, float(np.abs(clip.points).max()))
    tensors: dict[str, NDArray[Any]] = {
        "points": np.round(clip.points * scale).astype(np.int16),
        "valid": clip.valid.astype(np.uint8),
        "pose": clip.pose.astype(np.float32),
        "neutral": clip.neutral.astype(np.float32),
        "mel": clip.mel.astype(np.float16),
        "pcm": np.round(np.clip(clip.pcm, -1, 1) * 32_767).astype(np.int16),
    }
    meta = {
        "format": FORMAT,
        "name": clip.name,
        "person": clip.person,
        "width": str(clip.width),
        "height": str(clip.height),
        "scale": repr(scale),
        "words": json.dumps(clip.words),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file(tensors, part, metadata=meta)
    part.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(path: Path) -> PreparedClip:
    """Read a prepared clip. Raises InputError when the file is broken or something else."""
    try:
        with safe_open(path, "numpy") as file:
            meta = file.metadata() or {}
            if meta.get("format") != FORMAT:
                raise InputError(f"{path.name} is not a prepared clip; make one with `talking-head prepare`.")
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
    except (SafetensorError, OSError) as error:
        raise InputError(f"The prepared clip {path} cannot be read: {reason(error)}.") from error
    clip = PreparedClip(
        name=meta["name"],
        person=meta["person"],
        width=int(meta["width"]),
        height=int(meta["height"]),
        points=tensors["points"].astype(np.float32) / np.float32(meta["scale"]),
        valid=tensors["valid"].astype(bool),
        pose=tensors["pose"],
        neutral=tensors["neutral"],
        mel=tensors["mel"].astype(np.float32),
        pcm=tensors["pcm"].astype(np.float32) / np.float32(32_767),
        words=tuple((float(a), float(b), str(w)) for a, b, w in json.loads(meta["words"])),
    )
    if len(clip.pcm) != len(clip.points) * FRAME_TICKS:
        raise InputError(f"{path.name} is damaged: sound and picture differ in length.")
    return clip
