"""What a training of the animator is made of: options that would change nothing are refused before hours of work."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.errors import InputError
from talking_head.train.animator.data import pack_of


@pytest.mark.parametrize("option", ["prepared", "photos"])
def test_a_pack_takes_nothing_in_any_more(tmp_path: Path, option: str) -> None:
    (tmp_path / "crops.npz").touch()
    with pytest.raises(InputError, match=f"leave --{option} out"):
        pack_of(tmp_path / "crops.npz", tmp_path / "out", **{option: tmp_path})


def test_photos_that_are_not_there_are_missed_before_the_videos_are_prepared(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        pack_of(tmp_path, tmp_path / "out", photos=tmp_path / "nowhere")
