"""Device, precision and capacity: what is asked for and not there is an error in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from talking_head import device
from talking_head.errors import ConfigError
from tests.paths import ROOT


@pytest.mark.parametrize("gpus", [0, 2])
def test_resolve(monkeypatch: pytest.MonkeyPatch, gpus: int) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(device, "has_driver", lambda: True)
    assert device.resolve("cpu") == "cpu"
    assert device.resolve("auto") == ("cuda" if gpus else "cpu")
    if gpus:
        assert device.resolve("cuda:1") == "cuda:1"
        with pytest.raises(ConfigError, match="there are 2 GPUs"):
            device.resolve("cuda:2")
    else:
        with pytest.raises(ConfigError, match="no CUDA GPU"):
            device.resolve("cuda")


def test_without_a_driver_nobody_asks_torch() -> None:
    code = """
import sys
from talking_head import device
device._driver = lambda: False
assert device.resolve("auto") == device.resolve("cpu") == "cpu"
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_precision() -> None:
    assert device.precision("cuda") == "float16"
    assert device.precision("cpu") == "float32"
    assert device.precision("cpu", "bfloat16") == "bfloat16"
    with pytest.raises(ConfigError, match="needs a GPU"):
        device.precision("cpu", "float16")


def test_capacity_prefers_the_configuration_then_the_measurement(cache: Path) -> None:
    guess = device.capacity("cpu")
    assert guess >= 1
    assert device.measured_capacity("cpu") is None
    device.save_capacity("cpu", guess + 5)
    assert device.capacity("cpu") == guess + 5
    assert device.capacity("cpu", 3) == 3
    device.save_capacity("cpu", 0)
    assert device.capacity("cpu") == 1
    (cache / "capacity.json").write_text("damaged")
    assert device.capacity("cpu") == guess


def test_a_process_held_to_one_core_counts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device.os, "sched_getaffinity", lambda _: {1}, raising=False)
    monkeypatch.setattr(device.os, "cpu_count", lambda: 64)
    assert device.cores() == 1
    assert device.describe("cpu").endswith(", 1 cores")  # what was measured on one core is not believed of 64
    assert device.capacity("cpu") <= 2


def test_nobody_counts_the_cores_of_others() -> None:
    askers = [path.name for path in (ROOT / "talking_head").rglob("*.py") if "cpu_count" in path.read_text("utf-8")]
    assert askers == ["device.py"]
