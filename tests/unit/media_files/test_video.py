"""Videos as phones store them: turned, mirrored, in HDR, with wide pixels. All come out as a player shows them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.media_files.video import read_pictures
from talking_head.types import U8
from tests.paths import CASES
from tests.unit.media_files.files import shown, write_hdr, write_video


def corners() -> U8:
    """A picture whose four quarters differ: every turn and mirror image of it is another one."""
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:32, :48], picture[:32, 48:], picture[32:, :48], picture[32:, 48:] = (
        (220, 30, 30),
        (30, 200, 30),
        (30, 30, 220),
        240,
    )
    return picture


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_display_matrix_is_obeyed(tmp_path: Path, turn: int, mirrored: bool) -> None:
    said: list[str] = []
    file = write_video(tmp_path / "v.mp4", [corners()] * 3, turn=turn, mirrored=mirrored)
    first = next(iter(read_pictures(file, said.append)))
    expected = shown(corners(), turn, mirrored)
    assert first.shape == expected.shape
    assert np.abs(first.astype(int) - expected).mean() < 6
    assert len(said) >= bool(turn or mirrored), said
    assert (turn, mirrored) != (0, False) or not said


def test_wide_pixels_become_square(tmp_path: Path) -> None:
    file = write_video(tmp_path / "v.mp4", [corners()] * 3, aspect=Fraction(16, 11))
    assert next(iter(read_pictures(file))).shape == (64, round(96 * 16 / 11), 3)


@pytest.mark.parametrize("rate", [12, 25, 30, 60])
def test_any_rate_comes_out_at_25(tmp_path: Path, rate: int) -> None:
    file = write_video(tmp_path / "v.mp4", [corners()] * (2 * rate), rate=rate)
    assert abs(len(list(read_pictures(file))) - 50) <= 2


def test_hlg_white_is_white_and_grey_is_grey(tmp_path: Path) -> None:
    """BT.2408: 75 % HLG is diffuse white (203 cd/m²), 38 % a grey card (26 cd/m²): sRGB has 100 for that share of its light."""
    signal = np.full((64, 96, 3), 0.38)
    signal[:, :48] = 0.75
    said: list[str] = []
    picture = next(iter(read_pictures(write_hdr(tmp_path / "v.mp4", signal, 18), said.append)))
    assert (picture[30, 20] >= 225).all()
    assert (np.abs(picture[30, 70].astype(int) - 101) < 5).all()
    assert "HLG" in said[0]


def test_pq_white_is_white_and_highlights_keep_their_hue(tmp_path: Path) -> None:
    signal = np.full((64, 96, 3), 0.5806)  # 203 cd/m²
    signal[:, 48:] = (0.75, 0.58, 0.58)  # an orange lamp of 1 000 cd/m²
    said: list[str] = []
    picture = next(iter(read_pictures(write_hdr(tmp_path / "v.mp4", signal, 16), said.append))).astype(int)
    assert (picture[30, 20] >= 225).all()
    red, green, blue = picture[30, 70]
    assert red > 235
    assert green < 150
    assert blue < 150
    assert "PQ" in said[0]


def test_the_phones_of_the_cases() -> None:
    if not CASES.is_dir():
        pytest.skip("the cases that people brought are not here")
    said: list[str] = []
    turned = next(iter(read_pictures(CASES / "phone_rotation180.mov", said.append)))
    assert turned[900:1000].mean() < turned[300:400].mean()  # the dark clothes are below
    hlg = next(iter(read_pictures(CASES / "phone_hlg.mov", said.append)))
    assert hlg[330:350, 20:60].mean() > 185  # the light wall; 143 without the conversion
    assert len(said) == 2


def test_what_is_no_video_is_refused_without_a_path(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    file.write_bytes(b"no film at all" * 99)
    with pytest.raises(InputError, match=r"film\.mp4 cannot be read as a video") as refused:
        list(read_pictures(file))
    assert str(tmp_path) not in str(refused.value)
