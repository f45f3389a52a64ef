"""What would be lost is refused before the first video is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from talking_head.cli.main import app


def said(tmp_path: Path, *options: str) -> str:
    words = ["train", "animator", "--data", str(tmp_path / "videos"), "-o", str(tmp_path / "run"), *options]
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0
    return f"{done.output} {done.exception}"


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        (("--resume",), "holds no run to go on from; leave --resume away"),
        (("--start", "nowhere"), "There is no nowhere to start from"),
        (("--start", "shipped"), "There is no folder"),  # the videos; the weights are here
        (("--batch", "3"), "--batch must be even"),
    ],
)
def test_an_animator_is_not_begun_with_options_that_cannot_be_met(
    tmp_path: Path, options: tuple[str, ...], refused: str
) -> None:
    assert refused in said(tmp_path, *options)
    assert not (tmp_path / "run" / "crops.npz").exists()
