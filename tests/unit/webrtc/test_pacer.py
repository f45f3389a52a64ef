"""The clock of a session, in virtual time: when frames leave, and how silence gives and takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from talking_head.loop import SILENCE, MediaFrame
from talking_head.types import AUDIO_TICKS, F32, FRAME_TICKS, U8
from talking_head.webrtc import pacer as pacing

FRAME_S, DRAWN_S, RESERVE_S = 0.04, 0.015, 0.02
ANSWER = 200  # the frame that an answer begins with, eight seconds after the first one
TURN = 1


@dataclass
class Played:
    """What left: at which second of media time, counted from the first frame's start."""

    pictures: list[tuple[float, int]] = field(default_factory=list)  # and which frame's
    pcm: list[F32] = field(default_factory=list)
    lates: int = 0
    origin: float = 0.0

    def picture_at(self, number: int) -> float:
        return next(at for at, shown in self.pictures if shown == number) + self.origin

    def sound(self) -> list[int]:
        """Numbers of the frames that are heard, a number a tick, silence left out."""
        return [round(float(pcm[0]) * 1000) for pcm in self.pcm if pcm.any()]


class Loop:
    """An inference loop and the time it lives in: frame n is drawn ``drawn(n)`` seconds after its start at n · 40 ms, and from
    the answer on ``moved`` seconds earlier."""

    Event = asyncio.Event
    get_running_loop = staticmethod(asyncio.get_running_loop)

    def __init__(self, frames: int, spoken: Sequence[int], drawn: Callable[[int], float], moved: float = 0.0) -> None:
        self.now = 0.0
        self._start = [number * FRAME_S - moved * (number >= ANSWER) for number in range(frames)]
        self._coming = [(start + drawn(number), number) for number, start in enumerate(self._start)]
        self._spoken = spoken
        self.pacer: pacing.Pacer | None = None

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self._coming and self._coming[0][0] <= until:
            self.deliver()
        self.now = until
        if not self._coming:
            raise asyncio.CancelledError

    def deliver(self) -> None:
        """The next frame is drawn."""
        self.now, number = self._coming.pop(0)
        spoken = number in self._spoken
        pcm = np.full(FRAME_TICKS, number / 1000, np.float32) if spoken else SILENCE
        picture = np.full((1,), number % 251, np.uint8)
        assert self.pacer is not None
        mark = "spoken" if spoken else None
        due = self._start[number] + FRAME_S
        self.pacer.deliver(MediaFrame(number, pcm, picture, TURN if spoken else -1, mark, due))


class Track:
    """In the place of a track."""

    def __init__(self, took: Callable[[U8 | F32, int], None]) -> None:
        self.put = took


async def played(monkeypatch: pytest.MonkeyPatch, loop: Loop) -> tuple[Played, pacing.Pacer]:
    out = Played()
    monkeypatch.setattr(pacing, "time", loop)
    monkeypatch.setattr(pacing, "asyncio", loop)

    def late() -> None:
        out.lates += 1

    pacer = pacing.Pacer(
        Track(lambda pcm, _: out.pcm.append(pcm)),  # type: ignore[arg-type]
        Track(lambda picture, pts: out.pictures.append((pts / 90_000, int(picture[0])))),  # type: ignore[arg-type]
        reserve_s=RESERVE_S,
        sent=lambda *_: None,
        started=lambda clock: setattr(out, "origin", clock.origin),
        late=late,
    )
    loop.pacer = pacer
    loop.deliver()
    await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await pacer.run()
    return out, pacer


async def test_a_voice_does_not_wait_for_the_rest_of_a_silence_and_silence_gives_the_time_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = Loop(250, range(ANSWER, ANSWER + 10), lambda number: 0.022 if number == ANSWER else DRAWN_S)
    out, pacer = await played(monkeypatch, loop)
    plan = FRAME_S + RESERVE_S  # after a frame's start
    assert out.picture_at(ANSWER - 10) == pytest.approx((ANSWER - 10) * FRAME_S + plan)
    assert out.picture_at(ANSWER) == pytest.approx(ANSWER * FRAME_S + plan - 0.02)
    assert out.picture_at(ANSWER + 9) == pytest.approx((ANSWER + 9) * FRAME_S + plan - 0.02)
    assert out.picture_at(ANSWER + 20) == pytest.approx((ANSWER + 20) * FRAME_S + plan)
    assert out.sound() == [number for number in range(ANSWER, ANSWER + 10) for _ in range(2)]
    assert out.lates == 0
    assert pacer.reserve.dropped == 0
    assert all(len(pcm) == AUDIO_TICKS for pcm in out.pcm)


async def test_that_the_last_answer_began_slowly_says_nothing_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = [*range(ANSWER - 60, ANSWER - 40), *range(ANSWER, ANSWER + 10)]
    out, _ = await played(monkeypatch, Loop(250, spoken, lambda number: 0.038 if number == ANSWER - 60 else DRAWN_S))
    assert out.picture_at(ANSWER) == pytest.approx(ANSWER * FRAME_S + FRAME_S + RESERVE_S - 0.02)
    assert out.sound() == [number for number in spoken for _ in range(2)]
    assert out.lates == 0


async def test_a_loop_that_draws_at_once_lets_a_voice_begin_a_whole_frame_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    out, pacer = await played(monkeypatch, Loop(250, range(ANSWER, ANSWER + 10), lambda _: 0.004))
    assert out.picture_at(ANSWER) == pytest.approx(ANSWER * FRAME_S + 0.02)
    assert out.sound() == [number for number in range(ANSWER, ANSWER + 10) for _ in range(2)]
    assert pacer.reserve.dropped == 1
    assert out.lates == 0
    assert out.picture_at(ANSWER + 20) == pytest.approx((ANSWER + 20) * FRAME_S + FRAME_S + RESERVE_S)


@pytest.mark.parametrize("slow", [ANSWER - 60, ANSWER - 3])
async def test_where_pictures_were_nearly_late_a_voice_keeps_its_reserve(monkeypatch: pytest.MonkeyPatch, slow: int) -> None:
    loop = Loop(250, range(ANSWER, ANSWER + 10), lambda number: 0.038 if number == slow else DRAWN_S)
    out, _ = await played(monkeypatch, loop)
    assert out.picture_at(ANSWER) == pytest.approx(ANSWER * FRAME_S + FRAME_S + RESERVE_S)
    assert out.lates == 0


@pytest.mark.parametrize("moved", [0.005, 0.012, 0.025, 0.035])
async def test_a_loop_that_moved_its_grid_for_a_voice_finds_it_shown_by_that_grid(
    monkeypatch: pytest.MonkeyPatch, moved: float
) -> None:
    loop = Loop(300, range(ANSWER, ANSWER + 10), lambda number: 0.038 if number % 50 == 20 else DRAWN_S, moved)
    out, _ = await played(monkeypatch, loop)
    plan = FRAME_S + RESERVE_S - moved  # there is no time to spare, so it is shown when it was to be, give or take half a tick
    assert out.picture_at(ANSWER) == pytest.approx(ANSWER * FRAME_S + plan, abs=0.0101)
    assert out.picture_at(ANSWER + 30) == pytest.approx((ANSWER + 30) * FRAME_S + plan, abs=0.0101)
    assert out.sound() == [number for number in range(ANSWER, ANSWER + 10) for _ in range(2)]
    assert out.lates == 0


async def test_a_picture_that_is_late_within_speech_is_waited_for_a_tick_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = Loop(250, range(ANSWER, ANSWER + 10), lambda number: 0.05 if number == ANSWER + 4 else DRAWN_S)
    out, pacer = await played(monkeypatch, loop)
    assert out.lates == pacer.late_frames == 1
    assert out.sound() == [number for number in range(ANSWER, ANSWER + 10) for _ in range(2)]
    heard = [index for index, pcm in enumerate(out.pcm) if pcm.any()]
    assert heard[-1] - heard[0] == 20  # twenty ticks of sound, and one of silence
