"""Face space, the neutral face and avatars on disk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from talking_head.config import Config
from talking_head.errors import ConfigError, PhotoError
from talking_head.face import avatars
from talking_head.face.build import flat, portrait_from_points
from talking_head.face.neutral import INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER, neutral_face
from talking_head.face.space import fit_pose, moved, rotation_from_vector, template, to_face, to_image, vector_from_rotation
from talking_head.types import F32, Motion
from tests.unit.faces import motion, offsets, presenter


class Stored:
    """A landmarker that knows one answer and counts how often it is asked."""

    def __init__(self, points: F32) -> None:
        self.points, self.calls = points, 0

    def detect(self, image: object) -> list[F32]:
        self.calls += 1
        return [self.points.copy()]


def _smiling(face: F32) -> F32:
    """A toothy smile: corners out and up, lips parted."""
    out = face.copy()
    half = np.abs(face[[61, 291], 0]).mean()
    lips = np.unique(
        np.concatenate([INNER_UPPER, INNER_LOWER, [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 146, 91, 181, 84]])
    )
    lips = np.union1d(lips, [17, 314, 405, 321, 375])
    along = face[lips, 0] / half
    out[lips, 0] += 0.05 * along
    out[lips, 1] -= 0.05 * np.abs(along)
    for upper, lower in zip(INNER_UPPER[1:-1], INNER_LOWER[1:-1], strict=True):
        open_by = 0.08 * (1 - (face[upper, 0] / half) ** 2)
        out[upper, 1] -= open_by / 2
        out[lower, 1] += open_by / 2
    return out


@settings(deadline=None)
@given(st.tuples(*[st.floats(-1.0, 1.0)] * 3), st.floats(20, 400), st.tuples(*[st.floats(-500, 500)] * 3))
def test_a_pose_is_found_again(turn: tuple[float, ...], scale: float, shift: tuple[float, ...]) -> None:
    from talking_head.face.space import Pose

    pose = Pose(rotation_from_vector(np.array(turn)), scale, np.array(shift))
    found = fit_pose(to_image(template(), pose))
    np.testing.assert_allclose(found.rotation, pose.rotation, atol=1e-3)
    assert abs(found.scale / scale - 1) < 1e-3
    np.testing.assert_allclose(to_face(to_image(template(), pose), found), template(), atol=2e-3)


@settings(deadline=None)
@given(st.tuples(*[st.floats(-1.5, 1.5)] * 3))
def test_rotation_vectors_go_there_and_back(vector: tuple[float, ...]) -> None:
    np.testing.assert_allclose(vector_from_rotation(rotation_from_vector(np.array(vector))), vector, atol=1e-6)


def test_no_delta_moves_nothing() -> None:
    pose = presenter().pose
    same = moved(pose, np.zeros(6))
    np.testing.assert_allclose(same.rotation, pose.rotation, atol=1e-9)
    np.testing.assert_allclose(same.translation, pose.translation, atol=1e-9)


def test_a_portrait_at_rest_lies_on_its_photo() -> None:
    portrait = presenter()
    rest = portrait.place(motion(offsets()))[0]
    eyes = np.linalg.norm(portrait.points[263] - portrait.points[33])
    assert np.linalg.norm(rest - portrait.points, axis=1).max() < 0.05 * eyes


def test_the_neutral_face_is_shut() -> None:
    for face in (template(), _smiling(template())):
        neutral = neutral_face(face)
        np.testing.assert_allclose(neutral[INNER_UPPER], neutral[INNER_LOWER], atol=1e-6)


def test_a_resting_face_stays_as_it_is() -> None:
    np.testing.assert_allclose(neutral_face(template()), template(), atol=0.02)


def test_a_smile_is_taken_out() -> None:
    smiling = _smiling(template())
    neutral = neutral_face(smiling)
    raised = [float(face[[13, 14], 1].mean() - face[[61, 291], 1].mean()) for face in (template(), neutral, smiling)]
    assert raised[2] > raised[0] + 0.02
    assert raised[1] < raised[0] + 0.5 * (raised[2] - raised[0])
    width = [np.linalg.norm(face[291, :2] - face[61, :2]) for face in (template(), neutral, smiling)]
    assert width[0] <= width[1] < width[0] + 0.5 * (width[2] - width[0])
    still = [33, 133, 362, 263, 1, 4, 168, 10, 105, 334]
    np.testing.assert_allclose(neutral[still], smiling[still], atol=0.01)


def _arched(face: F32) -> F32:
    """``face`` with a plain mouth: narrow, its corners below the upper lip's middle."""
    out = face.copy()
    lips = np.unique(np.concatenate([INNER_UPPER, INNER_LOWER, OUTER_UPPER, OUTER_LOWER]))
    along = np.abs(face[lips, 0]) / np.abs(face[[61, 291], 0]).mean()
    out[lips, 1] += 0.05 * along**1.5
    out[lips, 0] *= 0.95
    return out


def _talking(face: F32, talking: float) -> F32:
    """A portrait with the neutral ``face``, its lips shut, in face space."""
    portrait = replace(presenter(), neutral=face)
    still = np.zeros((1, 478, 3), np.float32)
    worn = portrait.place(Motion(still, np.zeros((1, 6), np.float32), talking=np.array([talking], np.float32)))[0]
    return to_face(worn, portrait.pose)


def test_the_smile_of_a_photo_is_let_go_by_lips_that_talk_and_back_at_rest() -> None:
    # The photos smile with closed lips; it stayed in every sound, and each opening was a grin.
    smiling = neutral_face(_smiling(template()))
    np.testing.assert_allclose(_talking(smiling, 0), smiling, atol=1e-4)
    half, talks = (_talking(smiling, share) - smiling for share in (0.5, 1))
    np.testing.assert_allclose(half, talks / 2, atol=1e-4)
    corners = talks[[61, 291]]
    assert 0.03 < corners[:, 1].min() < corners[:, 1].max() < 0.07
    assert corners[0, 0] > 0.01  # and in
    assert corners[1, 0] < -0.01
    assert np.abs(talks[[0, 13, 14, 17, 152, 1, 4, 33, 263]]).max() < 0.003  # and nothing else
    assert np.abs(talks[[205, 425]]).max() < 0.4 * corners[:, 1].max()  # cheeks go with them a little


def test_a_mouth_that_does_not_smile_in_its_photo_keeps_its_corners_while_it_talks() -> None:
    plain = neutral_face(_arched(template()))
    np.testing.assert_allclose(_talking(plain, 1), plain, atol=1e-4)


def test_identity_survives() -> None:
    """Two people with the same smile stay two people: what differs between them still differs, except at the mouth."""
    other = template().copy()
    other[:, 0] *= 1.06
    difference = neutral_face(_smiling(other)) - neutral_face(_smiling(template()))
    eyes_and_jaw = [33, 263, 234, 454, 172, 397, 50, 280]
    np.testing.assert_allclose(difference[eyes_and_jaw], (other - template())[eyes_and_jaw], atol=0.02)


# Avatars on disk


def test_the_shipped_presenters_say_where_they_come_from() -> None:
    shipped = [avatars.find(name) for name in avatars.names() if avatars.find(name).shipped]
    assert [avatar.name for avatar in shipped] == ["clara", "david", "marcus", "mei"]
    for avatar in shipped:
        assert all([avatar.title, avatar.voice, avatar.mood, avatar.own_teeth])
        assert "depicts nobody" in avatar.source.lower()
        assert avatar.licence == "MIT"
        assert "David Beniaguev" in avatar.attribution
        assert avatar.consent


def test_the_default_face_is_a_shipped_one() -> None:
    assert avatars.find(Config().avatar.name).shipped


def test_stored_landmarks_are_used_and_checked(cache: Path) -> None:
    shutil.copytree(avatars.SHIPPED / "clara", avatars.user_folder() / "copy")
    landmarker = Stored(presenter(size=1024).points)
    avatars.load_avatar("copy", landmarker)
    assert landmarker.calls == 0
    picture = avatars.user_folder() / "copy" / "portrait.png"
    cv2.imwrite(str(picture), cv2.imread(str(picture))[:, ::-1])
    avatars.load_avatar("copy", landmarker)
    assert landmarker.calls == 1  # another picture: looked at again
    avatars.load_avatar("copy", landmarker)
    assert landmarker.calls == 1  # and remembered


def test_damaged_landmarks_are_found_again(cache: Path) -> None:
    shutil.copytree(avatars.SHIPPED / "clara", avatars.user_folder() / "copy")
    file = avatars.user_folder() / "copy" / "points.safetensors"
    landmarker = Stored(presenter(size=1024).points)
    file.write_bytes(b"\x80\x04 a pickle")
    avatars.load_avatar("copy", landmarker)
    save_file({"points": np.zeros((68, 2), np.float32)}, file)
    avatars.load_avatar("copy", landmarker)
    assert landmarker.calls == 2


def test_adding_and_removing(cache: Path) -> None:
    landmarker = Stored(presenter().points)
    made = avatars.add(presenter().image, "me", landmarker, consent="I am shown and agree.", licence="mine")
    assert made.folder == cache / "avatars" / "me"
    assert avatars.find("me").consent == "I am shown and agree."
    assert avatars.find("me").added
    assert avatars.load_avatar("me", None).licence == "mine"
    with pytest.raises(ConfigError, match="already"):
        avatars.add(presenter().image, "me", landmarker, consent="yes")
    avatars.add(presenter().image, "me", landmarker, consent="yes", replace=True)
    assert avatars.find("me").consent == "yes"
    avatars.remove("me")
    assert "me" not in avatars.names()
    assert not list((cache / "avatars").iterdir())
    with pytest.raises(PhotoError, match="Known ones"):
        avatars.find("me")


def test_no_avatar_without_consent(cache: Path) -> None:
    with pytest.raises(ConfigError, match="consent"):
        avatars.add(presenter().image, "me", Stored(presenter().points), consent="  ")


@pytest.mark.parametrize("name", ["..", "../clara", "a/b", "a\\b", ".hidden", "", "a" * 60, "nul\0", "/etc"])
def test_names_cannot_leave_the_folder(cache: Path, name: str) -> None:
    for call in (avatars.find, avatars.remove, avatars.check_name):
        with pytest.raises(ConfigError, match="cannot name"):
            call(name)


def test_shipped_avatars_cannot_be_removed(cache: Path) -> None:
    with pytest.raises(ConfigError, match="not one of your own"):
        avatars.remove("clara")


def test_a_foreign_key_in_an_avatar_file_is_named(cache: Path) -> None:
    shutil.copytree(avatars.SHIPPED / "clara", avatars.user_folder() / "copy")
    (avatars.user_folder() / "copy" / "avatar.toml").write_text('voise = "x"\n')
    with pytest.raises(ConfigError, match="voise"):
        avatars.find("copy")


def test_resolving_a_name_or_a_picture(cache: Path, tmp_path: Path) -> None:
    landmarker = Stored(presenter().points)
    assert avatars.resolve("marcus", landmarker).name == "marcus"
    photo = tmp_path / "My photo (1).png"
    cv2.imwrite(str(photo), cv2.cvtColor(presenter().image, cv2.COLOR_RGB2BGR))
    portrait = avatars.resolve(photo, landmarker)
    assert portrait.name == "My_photo_1"
    with pytest.raises(PhotoError, match="neither a picture file nor an avatar"):
        avatars.resolve("nobody", landmarker)


def test_points_and_picture_make_a_portrait() -> None:
    portrait = presenter()
    again = portrait_from_points(portrait.image, flat(portrait.points), settle=False)
    np.testing.assert_allclose(again.neutral, portrait.neutral, atol=1e-6)
