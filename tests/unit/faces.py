"""Pictures and faces that tests of the face and the animator share. Nothing here needs a model: landmarks are stored."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.face import avatars
from talking_head.face.portrait import Portrait
from talking_head.face.space import template
from talking_head.types import F32, U8, Motion

_TINT = np.array([1.1, 2.3, 1.6], np.float32)  # bright teeth that nobody has, so that they are known again


def to_rgb(i420: U8) -> U8:
    """A picture as encoders take it, u8[H * 3 // 2, W], as u8[H, W, 3]."""
    return np.asarray(cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420), np.uint8)


@cache
def presenter(name: str = "clara", size: int = 512) -> Portrait:
    """A shipped presenter; its landmarks lie beside its picture."""
    return avatars.load_avatar(name, None, size=size)


def offsets(*, jaw: float = 0.0, blink: float = 0.0, pucker: float = 0.0) -> F32:
    """Face-space offsets f32[478, 3]: jaw drop (units), eyelids (1 = shut) and lips pushed together (units)."""
    out = np.zeros((478, 3), np.float32)
    rest = template()
    lower_lip = [14, 317, 402, 318, 324, 87, 178, 88, 95, 17, 314, 405, 321, 375, 84, 181, 91, 146, 18, 200, 199, 175, 152]
    chin = [148, 176, 149, 150, 377, 400, 378, 379, 83, 313, 201, 421, 208, 428, 32, 262]
    inner = np.array(lower_lip)
    width = np.abs(rest[inner, 0]) / 0.25
    out[inner, 1] += jaw * np.clip(1 - width**2, 0, 1)
    out[chin, 1] += 0.8 * jaw
    if blink:
        upper, lower = (246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)
        mirrored = (466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382)
        for up, low in zip((*upper, *mirrored[0]), (*lower, *mirrored[1]), strict=True):
            gap = rest[low, 1] - rest[up, 1]
            out[up, 1] += 0.9 * blink * gap
            out[low, 1] -= 0.1 * blink * gap
    if pucker:
        lips = [61, 291, 78, 308, 185, 40, 409, 270, 146, 91, 375, 321, 191, 80, 415, 310, 95, 88, 324, 318]
        out[lips, 0] -= np.sign(rest[lips, 0]) * pucker
    return out


@cache
def smile(name: str = "clara") -> U8:
    """A presenter with parted lips and green teeth, large enough to see them, u8[768, 768, 3]."""
    portrait = presenter(name, 768)
    green = WarpAvatar(portrait)
    green.interior = RigidInterior(green.unit, _TINT)
    return green.warp_rgb(portrait.place(motion(offsets(jaw=0.06)))[0])


def motion(*shapes: F32, pose: tuple[float, float, float] = (0, 0, 0)) -> Motion:
    """Shapes at one head pose (pitch, yaw, roll in degrees) as a Motion."""
    turn = np.array([*np.radians(pose), 0, 0, 0], np.float32)
    return Motion(np.stack(shapes), np.tile(turn, (len(shapes), 1)))
