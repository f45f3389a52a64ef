"""A command whose packages live in an extra names it before it does anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

# The packages of the extras are hidden, as where they were never installed.
_WITHOUT = """
import importlib.util, sys
from talking_head.extras import EXTRAS
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name.partition(".")[0] in EXTRAS else find(name, package)
sys.modules.update(dict.fromkeys(EXTRAS))
sys.argv = ["talking-head", *sys.argv[1:]]
from talking_head.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "command",
    [
        ["twin", "train", "film.mp4", "-o", "made"],
        ["train", "animator", "--data", "pack", "-o", "made"],
        ["train", "motion", "--data", "clips", "-o", "made"],
        ["train", "speech-corpus", "-o", "made"],
        ["prepare", "clips", "-o", "made"],
        ["evaluate", "animator", "--data", "clips"],
        ["evaluate", "speech"],
    ],
    ids=" ".join,
)
def test_the_extra_is_named_first(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"")
    for folder in ("clips", "pack"):
        (tmp_path / folder).mkdir()
    before = sorted(tmp_path.rglob("*"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2, ended.stderr
    if "Usage:" in ended.stderr:
        pytest.fail(f"this command line is not one of ours any more:\n{ended.stderr}")
    assert "pip install 'talking-head[" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert sorted(tmp_path.rglob("*")) == before
