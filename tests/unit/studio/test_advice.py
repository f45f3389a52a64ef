"""Advice on a photo that is good enough: given where it is due, and in the words that pages have for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from talking_head.face.portrait import Portrait
from talking_head.studio.advice import advice
from talking_head.types import F32
from tests.unit.faces import presenter
from tests.unit.media_files.test_remarks import page_sentence

LIGHT = {"face_dark", "face_bright", "face_sided"}


def _codes(portrait: Portrait) -> set[str]:
    found = advice(portrait)
    assert [page_sentence(each) for each in found] == found
    return {each.code for each in found}


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [(12, 12, "face_dark"), (250, 250, "face_bright"), (60, 190, "face_sided"), (190, 60, "face_sided"), (128, 128, "")],
)
def test_light(left: int, right: int, code: str) -> None:
    bare = presenter()
    image = np.full_like(bare.image, right)
    image[:, : int(bare.points[1, 0])] = left
    assert _codes(replace(bare, image=image)) & LIGHT == ({code} if code else set())


def _apart(points: F32) -> F32:
    """The lower lip's inner edge lower by a fifth of the eyes' distance."""
    moved = points.copy()
    moved[14, 1] += 0.2 * float(np.linalg.norm(points[263, :2] - points[33, :2]))
    return moved


def _turned(points: F32) -> F32:
    """The head 25 degrees to the side, seen without perspective."""
    angle = np.deg2rad(25.0)
    middle = points.mean(0)
    spin = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]], np.float32)
    return np.asarray((points - middle) @ spin.T + middle, np.float32)


def test_size_pose_and_lips() -> None:
    large, small = presenter(size=1080), presenter(size=512)
    assert "face_small" in _codes(small)
    assert _codes(large) & {"face_small", "face_turned", "face_parted"} == set()
    assert "face_parted" in _codes(replace(large, points=_apart(large.points)))
    assert "face_turned" in _codes(replace(large, points=_turned(large.points)))
