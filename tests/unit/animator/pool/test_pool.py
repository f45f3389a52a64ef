"""The animator in processes of its own: the same pictures, and nobody loses a face when one of them dies."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from talking_head import registry
from talking_head.animator.pool import process
from talking_head.animator.pool.pool import AnimatorPool
from talking_head.animator.warp.animator import WarpAnimator
from talking_head.errors import BackendError, MissingModelError, UnknownPartError
from talking_head.system.shared_memory import SharedMemory
from talking_head.types import F32
from tests.unit.faces import presenter

PORTRAIT = presenter()


@pytest.fixture(scope="module")
def apart() -> Iterator[AnimatorPool]:
    made: AnimatorPool = registry.build("animator", "pool", backend="warp", processes=2)
    yield made
    made.close()


def faces(count: int) -> F32:
    """Landmarks f32[count, 478, 3]: the chin falls by a pixel a face."""
    points = np.stack([PORTRAIT.points] * count)
    points[:, [14, 17, 152, 200], 1] += np.arange(count, dtype=np.float32)[:, None]
    return points


def test_pictures_are_those_of_the_backend(apart: AnimatorPool) -> None:
    inside = WarpAnimator()
    avatar, points = inside.prepare(PORTRAIT), faces(5)
    wanted = inside.render([avatar] * 5, points)
    there = apart.prepare(PORTRAIT)
    made = apart.render([there] * 5, points)
    assert len(made) == 5
    for picture, other in zip(made, wanted, strict=True):
        np.testing.assert_array_equal(picture, other)
    np.testing.assert_array_equal(apart.render([there], points[3:4])[0], wanted[3])  # alone as in any batch
    points[:, [14, 17, 152, 200], 1] += 25
    tongue = np.linspace(0, 1, 10, dtype=np.float32).reshape(5, 2)
    wanted = inside.render([avatar] * 5, points, tongue)
    np.testing.assert_array_equal(apart.render([there] * 5, points, tongue), wanted)
    assert not np.array_equal(wanted, inside.render([avatar] * 5, points))
    assert apart.core_seconds > 0


def test_errors_come_back_and_leave_the_processes_alive(apart: AnimatorPool) -> None:
    avatar, points = apart.prepare(PORTRAIT), faces(3)
    points[1] = np.nan
    with pytest.raises(BackendError, match="finite"):
        apart.render([avatar] * 3, points)
    with pytest.raises(BackendError, match="2 avatars cannot wear 3"):
        apart.render([avatar] * 2, points)
    assert len(apart.render([avatar] * 3, faces(3))) == 3


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_dies_or_hangs_is_replaced_with_its_faces(
    apart: AnimatorPool, fault: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    avatar, points = apart.prepare(PORTRAIT), faces(2)
    before = apart.render([avatar] * 2, points)
    hanging = apart.processes[1].pid
    os.kill(hanging, fault)
    if fault is signal.SIGSTOP:
        monkeypatch.setattr(process, "_RENDER_S", 3.0)
    after = apart.render([avatar] * 2, points)
    for picture, other in zip(after, before, strict=True):
        np.testing.assert_array_equal(picture, other)
    assert apart.processes[1].pid != hanging


def test_a_face_that_took_too_long_is_no_harm_to_the_next(apart: AnimatorPool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr(process, "_PREPARE_S", 0.0)
        with pytest.raises(BackendError, match="too busy"):
            apart.prepare(PORTRAIT)
    avatar = apart.prepare(PORTRAIT)  # its answer comes behind the late one
    assert len(apart.render([avatar] * 2, faces(2))) == 2


def test_faces_that_nobody_wears_are_forgotten(apart: AnimatorPool) -> None:
    gc.collect()
    first = apart.prepare(PORTRAIT)  # and what earlier tests left goes
    kept = [worker.faces for worker in apart.processes]
    avatar = apart.prepare(PORTRAIT)
    assert [worker.faces for worker in apart.processes] == [count + 1 for count in kept]
    del avatar
    gc.collect()
    other = apart.prepare(PORTRAIT)  # takes its place
    assert [worker.faces for worker in apart.processes] == [count + 1 for count in kept]
    assert len(apart.render([first, other], faces(2))) == 2


def test_what_the_backend_raises_is_raised_here(tmp_path: Path) -> None:
    with pytest.raises(UnknownPartError, match=r"Known ones: .*warp"):
        AnimatorPool("no such backend").wait()
    broken = AnimatorPool("gan", {"folder": str(tmp_path)})
    with pytest.raises(MissingModelError):
        broken.wait()
    broken.close()


def test_a_process_that_ends_while_it_loads_is_told_in_a_sentence() -> None:
    made = AnimatorPool("warp")
    os.kill(made.processes[0].pid, signal.SIGKILL)
    with pytest.raises(BackendError, match="ended while it was loading"):
        made.wait()
    made.close()


def test_closing_ends_the_processes() -> None:
    made = AnimatorPool("warp")
    pid = made.processes[0].pid
    made.close()
    made.close()
    assert not psutil.pid_exists(pid)


def test_shared_memory_grows() -> None:
    mine = SharedMemory()
    theirs = SharedMemory(os.dup(mine.descriptor))
    theirs.pixels(4)[:] = (1, 2, 3, 4)
    assert mine.pixels(4).tolist() == [1, 2, 3, 4]
    theirs.pixels(10_000)[9_999] = 7
    assert mine.pixels(10_000)[9_999] == 7
    assert mine.pixels(4).tolist() == [1, 2, 3, 4]
    mine.close()
    theirs.close()
