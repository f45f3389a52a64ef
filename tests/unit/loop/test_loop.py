"""The inference loop in virtual time: with arrays for models, and a clock that only moves when told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from talking_head.errors import CapacityError
from talking_head.face.portrait import Portrait
from talking_head.face.space import Pose
from talking_head.loop import IDLE, TICK_S, AudioChunk, InferenceLoop, MediaFrame, Slot
from talking_head.loop.offline import render
from talking_head.protocols import Animator
from talking_head.types import F32, FRAME_TICKS, LANDMARKS, U8, Cue, Motion


class VirtualClock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def wait_until(self, when: float, stop: threading.Event) -> None:
        self.time = max(self.time, when)


@dataclass
class EchoMotion:
    """Each stream's motion is the loudness of the sound ``lookahead`` steps ago plus its seed, so that a mix-up shows."""

    lookahead: int = 2
    poison: float | None = None  # a batch that holds this value raises
    batches: list[int] = field(default_factory=list)

    def open(self, *, seed: int, manner: object = None) -> list[float]:
        return [float(seed)] + [0.0] * self.lookahead

    def step(self, states: Sequence[list[float]], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        if self.poison is not None and np.any(pcm[:, 0] == np.float32(self.poison)):
            raise RuntimeError("poisoned")
        self.batches.append(len(states))
        offsets = np.zeros((len(states), LANDMARKS, 3), np.float32)
        for row, state, sound in zip(offsets, states, pcm, strict=True):
            state.append(float(sound[0]))
            row[0, 0] = state[0]
            row[14, 1] = state.pop(1)
        return Motion(offsets, np.zeros((len(states), 6), np.float32))


@dataclass
class DotAnimator(Animator):
    """The picture is a number: what the landmarks say, times what the avatar says."""

    clock: VirtualClock | None = None
    seconds: Callable[[int], float] = lambda batch: 0.0
    batches: list[int] = field(default_factory=list)
    poison: float | None = None

    def prepare(self, portrait: Portrait) -> float:
        return 1.0

    def render(self, avatars: Sequence[float], points: F32) -> list[U8]:
        if self.poison in avatars:
            raise RuntimeError("poisoned")
        self.batches.append(len(avatars))
        if self.clock is not None:
            self.clock.time += self.seconds(len(avatars))
        return [np.full((6, 4), round(p[14, 1] * 100 + p[0, 0]) % 256, np.uint8) for p in points]


def portrait() -> Portrait:
    zero = np.zeros((LANDMARKS, 3), np.float32)
    return Portrait("dot", np.zeros((4, 4, 3), np.uint8), zero, Pose(np.eye(3), 1.0, np.zeros(3)), zero)


class Session:
    """Feeds a list of numbers, one a block, and keeps what comes back."""

    def __init__(self, values: Sequence[float] = ()) -> None:
        self.values = list(values)
        self.media_frames: list[MediaFrame] = []
        self.errors: list[Exception] = []
        self.failed = threading.Event()
        self.slot: Slot | None = None

    def source(self) -> AudioChunk | None:
        if not self.values:
            return None
        value = self.values.pop(0)
        return AudioChunk(np.full(FRAME_TICKS, value, np.float32), turn=1, mark=value)

    def join(self, loop: InferenceLoop, **options: Any) -> Session:
        options = {"avatar": 1.0, "portrait": portrait(), "source": self.source, "deliver": self.media_frames.append, **options}
        self.slot = loop.join(failed=self._failed, **options)
        return self

    def _failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.failed.set()


def make(motion: Any = None, animator: Any = None, **options: Any) -> tuple[InferenceLoop, VirtualClock]:
    clock = VirtualClock()
    animator = animator or DotAnimator()
    if isinstance(animator, DotAnimator):
        animator.clock = clock
    return InferenceLoop(motion or EchoMotion(), animator, clock=clock, **options), clock


def test_sound_waits_for_its_picture() -> None:
    loop, _ = make()
    session = Session([0.1, 0.2, 0.3]).join(loop, seed=7)
    loop.run(6)
    assert [media_frame.tick for media_frame in session.media_frames] == list(range(6))
    assert [media_frame.mark for media_frame in session.media_frames] == [None, 0.1, 0.2, 0.3, None, None]
    assert [media_frame.turn for media_frame in session.media_frames] == [-1, 1, 1, 1, -1, -1]
    assert [int(media_frame.frame[0, 0]) for media_frame in session.media_frames] == [7, 17, 27, 37, 7, 7]
    assert [float(media_frame.pcm[0]) for media_frame in session.media_frames] == pytest.approx([0, 0.1, 0.2, 0.3, 0, 0])


@pytest.mark.parametrize(("lookahead", "waits"), [(0, 0), (1, 0), (2, 1), (3, 1), (6, 3)])
def test_speech_that_begins_waits_for_half_the_look_ahead_and_loses_nothing(lookahead: int, waits: int) -> None:
    loop, _ = make(EchoMotion(lookahead=lookahead))
    session = Session().join(loop)
    loop.run(3)
    words = [n / 100 for n in range(1, 9)]
    session.values = [*words]
    loop.run(20)
    heard = [frame for frame in session.media_frames if frame.mark is not None]
    assert [frame.mark for frame in heard] == words
    assert [round(float(frame.pcm[0]), 2) for frame in heard] == words
    assert [int(frame.frame[0, 0]) for frame in heard] == [round(100 * word) for word in words]  # each sound its own picture
    assert [frame.tick for frame in heard] == [3 + waits + n for n in range(8)]  # and no gap


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
    assert motion.batches == [4] * 6  # speech begins: two steps in the first tick
    assert animator.batches == [4] * 5
    for i, session in enumerate(sessions):
        assert int(session.media_frames[-1].frame[0, 0]) == 10 * i + i
        assert session.media_frames[-1].mark == i / 10


def test_a_seat_is_the_same_alone_and_at_any_place_of_a_batch() -> None:
    def frames(neighbours_before: int, neighbours_after: int) -> list[int]:
        loop, _ = make()
        for i in range(neighbours_before):
            Session([0.9] * 9).join(loop, seed=50 + i)
        session = Session([0.1, 0.4, 0.2, 0.7]).join(loop, seed=3)
        for i in range(neighbours_after):
            Session([0.8] * 9).join(loop, seed=80 + i)
        loop.run(12)
        return [int(media_frame.frame[0, 0]) for media_frame in session.media_frames][:8]

    assert frames(0, 0) == frames(1, 2) == frames(3, 0) == [3, 13, 43, 23, 73, 3, 3, 3]


def test_cut_fades_and_silences_what_was_taken_but_not_what_comes_after() -> None:
    loop, _ = make()
    session = Session([0.5] * 4).join(loop)
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


def test_a_seat_that_left_gets_nothing_and_is_not_computed() -> None:
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


@pytest.mark.parametrize("where", ["source", "deliver", "portrait"])
def test_a_failing_callback_ends_its_own_seat_only(where: str) -> None:
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
def test_a_hanging_callback_costs_its_own_seat_only(where: str) -> None:
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
    session = Session([0.1, 0.2, 0.3, 0.4])
    asked = 0

    def source() -> AudioChunk | None:
        nonlocal asked
        asked += 1
        if asked == 3:
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
    assert [media_frame.mark for media_frame in session.media_frames if media_frame.mark is not None] == [0.1, 0.2, 0.3, 0.4]
    assert not session.errors


def test_the_culprit_of_a_failed_batch_is_found() -> None:
    loop, _ = make(EchoMotion(poison=0.5))
    good, ill, other = Session([0.1] * 5).join(loop), Session([0.1, 0.2, 0.5]).join(loop), Session([0.3] * 5).join(loop)
    loop.run(5)
    assert ill.failed.wait(5)
    assert [len(session.media_frames) for session in (good, ill, other)] == [5, 1, 5]

    loop, _ = make(animator=DotAnimator(poison=13.0))
    good, ill = Session().join(loop), Session().join(loop, avatar=13.0)
    loop.run(5)
    assert ill.failed.wait(5)
    assert [len(session.media_frames) for session in (good, ill)] == [5, 0]


def test_not_a_number_ends_the_seat_it_came_from() -> None:
    loop, _ = make()
    good, ill = Session([0.1] * 6).join(loop), Session([0.1, 0.1, float("nan")]).join(loop)
    loop.run(6)
    assert ill.failed.wait(5)
    assert len(good.media_frames) == 6
    assert len(ill.media_frames) == 3


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
    assert marks == [n / 100 for n in range(1, 8)]  # nothing is lost, it is only heard later
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
    assert [int(b.frame[0, 0]) for b in session.media_frames[1:5]] == [int(b.frame[0, 0]) for b in offline[:4]]
