"""Thirty recordings, made by the project's voices: what visitors say, where they hesitate, and what is no speech at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from talking_head.evaluate.listening import sounds
from talking_head.evaluate.listening.material import TUNED, Material
from talking_head.types import F32, VOICE_RATE

Say = Callable[[str, int], F32]  # text and number of the speaker → f32[n] at 16 kHz, loudest sample about 0.5

AFTER_S = 3.0
WORDLESS = (
    ("music", sounds.music, 0.06),
    ("soft music", sounds.music, 0.02),
    ("coughs", sounds.coughs, 0.05),
    ("typing", sounds.keys, 0.02),
    ("fan", sounds.noise, 0.06),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said in one turn, with its first and last moment in seconds, and those at which it goes on after a pause."""

    text: str
    start: float
    end: float
    resumes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """``pcm`` f32[n] at 16 kHz; ``turns`` in it: none where nobody says a word."""

    name: str
    pcm: F32
    turns: tuple[Turn, ...]


def recordings(say: Say, material: Material = TUNED) -> list[Recording]:
    """12 questions near, far and in noise, 6 with hesitations, 4 of two turns, 3 of two sentences, 5 without words."""
    m = material
    out = [_place(f"question {i + 1}", [(text, 0.0)], say, i, i) for i, text in enumerate(m.questions)]
    out += [_place(f"hesitation {i + 1}", [(a, gap), (b, 0.0)], say, 20 + i, i) for i, (a, gap, b) in enumerate(m.hesitations)]
    out += [_place(f"two turns {i + 1}", [(a, 2.6), (b, 0.0)], say, 40 + i, 3 * i) for i, (a, b) in enumerate(m.pairs)]
    out += [_place(f"two sentences {i + 1}", [(a, gap), (b, 0.0)], say, 60 + i, i) for i, (a, gap, b) in enumerate(m.runs)]
    for number, (name, make, level) in enumerate(WORDLESS):
        out.append(Recording(name, make(10.0, level, number), ()))
    return out


def _place(name: str, parts: Sequence[tuple[str, float]], say: Say, seed: int, where: int) -> Recording:
    """Say ``parts`` (text, seconds of silence behind it) in one of four places: close, 1 m, 1 m with a fan, 3 m with a fan."""
    metres, hiss = ((0.3, 0.0005), (1.0, 0.001), (1.0, 0.006), (3.0, 0.003))[where % 4]
    line, turns, at = [np.zeros(round(0.8 * VOICE_RATE), np.float32)], list[Turn](), 0.8
    start, said, end, resumes = at, "", at, list[float]()
    for number, (text, gap) in enumerate(parts):
        pcm = trimmed(say(text, seed))
        end = at + len(pcm) / VOICE_RATE
        said = f"{said} {text}".strip()
        line += [pcm, np.zeros(round(gap * VOICE_RATE), np.float32)]
        at = end + gap
        if gap > 2 or number == len(parts) - 1:
            turns.append(Turn(said, start, end, tuple(resumes)))
            said, start, resumes = "", at, []
        else:
            resumes.append(at)
    line.append(np.zeros(round(AFTER_S * VOICE_RATE), np.float32))
    dry = np.concatenate(line)
    wet = sounds.room(dry, metres, seed) * 0.6 + sounds.noise(len(dry) / VOICE_RATE, hiss, seed)
    return Recording(f"{name}, {metres:g} m", wet[: len(dry)].astype(np.float32), tuple(turns))


def trimmed(pcm: F32) -> F32:
    """Without the silence at both ends."""
    loud = np.flatnonzero(np.abs(pcm) > 0.01)
    return pcm[loud[0] : loud[-1] + 1] if len(loud) else pcm
