"""What a training of the animator is made of: options that would change nothing are refused before hours of work."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.errors import InputError
from talking_head.train.animator import crops_video
from talking_head.train.animator.data import pack_of
from tests.unit.train.animator.test_bare import clips


@pytest.mark.parametrize("option", ["prepared", "photos"])
def test_a_pack_takes_nothing_in_any_more(tmp_path: Path, option: str) -> None:
    (tmp_path / "crops.npz").touch()
    with pytest.raises(InputError, match=f"leave --{option} out"):
        pack_of(tmp_path / "crops.npz", tmp_path / "out", **{option: tmp_path})


def test_photos_that_are_not_there_are_missed_before_the_videos_are_prepared(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        pack_of(tmp_path, tmp_path / "out", photos=tmp_path / "nowhere")


def test_a_pack_goes_on_with_the_files_that_it_was_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, out = tmp_path / "videos", tmp_path / "out"
    for folder in (data / "man", out, tmp_path / "photos"):
        folder.mkdir(parents=True)
    (data / "man" / "a.mp4").write_bytes(b"a take")
    monkeypatch.setattr(crops_video, "read_clips", lambda data, folder: clips(6))
    made = pack_of(data, out, tmp_path)
    assert len(pack_of(data, out).images) == len(made.images)
    with pytest.raises(InputError, match="begun with other photos"):
        pack_of(data, out, photos=tmp_path / "photos")
    (data / "man" / "a.mp4").write_bytes(b"another take")
    with pytest.raises(InputError, match="begun with other videos"):
        pack_of(data, out)
