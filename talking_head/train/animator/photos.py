"""Portrait photos → clips to train on: each is drawn turned and with its mouth shut, and the way back is what the net learns.

Videos that may train anybody's net are few, small and frontal. A photo is one frame of one person, but a sharp one in good
light, often with a smile: its answer is the photo itself, and what it is drawn from a picture that the warp made of it, seen
from another side and without its smile (self-reenactment, as of videos, with the serving warp in both directions).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from talking_head.animator.mouth.teeth_layers import own_interior
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.errors import PhotoError
from talking_head.face.build import portrait_from_points
from talking_head.face.photo import find_face
from talking_head.face.portrait import Portrait
from talking_head.face.space import Pose, rotation_from_vector, to_face, to_image
from talking_head.media_files.pictures import decode
from talking_head.protocols import Landmarker
from talking_head.train.animator.crops import PHOTOS, ClipFrames
from talking_head.types import F32, U8

_TURNS = np.radians([9.0, 13.0, 4.0])  # pitch, yaw, roll to either side: as far as talking heads go and the warp is good
_SHUT_SHARE = 0.7  # of the drawn photos: mouth all shut, as most uploads have it; others keep half of the expression and more
_VIEWS = 2  # photos drawn of each
_SMALL = 85.0  # pixels between the outer eye corners: smaller faces are softer than the videos
_NOISE = 0.0016, 0.002  # of the eyes' distance: what a detector's points shake by from frame to frame, all at once and each


def read_photos(folder: Path, landmarker: Landmarker, *, seed: int = 0) -> Iterator[ClipFrames]:
    """Every usable portrait photo of ``folder`` as a clip of two frames, the photo twice; the points of the second shake.

    Pictures without one large face from the front are left out.
    """
    rng = np.random.default_rng(seed)
    for path in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        try:
            picture = decode(path)
            points = find_face(picture, landmarker)
        except PhotoError:
            continue
        portrait = portrait_from_points(picture, points, name=path.stem, settle=False)
        if portrait.pose.scale >= _SMALL:
            yield clip_of(portrait, points, rng)


def clip_of(portrait: Portrait, points: F32, rng: np.random.Generator) -> ClipFrames:
    """A ``portrait`` and what the detector found in it, ``points`` f32[478, 3], as a clip to train on."""
    avatar = WarpAvatar(portrait)
    avatar.interior = own_interior(avatar) or avatar.interior
    together, each = (portrait.pose.scale * share for share in _NOISE)
    shaken = points.copy()
    shaken[:, :2] += rng.normal(0, together, 2) + rng.normal(0, each, (len(points), 2))
    return ClipFrames(
        f"{PHOTOS}/{portrait.name}",
        PHOTOS,
        "train",
        np.stack([portrait.image] * 2),
        np.stack([points, shaken]),
        portrait.neutral,
        np.ones(2, bool),
        [_view(avatar, rng) for _ in range(_VIEWS)],
    )


def _view(avatar: WarpAvatar, rng: np.random.Generator) -> tuple[U8, F32]:
    """The face of ``avatar`` from another side, its expression taken back: a picture, and its landmarks."""
    portrait = avatar.portrait
    pose = portrait.pose
    shut = 1.0 if rng.random() < _SHUT_SHARE else float(rng.uniform(0, 0.5))
    face = to_face(portrait.points, pose)
    face = face + np.float32(shut) * (portrait.neutral - face)
    turned = Pose(pose.rotation @ rotation_from_vector(rng.uniform(-_TURNS, _TURNS)), pose.scale, pose.translation)
    points = np.asarray(to_image(face, turned), np.float32)
    points[:, :2] += (portrait.points[[33, 263], :2] - points[[33, 263], :2]).mean(
        0
    )  # about the eyes, so that it stays in view
    return avatar.warp_rgb(points), points
