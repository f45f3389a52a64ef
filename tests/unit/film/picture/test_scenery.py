"""Where the presenter stands, and what is behind."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.film.picture.scenery import behind, place, scenery, shoulders
from talking_head.film.spec import Head
from tests.unit.faces import presenter


@pytest.mark.parametrize("frame", ["1:1", "9:16", "16:9"])
@pytest.mark.parametrize("size", [0.5, 1.0, 1.6])
def test_the_square_stands_on_the_lower_edge(frame: str, size: float) -> None:
    canvas = {"1:1": (720, 720), "9:16": (720, 1280), "16:9": (1280, 720)}[frame]
    at = place(frame, canvas, Head(size=size))
    assert at.top + at.side >= at.height
    assert at.left + at.side // 2 == pytest.approx(at.width / 2, abs=1)
    assert (at.side % 2, at.left % 2, at.top % 2, at.drawn % 8) == (0, 0, 0, 0)
    canvas_picture = np.random.default_rng(0).integers(0, 255, (at.height, at.width, 3), np.uint8)
    ground = behind(canvas_picture, at)
    assert ground.shape == (at.drawn, at.drawn, 3)
    rows, columns, own_rows, own_columns = at.area
    if at.drawn == at.side:
        assert (ground[own_rows, own_columns] == canvas_picture[rows, columns]).all()


def test_a_head_out_of_the_picture_is_a_sentence() -> None:
    with pytest.raises(InputError, match=r"smaller head\.y"):
        place("1:1", (720, 720), Head(size=2, y=0.6))


def test_a_presenter_keeps_the_background_that_was_chosen_for_it() -> None:
    portrait = presenter("clara", 256)
    at = place("16:9", (456, 256), Head())
    chosen = np.full((256, 256, 3), (10, 90, 200), np.uint8)
    back = scenery("", dataclasses.replace(portrait, ground=chosen), at, None)
    assert back.own
    assert back.still.shape == (256, 456, 3)
    assert (back.still == (10, 90, 200)).all()
    assert not scenery("green", portrait, at, None).own


def test_only_a_body_that_is_cut_off_goes_on() -> None:
    at = place("16:9", (1280, 720), Head())
    mei, clara = presenter("mei", 256).matte, presenter("clara", 256).matte
    assert mei is not None
    assert clara is not None
    assert shoulders(clara, at) == []
    right = max(shoulders(mei, at), key=lambda each: each.columns.start)
    assert right.columns.start == at.left + at.side
    assert right.mask.shape == (right.rows.stop - right.rows.start, len(right.source))
    assert right.mask[-1, 0] == 1  # the body at the lower edge
    assert right.mask[0, -1] == 0  # nothing beyond the shoulder
    assert right.source[0] == at.side - 1  # without a seam
