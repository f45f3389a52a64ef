"""One smoothstep for numbers, arrays and tensors, and nobody writes it again."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from talking_head.curves import smoothstep
from tests.paths import ROOT


def test_it_goes_from_0_to_1_with_level_ends() -> None:
    t = np.linspace(0, 1, 101, dtype=np.float32)
    curve = smoothstep(t)
    assert curve.dtype == np.float32
    assert (curve[0], curve[50], curve[100]) == (0, pytest.approx(0.5), 1)
    assert curve[1] < 0.0005
    assert smoothstep(0.25) == pytest.approx(0.15625)
    assert torch.equal(smoothstep(torch.from_numpy(t)), torch.from_numpy(curve))


def test_nobody_writes_it_again() -> None:
    files = [
        file for file in (ROOT / "talking_head").rglob("*.py") if re.search(r"\(3(\.0)? - 2(\.0)? \*", file.read_text("utf-8"))
    ]
    assert [file.name for file in files] == ["curves.py"]
