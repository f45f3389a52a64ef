"""What only a GPU can show: half precision, graphs and streams draw the same pictures. Skipped where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from talking_head.animator.cuda.animator import DeviceAnimator
from talking_head.animator.cuda.refiner import DeviceRefine
from talking_head.animator.refiner.config import CPU
from talking_head.animator.refiner.model import Refiner
from talking_head.bench.gpu import made_up

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


def build(device: str, **options: bool) -> DeviceAnimator:
    torch.manual_seed(0)
    net = Refiner(CPU).requires_grad_(False)
    half = options.pop("half", False)
    return DeviceAnimator(device=device, refine=DeviceRefine(net, torch.device(device), half=half), **options)


def faces(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (256 * (0.25 + 0.5 * rng.random((count, 478, 3)))).astype(np.float32)


@pytest.mark.parametrize("options", [{"graphs": False, "streams": False}, {"half": True}, {"half": True, "graphs": False}])
def test_equals_the_cpu(options: dict[str, bool]) -> None:
    arrays = made_up(256)
    cpu, gpu = build("cpu"), build("cuda", **options)
    points = faces(3)
    mine = gpu.render([gpu.upload(*arrays)] * 3, points)
    theirs = cpu.render([cpu.upload(*arrays)] * 3, points)
    for a, b in zip(mine, theirs, strict=True):
        assert np.abs(a.astype(int) - b.astype(int)).mean() < 0.5


def test_a_graph_draws_what_it_is_given_every_time() -> None:
    arrays = made_up(256)
    animator = build("cuda", half=True)
    avatar = animator.upload(*arrays)
    points = faces(5)
    alone = [animator.render([avatar], each[None])[0] for each in points]
    together = animator.render([avatar] * 5, points)  # another bucket
    for a, b in zip(alone, together, strict=True):
        assert np.abs(a.astype(int) - b.astype(int)).max() <= 3


def test_a_new_avatar_renews_the_graphs() -> None:
    animator = build("cuda", half=True)
    first = animator.upload(*made_up(256, seed=1))
    points = faces(1)
    before = animator.render([first], points)[0]
    kept = [animator.upload(*made_up(256, seed=seed)) for seed in range(2, 9)]  # the bank grows
    assert np.array_equal(animator.render([first], points)[0], before)
    assert not np.array_equal(animator.render([kept[0]], points)[0], before)
