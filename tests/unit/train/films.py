"""A film of a face that talks, drawn by the warp: what a twin is trained on, without a person."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from talking_head.animator.warp.animator import WarpAvatar
from talking_head.types import F32
from tests.unit.faces import motion, offsets, presenter

FRAMES = 444  # four of a twin's segments and a rest


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, F32]:
    """Its file, and the landmarks of each picture f32[FRAMES, 478, 3]."""
    portrait = presenter("marcus", 256)
    avatar = WarpAvatar(portrait)
    jaws = 0.16 * np.abs(np.sin(np.arange(FRAMES) / 4))
    points = portrait.place(motion(*(offsets(jaw=float(jaw)) for jaw in jaws)))
    path = tmp_path_factory.mktemp("film") / "her.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "16", "preset": "ultrafast"})
        stream.width = stream.height = 256
        stream.pix_fmt = "yuv420p"
        for index, each in enumerate(points):
            frame = av.VideoFrame.from_ndarray(avatar.warp_rgb(each), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path, points
