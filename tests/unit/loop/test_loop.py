"""The inference loop in virtual time: with arrays for models, and a clock that only moves when told."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from talking_head.loop import IDLE, TICK_S, InferenceLoop, MediaFrame
from talking_head.loop.offline import render
from talking_head.types import FRAME_TICKS
from tests.unit.loop.virtual import DotAnimator, EchoMotion, Session, make, portrait


def test_sound_comes_with_its_picture() -> None:
    loop, _ = make()
    session = Session([0.1, 0.2, 0.3]).join(loop, seed=7)
    loop.run(6)
    assert [media_frame.tick for media_frame in session.media_frames] == list(range(6))
    assert [media_frame.mark for media_frame in session.media_frames] == [0.1, 0.2, 0.3, None, None, None]
    assert [media_frame.turn for media_frame in session.media_frames] == [1, 1, 1, -1, -1, -1]
    assert [int(media_frame.frame[0, 0]) for media_frame in session.media_frames] == [17, 27, 37, 7, 7, 7]
    assert [float(media_frame.pcm[0]) for media_frame in session.media_frames] == pytest.approx([0.1, 0.2, 0.3, 0, 0, 0])


@pytest.mark.parametrize("lookahead", [0, 1, 2, 3, 6])
def test_speech_that_begins_does_not_wait_for_the_look_ahead_and_loses_nothing(lookahead: int) -> None:
    loop, _ = make(EchoMotion(lookahead=lookahead))
    session = Session().join(loop)
    loop.run(3)
    words = [n / 10 for n in range(1, 9)]
    session.values = [*words]
    loop.run(20)
    heard = [frame for frame in session.media_frames if frame.mark is not None]
    assert [frame.mark for frame in heard] == words
    assert [round(float(frame.pcm[0]), 2) for frame in heard] == words
    first = 6 if lookahead else 10  # where frames were left out, the first goes a part of the way
    assert [int(frame.frame[0, 0]) for frame in heard] == [first, *range(20, 90, 10)]  # each sound its own picture
    assert [frame.tick for frame in heard] == [3 + n for n in range(8)]  # and no gap


def test_speech_that_begins_with_less_than_the_look_ahead_is_heard_whole() -> None:
    loop, _ = make(EchoMotion(lookahead=3))
    session = Session([0.1, 0.2]).join(loop)
    loop.run(2)
    session.values = [0.3]  # a voice that is slower than it speaks
    loop.run(8)
    assert [frame.mark for frame in session.media_frames if frame.mark is not None] == [0.1, 0.2, 0.3]


def test_a_pause_inside_a_turn_is_kept() -> None:
    loop, _ = make(EchoMotion(lookahead=3))
    session = Session([0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2]).join(loop)
    loop.run(16)
    heard = [frame.mark for frame in session.media_frames if frame.mark is not None]
    assert heard == [0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2]


def test_one_batch_for_everybody_and_nobody_gets_another_ones_face() -> None:
    motion, animator = EchoMotion(), DotAnimator()
    loop, _ = make(motion, animator)
    sessions = [Session([i / 10] * 5).join(loop, seed=i) for i in range(4)]
    loop.run(5)
    assert motion.batches == [4] * 7  # speech begins: three steps in the first tick
    assert animator.batches == [4] * 5
    for i, session in enumerate(sessions):
        assert int(session.media_frames[-1].frame[0, 0]) == 10 * i + i
        assert session.media_frames[-1].mark == i / 10


def test_a_slot_is_the_same_alone_and_at_any_place_of_a_batch() -> None:
    def frames(neighbours_before: int, neighbours_after: int) -> list[int]:
        loop, _ = make()
        for i in range(neighbours_before):
            Session([0.9] * 9).join(loop, seed=50 + i)
        session = Session([0.1, 0.4, 0.2, 0.7]).join(loop, seed=3)
        for i in range(neighbours_after):
            Session([0.8] * 9).join(loop, seed=80 + i)
        loop.run(12)
        return [int(media_frame.frame[0, 0]) for media_frame in session.media_frames][:8]

    assert frames(0, 0) == frames(1, 2) == frames(3, 0) == [13, 43, 23, 73, 3, 3, 3, 3]


def test_cut_fades_and_silences_what_was_taken_but_not_what_comes_after() -> None:
    loop, _ = make()
    session = Session([0.5] * 6).join(loop)
    loop.run(4)
    assert session.slot is not None
    session.values = [0.25]
    session.slot.cut()
    loop.run(4)
    first, second, third = session.media_frames[4:7]
    assert first.mark is None
    assert first.turn == -1
    assert first.pcm[0] == np.float32(0.5)
    assert np.all(np.diff(first.pcm[:480]) < 0)
    assert not first.pcm[480:].any()
    assert not second.pcm.any()
    assert third.mark == 0.25
    assert third.pcm[0] == np.float32(0.25)


def test_a_slot_that_left_gets_nothing_and_is_not_computed() -> None:
    motion = EchoMotion()
    loop, _ = make(motion)
    stays, leaves = Session().join(loop), Session().join(loop)
    loop.run(2)
    assert leaves.slot is not None
    leaves.slot.leave()
    assert loop.sessions == 1
    loop.run(2)
    assert (len(stays.media_frames), len(leaves.media_frames)) == (4, 2)
    assert motion.batches == [2, 2, 1, 1]


def test_runs_on_a_real_clock_in_its_own_thread() -> None:
    loop = InferenceLoop(EchoMotion(), DotAnimator())
    enough = threading.Event()
    media_frames: list[MediaFrame] = []

    def deliver(media_frame: MediaFrame) -> None:
        media_frames.append(media_frame)
        if len(media_frames) == 5:
            enough.set()

    loop.start()
    loop.join(1.0, portrait(), lambda: IDLE, deliver)
    assert enough.wait(10)
    loop.stop()
    count = len(media_frames)
    assert threading.active_count() >= 1
    assert len(media_frames) == count
    assert np.allclose(np.diff([b.due for b in media_frames]), TICK_S * np.diff([b.tick for b in media_frames]))


def test_offline_pairs_sound_with_picture_and_closes_the_mouth() -> None:
    pcm = np.repeat(np.array([0.1, 0.2, 0.3], np.float32), FRAME_TICKS)[:-100]
    media_frames = list(render(EchoMotion(), DotAnimator(), portrait(), pcm, seed=5, tail_s=0.2))
    assert [media_frame.tick for media_frame in media_frames] == list(range(8))
    assert [int(media_frame.frame[0, 0]) for media_frame in media_frames] == [15, 25, 35, 5, 5, 5, 5, 5]
    assert np.array_equal(np.concatenate([media_frame.pcm for media_frame in media_frames])[: len(pcm)], pcm)


def test_offline_equals_live() -> None:
    values = [0.1, 0.5, 0.2, 0.9]
    loop, _ = make()
    session = Session(values).join(loop, seed=4)
    loop.run(8)
    pcm = np.repeat(np.array(values, np.float32), FRAME_TICKS)
    offline = list(render(EchoMotion(), DotAnimator(), portrait(), pcm, seed=4))
    assert [int(b.frame[0, 0]) for b in session.media_frames[:4]] == [int(b.frame[0, 0]) for b in offline[:4]]


def _starts(session: Session) -> list[float]:
    """When the tick of each frame began, in seconds since the first."""
    due = [frame.due for frame in session.media_frames]
    return [at - due[0] for at in due]


def _speaks(session: Session, loop: InferenceLoop, tick: int) -> None:
    """``session`` joins ``loop`` and begins to speak while its frame ``tick`` goes out."""

    def deliver(frame: MediaFrame) -> None:
        if frame.tick == tick:
            session.values = [0.1, 0.2]
            assert session.slot is not None
            session.slot.hurry()
        session.media_frames.append(frame)

    session.join(loop, deliver=deliver)


def test_a_voice_that_begins_in_a_silence_is_taken_as_soon_as_the_last_picture_is_drawn() -> None:
    loop, _ = make(animator=DotAnimator(seconds=lambda batch: 0.015))
    session = Session()
    _speaks(session, loop, 7)
    loop.run(12)
    assert _starts(session) == pytest.approx(
        [n * TICK_S for n in range(8)] + [7 * TICK_S + 0.015 + n * TICK_S for n in range(4)]
    )
    assert [frame.mark for frame in session.media_frames] == [*[None] * 8, 0.1, 0.2, None, None]


def test_a_voice_that_begins_moves_nobody_who_is_heard() -> None:
    loop, _ = make(animator=DotAnimator(seconds=lambda batch: 0.015))
    speaker, session = Session([0.5] * 12).join(loop), Session()
    _speaks(session, loop, 7)
    loop.run(12)
    assert _starts(speaker) == _starts(session) == pytest.approx([n * TICK_S for n in range(12)])
    assert [frame.mark for frame in session.media_frames if frame.mark is not None] == [0.1, 0.2]
