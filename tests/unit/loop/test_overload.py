"""More sessions than the loop has room or time for: who is refused, who gives way, and that a late loop says so."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.errors import CapacityError
from talking_head.loop import TICK_S
from tests.unit.loop.virtual import DotAnimator, Session, make


def test_refuses_when_full_and_takes_the_next_when_one_leaves() -> None:
    loop, _ = make(capacity=2)
    first, second = Session().join(loop), Session().join(loop)
    with pytest.raises(CapacityError) as refusal:
        Session().join(loop)
    assert refusal.value.retry_after_s > 0
    loop.run(3)
    assert first.slot is not None
    first.slot.leave()
    third = Session().join(loop)
    loop.run(3)
    assert (len(first.media_frames), len(second.media_frames), len(third.media_frames)) == (3, 6, 3)


def test_degrades_the_one_too_many_and_promotes_it_later() -> None:
    loop, _ = make(capacity=2, overload="degrade")
    first, second, third = (Session([0.1] * 40).join(loop) for _ in range(3))
    loop.run(10)
    assert all(media_frame.fresh for media_frame in first.media_frames + second.media_frames)
    assert sum(media_frame.fresh for media_frame in third.media_frames) in (5, 6)
    assert len(third.media_frames) == 10  # its sound is whole
    assert [media_frame.mark for media_frame in third.media_frames[1:]] == [0.1] * 9
    assert first.slot is not None
    first.slot.leave()
    loop.run(10)
    assert all(media_frame.fresh for media_frame in third.media_frames[-9:])


def test_idle_faces_give_way_when_the_loop_is_short_of_time() -> None:
    animator = DotAnimator(seconds=lambda batch: 0.0195 * batch)
    loop, _ = make(animator=animator)
    idle, speaking = Session().join(loop), Session([0.1] * 200).join(loop)
    loop.run(100)
    assert all(media_frame.fresh for media_frame in speaking.media_frames)
    assert 0.4 < np.mean([media_frame.fresh for media_frame in idle.media_frames[50:]]) < 0.75
    assert len(idle.media_frames) == 100


@pytest.mark.parametrize("before", range(3))
def test_a_loop_that_is_behind_catches_up_at_the_cost_of_idle_faces(before: int) -> None:
    """Whichever of the idle faces is the first to give way: ``before`` so many places were taken and left."""

    def seconds(batch: int) -> float:
        return 0.1 if len(animator.batches) == 30 else 0.01 * batch

    animator = DotAnimator(seconds=seconds)
    loop, _ = make(animator=animator)
    for _ in range(before):
        Session().join(make()[0])
    idle = [Session().join(loop) for _ in range(2)]
    speaking = Session([0.1] * 200).join(loop)
    loop.run(60)
    late = [frame.tick for frame in speaking.media_frames if frame.late]
    assert late in ([29, 30, 31], [29, 30, 31, 32])  # else six, at 30 of 40 ms a tick
    assert all(frame.fresh for frame in speaking.media_frames)
    for session in idle:
        assert len(session.media_frames) == 60
        stale = [frame.tick for frame in session.media_frames if not frame.fresh]
        assert stale
        assert set(stale) <= set(range(30, 36))
        assert not any({tick, tick + 1, tick + 2} <= set(stale) for tick in stale)


def test_a_late_loop_jumps_instead_of_bursting_and_says_so() -> None:
    animator = DotAnimator(seconds=lambda batch: 0.21 if len(animator.batches) == 3 else 0.001)
    loop, clock = make(animator=animator)
    started = clock.now()
    session = Session([n / 100 for n in range(1, 30)]).join(loop)
    loop.run(12)
    ticks = [media_frame.tick for media_frame in session.media_frames]
    assert ticks == [0, 1, 2, 7, 8, 9, 10, 11]  # the third took 210 ms: ticks 3–6 never were
    assert [media_frame.tick for media_frame in session.media_frames if media_frame.late] == [2]
    assert loop.stats.jumped_ticks == 4
    assert clock.now() - started == pytest.approx(11 * TICK_S, abs=TICK_S)
    marks = [media_frame.mark for media_frame in session.media_frames if media_frame.mark is not None]
    assert marks == [n / 100 for n in range(1, 9)]  # nothing is lost, it is only heard later
    assert [frame.due for frame in session.media_frames] == pytest.approx([100 + (tick + 1) * TICK_S for tick in ticks])


def test_a_storm_of_comings_and_goings_leaves_the_others_alone() -> None:
    animator = DotAnimator(seconds=lambda batch: 0.0005 * batch)
    loop, _ = make(animator=animator, capacity=300)
    survivors = [Session([0.1] * 1000).join(loop) for _ in range(2)]
    for _ in range(50):
        guests = [Session([0.2] * 3).join(loop) for _ in range(4)]
        loop.run(3)
        for guest in guests:
            assert guest.slot is not None
            guest.slot.leave()
    assert [len(session.media_frames) for session in survivors] == [150, 150]
    assert not any(media_frame.late for session in survivors for media_frame in session.media_frames)
    assert loop.sessions == 2
