"""A portrait: one photo of one face, with everything about it that does not change while it talks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from talking_head.face.neutral import let_go
from talking_head.face.space import Pose, moved, to_image
from talking_head.types import F32, U8, Motion

if TYPE_CHECKING:  # its module reads files, which drawing does not need
    from talking_head.face.teeth import Teeth


@dataclass(frozen=True, slots=True)
class Portrait:
    """``image`` u8[H, W, 3] RGB; ``points`` f32[478, 3] its landmarks in pixels; ``pose`` its pose.

    ``neutral`` f32[478, 3] is the person's face in face space with lips just closed and no smile, whatever the photo shows:
    motion is added to it. ``licence`` and ``source`` are shown wherever the face is shown. ``folder``: the avatar's, None for a
    photo without one. ``teeth``: the person's own, where another picture lent them. ``matte`` u8[H, W]: how much of each pixel
    is the person, None where nobody has cut it from the background. ``ground`` u8[H, W, 3]: another background, see
    ``backdrop.py``; None: the photo's own. ``talks`` f32[478, 3], from ``neutral``: what its mouth lets go of while it talks.
    """

    name: str
    image: U8
    points: F32
    pose: Pose
    neutral: F32
    licence: str = "unknown"
    source: str = "unknown"
    folder: Path | None = None
    teeth: Teeth | None = None
    matte: U8 | None = None
    ground: U8 | None = None
    talks: F32 = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "talks", let_go(self.neutral))

    def place(self, motion: Motion) -> F32:
        """Landmarks f32[T, 478, 3] in pixels of this portrait wearing ``motion``."""
        faces = self.neutral + motion.offsets + motion.talking[:, None, None] * self.talks
        return np.stack([to_image(face, moved(self.pose, delta)) for face, delta in zip(faces, motion.pose, strict=True)])
