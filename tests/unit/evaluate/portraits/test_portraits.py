"""Photos that become portraits: drawn by lot, refused in a sentence, looked at in motion; what is wrong is named."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from talking_head.animator.gan import GanAnimator
from talking_head.cli.main import app
from talking_head.errors import InputError
from talking_head.evaluate.portraits.measures import Look, look, strands
from talking_head.evaluate.portraits.poses import held, mouth_shape, seen_turn
from talking_head.evaluate.portraits.report import (
    Judged,
    drawn_by_lot,
    faults,
    figures,
    judge_photo,
    judge_photos,
    lines,
    sheet,
)
from talking_head.models import manifest
from talking_head.motion.measures import lip_gap
from talking_head.motion.space import MotionSpace
from talking_head.types import F32, U8
from tests.unit.faces import presenter

GOOD = Look(2.0, 0, 0, 0.0, 0, 0, 0.93, 0.01, 0.9, 0.1, [np.zeros((224, 224, 3), np.uint8)] * 5)


@cache
def space() -> MotionSpace:
    return MotionSpace.load(manifest.path("motion") / "space.safetensors")


@cache
def animator() -> GanAnimator:
    return GanAnimator()


class Repeats:
    """A detector that finds the presenter's own face, as often as ``faces`` says, apart from one another."""

    def __init__(self, *faces: int) -> None:
        self._faces = list(faces)

    def detect(self, image: U8) -> list[F32]:
        count = self._faces.pop(0) if self._faces else 1
        return [presenter().points + np.float32([600 * n, 0, 0]) for n in range(count)]


def test_a_presenter_stands_before_a_still_background() -> None:
    seen = look(presenter(), animator(), Repeats(), space(), held(mouth_shape(space(), 0.1, 0.0), (0, 5, 0)))
    assert (seen.background, seen.halo, seen.heads, seen.lost) == (0, 0, 0, 0)
    assert [view.shape for view in seen.views] == [(224, 224, 3)] * 5
    assert seen.turn == 0  # the detector saw no turn
    assert "turns too little" in faults(seen)


class Shines(GanAnimator):
    """Lights the whole picture a little, as a net does that does not stop at the person's edge."""

    def render_rgb(self, avatar, points, tongue=None):  # type: ignore[no-untyped-def]
        return cv2.add(super().render_rgb(avatar, points, tongue), np.full(4, 3.0))


def test_light_that_spills_over_the_background_is_found() -> None:
    seen = look(presenter(), Shines(), Repeats(), space())
    assert (seen.background, seen.halo) == (3, 3)
    assert {"moving background", "halo"} <= set(faults(seen))


def test_a_second_head_and_a_lost_face_are_found() -> None:
    seen = look(presenter(), animator(), Repeats(1, 1, 2, 1, 0), space())
    assert (seen.heads, seen.lost) == (1, 1)
    assert {"second head", "face lost"} <= set(faults(seen))


def test_strands_left_in_the_background_are_found() -> None:
    matte = np.zeros((400, 400), np.uint8)
    cv2.circle(matte, (200, 200), 90, 255, -1)
    ground = np.full((400, 400, 3), 170, np.uint8)
    assert strands(ground, matte, 100.0) == 0
    for degrees in range(0, 360, 15):
        away = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        first, last = ((200 + reach * away).round().astype(int).tolist() for reach in (94, 112))
        cv2.line(ground, first, last, (60, 40, 30), 1)
    assert strands(ground, matte, 100.0) > 0.01


def test_the_smallest_movement_opens_and_widens_as_told() -> None:
    shape = mouth_shape(space(), 0.1, 0.04)
    assert lip_gap(shape) == pytest.approx(0.1, abs=1e-4)
    assert shape[291, 0] - shape[61, 0] == pytest.approx(0.04, abs=1e-4)


def test_a_turn_is_seen_as_it_is_commanded() -> None:
    face = presenter()
    rest, turned = (face.place(held(pose=pose))[0] for pose in ((0, 0, 0), (3, -12, 5)))
    assert seen_turn(rest, turned, face.neutral)[1] == pytest.approx(-12, abs=0.5)


@pytest.mark.parametrize(
    ("figure", "value", "fault"),
    [
        ("background", 2, "moving background"),
        ("halo", 2, "halo"),
        ("strands", 0.017, "strands left behind"),
        ("heads", 1, "second head"),
        ("lost", 1, "face lost"),
        ("turn", 0.68, "turns too little"),
        ("lips", 0.08, "lips stay open"),
        ("opened", 0.2, "mouth stays shut"),
        ("lids", 0.6, "lids stay open"),
    ],
)
def test_what_is_out_of_bounds_is_named(figure: str, value: float, fault: str) -> None:
    assert faults(GOOD) == []
    assert faults(dataclasses.replace(GOOD, **{figure: value})) == [fault]


def test_the_worst_come_first_and_refused_ones_are_counted() -> None:
    stiff = dataclasses.replace(GOOD, turn=0.5)
    known = {
        "good": Judged("good", GOOD),
        "lean": Judged("lean", dataclasses.replace(GOOD, turn=0.9)),
        "none": Judged("none", refused="No face was found."),
        "broken": Judged("broken", failed="It broke."),
        "stiff": Judged("stiff", dataclasses.replace(stiff, halo=4)),
    }
    heard: list[str] = []
    judged = judge_photos([Path(name) for name in known], lambda path: known[path.name], heard.append)
    assert [j.name for j in judged] == ["stiff", "broken", "lean", "good", "none"]
    assert heard[:3] == ["1/5 good: good", "2/5 lean: good", "3/5 none: No face was found."]
    found = json.loads(json.dumps(figures(judged)))
    assert (found["photos"], found["accepted"], found["without_fault"], found["halo"]) == (5, 3, 2, 4)
    assert found["faults"] == {"halo": ["stiff"], "turns too little": ["stiff"], "It broke.": ["broken"]}
    assert found["refused"] == [{"photo": "none", "sentence": "No face was found."}]
    assert "No face was found." in "\n".join(lines(judged))
    made = sheet(judged)
    assert made is not None
    assert made.shape == (3 * (224 + 22), 5 * 224, 3)


def test_ended_early_it_tells_what_was_judged() -> None:
    def judge(path: Path) -> Judged:
        if path.name == "b":
            raise KeyboardInterrupt
        return Judged(path.name, GOOD)

    heard: list[str] = []
    assert [j.name for j in judge_photos([Path("a"), Path("b"), Path("c")], judge, heard.append)] == ["a"]
    assert heard[-1] == "ended after 1 of 3 photos"


def test_a_lot_is_drawn_again_by_its_seed(tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n:02}.jpg").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".hidden.jpg").touch()
    assert len(drawn_by_lot(tmp_path)) == 12
    first = drawn_by_lot(tmp_path, 5, 3)
    assert first == drawn_by_lot(tmp_path, 5, 3)
    assert len(set(first)) == 5
    assert first != drawn_by_lot(tmp_path, 5, 4)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture"):
        drawn_by_lot(tmp_path)
    told = CliRunner().invoke(app, ["evaluate", "portraits", str(tmp_path), "--json"])
    assert isinstance(told.exception, InputError)


def test_a_sheet_that_is_no_picture_is_refused_first(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["evaluate", "portraits", str(tmp_path), "--sheet", str(tmp_path / "sheet.pdf")])
    assert isinstance(told.exception, InputError)
    assert "sheet.pdf" in str(told.exception)


def test_a_photo_is_refused_with_the_sentence_of_avatar_add(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "grey").save(tmp_path / "wall.png")
    judged = judge_photo(tmp_path / "wall.png", animator(), Repeats(*[0] * 99), space())
    assert judged.refused.startswith("No face was found.")


@pytest.mark.models
def test_the_command_ends_with_its_figures(tmp_path: Path) -> None:
    Image.fromarray(presenter().image).save(tmp_path / "clara.png")
    Image.new("RGB", (300, 300), "grey").save(tmp_path / "wall.png")
    out = tmp_path / "sheet.png"
    told = CliRunner().invoke(app, ["evaluate", "portraits", str(tmp_path), "--seconds", "0", "--sheet", str(out), "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout.splitlines()[-1])
    assert (found["photos"], found["accepted"], len(found["refused"])) == (2, 1, 1)
    assert found["rows"][0]["faults"] == []
    with Image.open(out) as drawn:
        assert drawn.size == (5 * 224, 224 + 22)
