"""Pictures become fewer while somebody waits for a starved answer, and come back afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from talking_head.loop.thinning import LEVELS, RunQueue, Thinning


def after(thinning: Thinning, start: float, seconds: float, wait_s: float, starved: float) -> int:
    """Where ``seconds`` of the same lead, asked five times a second."""
    ticks = thinning.ticks
    for step in range(int(seconds * 5)):
        ticks = thinning.update(start + step / 5, wait_s and wait_s + step / 5, starved)
    return ticks


def test_nothing_changes_while_there_are_cores_or_nobody_waits() -> None:
    thinning = Thinning()
    assert after(thinning, 0, 20, 1.0, 0.1) == 1  # a slow model, not a slow machine
    assert after(thinning, 20, 20, 0.0, 3.0) == 1  # a busy machine, and nobody who waits


def test_a_starved_answer_thins_the_picture_within_two_seconds() -> None:
    assert after(Thinning(), 0, 2.0, 0.4, 1.5) == LEVELS[-1]


def test_a_short_wait_does_not() -> None:
    thinning = Thinning()
    for step in range(50):
        assert thinning.update(step / 5, 0.2, 2.0) == 1


def test_it_comes_back_step_by_step() -> None:
    thinning = Thinning()
    after(thinning, 0, 3, 0.5, 1.5)
    seen = [thinning.update(3 + step / 5, 0.0, 0.0) for step in range(100)]
    assert seen[0] == LEVELS[-1]
    assert seen[-1] == 1
    assert sorted(set(seen), reverse=True) == sorted(LEVELS, reverse=True)
    assert seen == sorted(seen, reverse=True)


def test_the_next_answer_does_not_wait_for_it_to_be_found_out_again() -> None:
    thinning = Thinning()
    after(thinning, 0, 3, 0.5, 1.5)
    after(thinning, 3, 20, 0.0, 0.0)
    assert thinning.update(24, 0.4, 1.5) == LEVELS[-1]
    after(thinning, 25, 200, 0.0, 0.0)
    assert thinning.update(230, 0.4, 1.5) == LEVELS[1]  # that was long ago


def test_threads_that_wait_for_a_core_are_counted() -> None:
    queue = RunQueue()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(len(os.sched_getaffinity(0)) + 2)]
    try:
        queue.waiting(time.monotonic())
        while queue.waiting(time.monotonic()) <= 0.5:  # two more than there are cores
            time.sleep(0.3)
        assert queue.waiting(time.monotonic() + 2.5) == 0  # that gap says nothing about now
    finally:
        for process in busy:
            process.kill()
            process.wait()
