"""Stages that are quick and predictable, for tests of everything around them: the loop, the session and the stream are
real."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from talking_head.config import Config
from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.face.space import fit_pose, template
from talking_head.protocols import Animator
from talking_head.types import (
    F32,
    FRAME_TICKS,
    LANDMARKS,
    PLAIN,
    U8,
    Cue,
    Delivery,
    Message,
    Motion,
    TextSpan,
    Transcript,
    Utterance,
)

SIZE = 128


class FakeReply:
    """Answers with ``words`` numbered words, one a step; ``slow`` seconds a step; fails at the word "fail" of the person."""

    def __init__(self, words: int = 12, slow: float = 0.0) -> None:
        self.words, self.slow = words, slow
        self.seen: list[list[Message]] = []
        self.opened = self.closed = 0

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.seen.append(list(messages))
        if "fail" in messages[-1].content:
            raise BackendError("The reply stage failed on purpose.")
        return self._words()

    def _words(self) -> Iterator[str]:
        self.opened += 1
        try:
            for number in range(self.words):
                time.sleep(self.slow)
                yield f"word{number}. " if number % 3 == 2 else f"word{number} "
        finally:
            self.closed += 1

    def count_tokens(self, text: str) -> int:
        return len(text.split())


class SineSpeech:
    """A sine of ``frequency`` Hz, ``seconds`` long for each word of the clause."""

    def __init__(self, frequency: float = 440.0, seconds: float = 0.1, slow: float = 0.0) -> None:
        self.frequency, self.seconds, self.slow = frequency, seconds, slow
        self.spoken: list[str] = []

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Iterator[Utterance]:
        self.spoken.append(text)
        time.sleep(self.slow)
        if "crash" in text:
            raise RuntimeError("a bug in the voice")
        count = int(self.seconds * 48_000) * len(text.split())
        pcm = 0.3 * np.sin(2 * np.pi * self.frequency * np.arange(count) / 48_000)
        yield Utterance(pcm.astype(np.float32))


class FakeRecognizer:
    """Hears the words of ``script``, one for each half second of sound; without a script numbered ones."""

    def __init__(self, script: str = "", slow: float = 0.0) -> None:
        self.script, self.slow = script, slow
        self.heard: list[float] = []

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        return self.recognize(pcm, sample_rate).text

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        time.sleep(self.slow)
        seconds = float((np.abs(pcm) > 0.05).sum()) / sample_rate
        self.heard.append(seconds)
        count = round(seconds * 2)
        words = self.script.split() if self.script else [f"heard{n}" for n in range(count)]
        return Transcript(" ".join(words[:count]))


class LoudVoice:
    """What is loud is a voice."""

    def probability(self, chunk: F32) -> float:
        return float(np.abs(chunk).max() > 0.05)


class AlwaysFinished:
    """Whoever pauses has finished."""

    def finished(self, pcm: F32) -> float:
        return 0.95


class Splitter:
    """A clause ends at a full stop."""

    def __init__(self, turn: int, pronunciations: Mapping[str, str] | None = None) -> None:
        self.turn, self.index, self.text = turn, 0, ""

    def push(self, piece: str) -> list[TextSpan]:
        self.text += piece
        return self.flush() if self.text.rstrip().endswith(".") else []

    def flush(self) -> list[TextSpan]:
        text, self.text = self.text.strip(), ""
        if not text:
            return []
        self.index += 1
        return [TextSpan(self.turn, self.index - 1, text, text)]

    def unread(self) -> list[str]:
        return []


class LoudnessMotion:
    """The chin drops with the loudness of the block; answers ``lookahead`` blocks late, like a real model."""

    lookahead = 2

    def open(self, *, seed: int, manner: object = None) -> Any:
        return [0.0] * (self.lookahead + 1)

    def step(self, states: Sequence[Any], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        assert pcm.shape == (len(states), FRAME_TICKS)
        offsets = np.zeros((len(states), LANDMARKS, 3), np.float32)
        for number, (state, block) in enumerate(zip(states, pcm, strict=True)):
            state.append(float(np.abs(block).max()))
            del state[0]
            offsets[number, 152, 1] = state[0]
        return Motion(offsets, np.zeros((len(states), 6), np.float32))


class FlashAnimator(Animator):
    """A grey picture that is as bright as the chin is low."""

    def prepare(self, portrait: Portrait) -> Any:
        return portrait

    def render(self, avatars: Sequence[Any], points: F32) -> list[U8]:
        pictures = []
        for portrait, face in zip(avatars, points, strict=True):
            drop = float(face[152, 1] - portrait.points[152, 1]) / portrait.pose.scale
            picture = np.full((SIZE * 3 // 2, SIZE), 128, np.uint8)
            picture[:SIZE] = int(np.clip(30 + 600 * drop, 30, 230))
            pictures.append(picture)
        return pictures


def portrait(name: str = "nobody") -> Portrait:
    """The template's face on a grey square."""
    points = (template() * 40 + np.array([SIZE / 2, SIZE / 2, 0])).astype(np.float32)
    image = np.full((SIZE, SIZE, 3), 128, np.uint8)
    return Portrait(name, image, points, fit_pose(points), template(), licence="CC0", source="drawn for a test")


def build(config: Config, stage: str) -> Any:
    """In the place of registry.live."""
    return {
        "reply": FakeReply,
        "speech": SineSpeech,
        "landmarks": object,
        "motion": LoudnessMotion,
        "animator": FlashAnimator,
        "listen": FakeRecognizer,
        "voice": LoudVoice,
        "end_of_turn": AlwaysFinished,
    }[stage]()
