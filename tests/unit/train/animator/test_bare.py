"""Training with torch, numpy and OpenCV alone, as on a borrowed GPU machine."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from talking_head.animator.warp.animator import WarpAvatar
from talking_head.errors import InputError
from talking_head.train.animator import crops
from talking_head.train.animator.crops import ClipFrames
from talking_head.train.animator.export import averaged
from talking_head.train.animator.state import STATE
from talking_head.train.animator.trainer import Settings, Trainer
from tests.paths import ROOT
from tests.unit.faces import motion, offsets, presenter

SCRIPT = ROOT / "scripts" / "train_gpu.py"
ALLOWED = ("torch", "numpy", "opencv-contrib-python", "opencv-python", "opencv-python-headless")


def needed() -> set[str]:
    """The distributions that the allowed ones are made of, by normalised name."""
    found: set[str] = set()
    todo = list(ALLOWED)
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        try:
            wanted = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        if name not in found:
            found.add(name)
            todo += [re.split(r"[^A-Za-z0-9_.-]", w)[0] for w in wanted if "extra ==" not in w]
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment for ``python -S`` that finds torch, numpy and OpenCV and what these need, and this package's sources."""
    site = tmp_path_factory.mktemp("site")
    for name in needed():
        for file in importlib.metadata.files(name) or []:
            top = file.parts[0]
            if top != ".." and not (site / top).exists():
                whole = Path(str(file.locate()))
                (site / top).symlink_to(whole.parents[len(file.parts) - 2] if len(file.parts) > 1 else whole)
    root = ROOT
    return os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{root}"}


def clips(frames: int) -> list[ClipFrames]:
    portrait = presenter("clara", 256)
    avatar = WarpAvatar(portrait)
    jaws = 0.16 * np.abs(np.sin(np.linspace(0, 6, frames)))
    points = portrait.place(motion(*(offsets(jaw=float(jaw)) for jaw in jaws)))
    pictures = np.stack([avatar.warp_rgb(p) for p in points])
    return [ClipFrames("made/a", "man", "train", pictures, points, portrait.neutral, np.ones(frames, bool))]


def test_a_bare_machine_trains_and_goes_on(tmp_path: Path, bare: dict[str, str]) -> None:
    crops.build(clips(24), tmp_path / "crops.npz")

    def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", *map(str, arguments)]
        return subprocess.run(command, env=bare, capture_output=True, text=True, timeout=300, check=False)

    def train(pack: Path, steps: int) -> subprocess.CompletedProcess[str]:
        return python(SCRIPT, pack, tmp_path / "run", "--steps", str(steps), "--batch", "2")

    for missing in ("scipy", "safetensors", "typer"):
        assert "ModuleNotFoundError" in python("-c", f"import {missing}").stderr
    first = train(tmp_path / "crops.npz", 2)
    assert first.returncode == 0, first.stderr
    _, notes = averaged(tmp_path / "run" / STATE)
    assert notes["step"] == 2
    assert train(tmp_path / "crops.npz", 3).returncode == 0
    net, notes = averaged(tmp_path / "run" / STATE)
    assert notes["step"] == 3
    assert net.config.tier == "cpu"
    refused = train(tmp_path / "run" / STATE, 4)
    assert refused.returncode == 1
    assert "not a pack of crops" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_pack_is_thinned_to_what_can_be_carried(tmp_path: Path) -> None:
    film = clips(40)
    whole = crops.build(film, tmp_path / "whole.npz")
    assert whole["targets"] == 40
    most = whole["bytes"] * 3 // 4
    thin = crops.build(film, tmp_path / "thin.npz", most=most)
    assert thin["bytes"] <= most
    pack = crops.load(tmp_path / "thin.npz")
    assert 8 < len(pack.images) == thin["targets"] < 36
    assert (np.diff(pack.frame.reshape(-1, 2)) == 1).all()  # neighbours stay together
    assert pack.frame[-1] > 30  # thinned out, not cut off
    assert pack.points.shape == (len(pack.images), 478, 3)
    with pytest.raises(InputError, match="take fewer"):
        crops.build(film, tmp_path / "none.npz", most=1000)


def test_a_foreign_state_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / STATE).write_text("hello")
    with pytest.raises(InputError, match="cannot be read"):
        Trainer(Settings()).load(tmp_path / STATE)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match="no training state"):
        Trainer(Settings()).load(tmp_path / "other.npz")
