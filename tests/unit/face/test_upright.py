"""Which way up a face stands: the mesh alone does not know."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from talking_head.face import avatars, upright
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from tests.unit.faces import presenter

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def landmarker(models: object) -> Iterator[MediaPipeLandmarker]:
    with MediaPipeLandmarker() as found:
        yield found


@pytest.mark.parametrize("name", avatars.names()[:4])
def test_a_face_scores_higher_than_its_half_turn(name: str, landmarker: MediaPipeLandmarker) -> None:
    image = presenter(name).image
    turned = np.ascontiguousarray(image[::-1, ::-1])
    fitted = landmarker.detect(turned)
    assert upright.score(image, presenter(name).points) > 1
    assert not fitted or upright.score(turned, fitted[0]) < -1


def test_a_mesh_fits_a_face_that_stands_on_its_head(landmarker: MediaPipeLandmarker) -> None:
    """What the score is for: of four faces, at least one is found upside down, with a roll of 0°."""
    over = [np.ascontiguousarray(presenter(name).image[::-1, ::-1]) for name in avatars.names()[:4]]
    assert any(landmarker.detect(image) for image in over)


def test_size_and_light_do_not_matter() -> None:
    face = presenter()
    small = presenter(size=160)
    score = upright.score(face.image, face.points)
    assert upright.score(small.image, small.points) == pytest.approx(score, rel=0.15)
    dim = (face.image * 0.4 + 20).astype(np.uint8)
    assert upright.score(dim, face.points) > 2
