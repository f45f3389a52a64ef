"""Whoever asks a training to end loses nothing: a step is finished, kept, and told."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from talking_head.errors import InputError
from talking_head.train.saving import asked_to_end, begun, check_material, note_material, same_run


def training(asks: signal.Signals, *, obeys: bool = True) -> None:
    """A training that is asked to end in the middle of a step, and keeps the step; or is asked twice."""
    with asked_to_end() as asked:
        assert not asked
        os.kill(os.getpid(), asks)
        assert asked
        if obeys:
            asked.leave(190, Path("run/state.npz"))
        os.kill(os.getpid(), asks)
        signal.pause()


def test_ctrl_c_is_noted_and_obeyed_once_the_step_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        training(signal.SIGINT)
    assert "Ended at step 190, which is kept in run/state.npz." in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_time_it_ends_at_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        training(signal.SIGINT, obeys=False)


def test_a_request_to_end_ends_as_the_program_would_have() -> None:
    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(SystemExit, match=str(128 + signal.SIGTERM)):
            training(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_what_is_ignored_or_left_to_the_system_stays_so(handler: signal.Handlers) -> None:
    before = signal.signal(signal.SIGTERM, handler)
    try:
        with asked_to_end():
            assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_a_thread_nobody_is_asked() -> None:
    seen: list[bool] = []

    def work() -> None:
        with asked_to_end() as asked:
            seen.append(bool(asked))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]


def test_what_differs_from_the_run_before_is_named(tmp_path: Path) -> None:
    before = {"clips": [["a", 75]], "net": {"width": 8}, "rate": 0.1}
    same_run(tmp_path, before, {**before, "clips": [("a", 75)]})
    with pytest.raises(InputError, match=r"begun with other clips, rate; choose"):
        same_run(tmp_path, before, {"clips": [["b", 75]], "net": {"width": 8}})
    with pytest.raises(InputError, match=r"begun with other net \(depth; width 8, now 9\), rate \(0\.1, now 0\.2\); choose"):
        same_run(tmp_path, before, {**before, "net": {"width": 9, "depth": 2}, "rate": 0.2})


def test_material_is_held_against_what_was_noted(tmp_path: Path) -> None:
    check_material(tmp_path, {"videos": ["a"]})
    note_material(tmp_path, {"videos": ["a"], "photos": ["b"]})
    check_material(tmp_path, {"videos": ["a"]})
    with pytest.raises(InputError, match="begun with other photos"):
        check_material(tmp_path, {"videos": ["a"], "photos": ["c"]})


def test_a_run_was_begun_where_something_lies(tmp_path: Path) -> None:
    assert not begun(tmp_path / "nowhere")
    assert not begun(tmp_path)
    (tmp_path / "log.csv").touch()
    assert begun(tmp_path)
