"""What every landmark backend promises: MediaPipe with its model, FAN with random weights, as its own are not at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from talking_head.errors import BackendError, MissingModelError
from talking_head.face.landmarks.fan import WEIGHTS, FanLandmarker
from talking_head.face.landmarks.ibug import EYES, IBUG68, JAW, MOUTH, mesh_from_ibug, to_ibug
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from talking_head.face.space import mirror
from talking_head.types import F32
from tests.unit.faces import presenter


def _box(_: Any) -> F32:
    points = presenter().points
    return np.array([[*points[:468, :2].min(0), *points[:468, :2].max(0)]], np.float32)


@pytest.fixture(scope="module")
def random_fan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FanLandmarker]:
    """FAN's real architecture and code path; weights drawn at random, so where it points means nothing."""
    pytest.importorskip("face_alignment")
    from face_alignment.models import FAN

    home = tmp_path_factory.mktemp("torch")
    (home / "hub/checkpoints").mkdir(parents=True)
    torch.manual_seed(0)
    torch.save(FAN(4).state_dict(), home / "hub/checkpoints" / WEIGHTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCH_HOME", str(home))
        landmarker = FanLandmarker(boxes=_box, flip=False)
    yield landmarker
    landmarker.close()


@pytest.fixture(params=["mediapipe", "fan"])
def landmarker(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "fan":
        yield request.getfixturevalue("random_fan")
        return
    request.getfixturevalue("models")
    with MediaPipeLandmarker() as found:
        yield found


def test_one_mesh_in_pixels_for_a_face(landmarker: Any) -> None:
    faces = landmarker.detect(presenter().image)
    assert len(faces) == 1
    assert faces[0].shape == (478, 3)
    assert faces[0].dtype == np.float32
    assert np.isfinite(faces[0]).all()


def test_same_picture_same_points(landmarker: Any) -> None:
    image = presenter().image
    np.testing.assert_array_equal(landmarker.detect(image)[0], landmarker.detect(image)[0])


@pytest.mark.parametrize(
    "bad", [np.zeros((64, 64), np.uint8), np.zeros((64, 64, 4), np.uint8), np.zeros((64, 64, 3), np.float32)]
)
def test_other_arrays_are_refused(landmarker: Any, bad: Any) -> None:
    with pytest.raises(ValueError, match="u8"):
        landmarker.detect(bad)


@pytest.mark.models
def test_mediapipe_finds_what_is_there() -> None:
    portrait = presenter()
    with MediaPipeLandmarker() as landmarker:
        found = landmarker.detect(portrait.image)[0]
        eye_distance = np.linalg.norm(portrait.points[263] - portrait.points[33])
        apart = np.abs(found - portrait.points)
        assert np.linalg.norm(apart[:, :2], axis=1).mean() < 0.01 * eye_distance
        assert apart[:, 2].mean() < 0.06 * eye_distance  # depth is guessed anew at every size of picture
        assert landmarker.detect(np.full((240, 320, 3), 127, np.uint8)) == []
    with pytest.raises(BackendError, match="closed"):
        landmarker.detect(portrait.image)


@pytest.mark.models
def test_mediapipe_returns_the_larger_face_first() -> None:
    from cv2 import resize

    big, small = presenter().image, resize(presenter("marcus").image, (300, 300))
    canvas = np.full((512, 812, 3), 200, np.uint8)
    canvas[100:400, :300] = small
    canvas[:, 300:] = big
    with MediaPipeLandmarker() as landmarker:
        faces = landmarker.detect(canvas)
    assert len(faces) == 2
    assert faces[0][1, 0] > 300 > faces[1][1, 0]
    assert np.ptp(faces[0][:, 0]) > np.ptp(faces[1][:, 0])


def test_fan_without_a_face_finds_none(random_fan: FanLandmarker) -> None:
    random_fan.boxes = lambda image: np.zeros((0, 4), np.float32)
    try:
        assert random_fan.detect(presenter().image) == []
    finally:
        random_fan.boxes = _box


def test_fan_without_weights_says_where_to_put_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("face_alignment")
    import face_alignment.utils

    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("no network")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(face_alignment.utils, "download_url_to_file", refuse)
    with pytest.raises(MissingModelError, match=WEIGHTS):
        FanLandmarker(boxes=_box)


def test_ibug_subset_is_symmetric_and_ordered() -> None:
    assert len(set(IBUG68.tolist())) == 68
    points = to_ibug(presenter().points)
    jaw, eyes, mouth = points[JAW], points[EYES], points[MOUTH]
    assert (np.diff(jaw[:9, 1]) > 0).all()
    assert (np.diff(jaw[8:, 1]) < 0).all()  # down to the chin, up again
    assert (mirror()[IBUG68[JAW]] == IBUG68[JAW][::-1]).all()
    assert eyes[0, 0] < eyes[3, 0] < eyes[6, 0] < eyes[9, 0]
    assert mouth[0, 0] < mouth[12, 0] < mouth[16, 0] < mouth[6, 0]


@pytest.mark.parametrize("name", ["clara", "marcus"])
def test_mesh_from_68_points_comes_near_the_real_one(name: str) -> None:
    points = presenter(name).points
    again = mesh_from_ibug(to_ibug(points)[:, :2])
    eyes = np.linalg.norm(points[263, :2] - points[33, :2])
    error = np.linalg.norm(again[:, :2] - points[:, :2], axis=1)
    np.testing.assert_allclose(to_ibug(again)[:, :2], to_ibug(points)[:, :2], atol=0.05)
    assert error.mean() < 0.012 * eyes
    assert error.max() < 0.06 * eyes


@pytest.mark.models
def test_a_landmarker_that_nobody_closes_stops_nothing(models: Path) -> None:
    """The library closes a model from ``__del__``, in the middle of a collection, and waited for ever one time in thirty."""
    code = """
import gc
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
for _ in range(60):
    lost = MediaPipeLandmarker(video=True)
    lost.itself = lost
    del lost
    gc.collect()
print("done")
"""
    environment = {**os.environ, "TALKING_HEAD_HOME": str(models)}
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200, env=environment, check=True)
    assert ended.stdout.strip().endswith("done")
