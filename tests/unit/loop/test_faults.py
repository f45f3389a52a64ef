"""What one slot does wrong costs the others nothing: callbacks that fail, hang or are slow, sound that is no number."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from talking_head.loop import TICK_S, AudioChunk
from tests.unit.loop.virtual import DotAnimator, EchoMotion, Session, make


@pytest.mark.parametrize("where", ["source", "deliver", "portrait"])
def test_a_failing_callback_ends_its_own_slot_only(where: str) -> None:
    def bad(*_: Any) -> Any:
        raise ValueError("broken")

    class BadPortrait:
        place = staticmethod(bad)

    loop, _ = make()
    good = Session([0.1] * 5).join(loop)
    ill = Session([0.2] * 5).join(loop, **{where: BadPortrait() if where == "portrait" else bad})
    other = Session([0.3] * 5).join(loop)
    loop.run(5)
    assert ill.failed.wait(5)
    assert [str(error) for error in ill.errors] == ["broken"]
    assert [len(session.media_frames) for session in (good, ill, other)] == [5, 0, 5]
    assert not good.errors


@pytest.mark.parametrize("where", ["source", "deliver"])
def test_a_hanging_callback_costs_its_own_slot_only(where: str) -> None:
    release = threading.Event()

    def hang(*_: Any) -> None:
        release.wait(30)

    loop, _ = make(hang_s=3 * TICK_S)
    good = Session([0.1] * 20).join(loop)
    ill = Session([0.2] * 20).join(loop, **{where: hang})
    other = Session([0.3] * 20).join(loop)
    loop.run(20)
    assert ill.failed.wait(5)
    assert len(ill.errors) == 1
    assert [len(session.media_frames) for session in (good, ill, other)] == [20, 0, 20]
    assert not any(media_frame.late for media_frame in good.media_frames)
    release.set()


def test_a_source_that_was_only_slow_goes_on_without_losing_a_block() -> None:
    release, back = threading.Event(), threading.Event()
    loop, _ = make()
    session = Session([0.1, 0.2, 0.3, 0.4, 0.5])
    asked = 0

    def source() -> AudioChunk | None:
        nonlocal asked
        asked += 1
        if asked == 4:  # three are taken in the first tick, for speech begins
            release.wait(30)
        return session.source()

    session.join(loop, source=source)
    loop.run(4)  # the second tick stalls, the next two go without this slot
    assert len(session.media_frames) == 1
    assert session.slot is not None
    release.set()
    for _ in range(500):
        if session.slot.stalled_since is None:
            break
        back.wait(0.01)
    loop.run(6)
    marks = [media_frame.mark for media_frame in session.media_frames if media_frame.mark is not None]
    assert marks == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert not session.errors


def test_the_culprit_of_a_failed_batch_is_found() -> None:
    loop, _ = make(EchoMotion(poison=0.5))
    good, ill, other = Session([0.1] * 5).join(loop), Session([0.1, 0.2, 0.3, 0.5]).join(loop), Session([0.3] * 5).join(loop)
    loop.run(5)
    assert ill.failed.wait(5)
    assert [len(session.media_frames) for session in (good, ill, other)] == [5, 1, 5]

    loop, _ = make(animator=DotAnimator(poison=13.0))
    good, ill = Session().join(loop), Session().join(loop, avatar=13.0)
    loop.run(5)
    assert ill.failed.wait(5)
    assert [len(session.media_frames) for session in (good, ill)] == [5, 0]


def test_not_a_number_ends_the_slot_it_came_from() -> None:
    loop, _ = make()
    good, ill = Session([0.1] * 6).join(loop), Session([0.1, 0.1, float("nan")]).join(loop)
    loop.run(6)
    assert ill.failed.wait(5)
    assert len(good.media_frames) == 6
    assert len(ill.media_frames) == 2  # what was ahead of them goes with them
