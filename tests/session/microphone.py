"""A microphone in the hand of a test: loud is voice, words are numbered, and everything that is heard is written down."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talking_head.listen.ear import Ear
from talking_head.listen.tone.subdued import Habits
from talking_head.session.hearing import MicrophoneHearing
from talking_head.session.session import Session
from talking_head.session.stages import ListenStages
from talking_head.system.fair_executor import FairExecutor
from talking_head.text import language as languages
from talking_head.text.language import Language
from tests.session.crank import Crank
from tests.session.fakes import AlwaysFinished, FakeRecognizer, LoudVoice

RATE = 16_000


@dataclass
class Ears:
    """A HearingObserver that writes everything down."""

    gains: list[float] = field(default_factory=list)
    words: list[tuple[int, str, int, bool]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def loudness(self, gain: float) -> None:
        self.gains.append(gain)

    def transcript(self, utterance: int, text: str, settled: int, final: bool) -> None:
        self.words.append((utterance, text, settled, final))

    def error(self, code: str, message: str) -> None:
        self.errors.append(message)

    @property
    def final(self) -> list[str]:
        return [text for _, text, _, final in self.words if final]


@asynccontextmanager
async def a_microphone(
    session: Session,
    recognizer: Any = None,
    *,
    barge_in: bool = True,
    end_of_turn: Any = None,
    detector: Any = None,
    language: Language | None = None,
    voice: Any = None,
    ends: Callable[[str], float] | None = None,
    calm: Callable[[], bool] = lambda: True,
    ear_executor: FairExecutor | None = None,
    recognizer_executor: FairExecutor | None = None,
    habits: Habits | None = None,
) -> AsyncIterator[tuple[MicrophoneHearing, Ears]]:
    stages = ListenStages(
        make_ear=lambda: Ear(voice or LoudVoice()),
        ear_executor=ear_executor or FairExecutor("ear"),
        recognizer=recognizer or FakeRecognizer(),
        recognizer_executor=recognizer_executor or FairExecutor("listen"),
        end_of_turn=end_of_turn or AlwaysFinished(),
        turn_executor=FairExecutor("turn"),
        detector=detector,
        ends=ends,
        language=language or languages.get("en"),
        calm=calm,
    )
    ears = Ears()
    hearing = MicrophoneHearing(stages, session, ears, barge_in=barge_in, habits=habits)
    try:
        yield hearing, ears
    finally:
        await hearing.close()
        stages.close()


async def speak(hearing: MicrophoneHearing, seconds: float, level: float, crank: Crank | None = None) -> None:
    """Packets of 20 ms, faster than life but for the models' turn; the loop goes on meanwhile."""
    for number in range(round(seconds * 50)):
        hearing.push(np.full(RATE // 50, level, np.float32))
        if crank is not None and number % 2 == 0:
            crank.turn()
        await asyncio.sleep(0.003)


def wav(pcm: Any) -> bytes:
    """A file of f32[n] at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((pcm * 32_767).astype("<i2").tobytes())
    return file.getvalue()
