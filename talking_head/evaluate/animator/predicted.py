"""Movement from sound instead of from real landmarks: how far a drawn mouth is from the real one then."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from talking_head.evaluate.animator.measures import mouth_distance
from talking_head.face.space import to_image
from talking_head.protocols import Landmarker, MotionModel
from talking_head.train.animator.crops import OFFSET, Pack
from talking_head.types import F32, FRAME_TICKS, U8

_BEFORE = 25  # frames of sound that the stream hears before the first one that counts
_EVERY = 5


def offsets_of(motion: MotionModel, pcm: F32, start: int, end: int) -> F32:
    """Offsets f32[end − start, 478, 3] that ``motion`` gives frames ``start`` to ``end`` of ``pcm`` f32[T * 1920]."""
    first = max(0, start - _BEFORE)
    state, out = motion.open(seed=0), []
    for frame in range(first, end + motion.lookahead):
        sound = pcm[frame * FRAME_TICKS : (frame + 1) * FRAME_TICKS]
        out.append(motion.step([state], np.pad(sound, (0, FRAME_TICKS - len(sound)))[None]).offsets[0])
    return np.stack(out[motion.lookahead + start - first :])


def predicted_distance(
    pack: Pack, clip: int, pcm: F32, motion: MotionModel, neutral: F32, draw: Callable[[F32], U8], landmarker: Landmarker
) -> list[float]:
    """LMD in crop pixels at every fifth frame of a clip of ``pack``: what ``landmarker`` finds in the drawn frame against the
    real landmarks. ``pcm`` f32[T * 1920]: sound of the whole video, of which the clip's name says the first frame; ``neutral``
    f32[478, 3] of the face that ``draw`` draws.
    """
    start = int(pack.names[clip].rpartition("/")[2])
    frames = np.flatnonzero(pack.clip == clip)
    offsets = offsets_of(motion, pcm, start, start + int(pack.frame[frames[-1]]) + 1)
    distances: list[float] = []
    for t in frames:
        frame = int(pack.frame[t])
        if frame % _EVERY:
            continue
        points = to_image(neutral + offsets[frame], pack.pose[t])
        points[:, :2] += OFFSET
        if found := landmarker.detect(draw(points)):
            real = pack.points[t].copy()
            real[:, :2] += OFFSET
            distances.append(mouth_distance(found[0], real))
    return distances
