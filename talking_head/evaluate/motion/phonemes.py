"""Do the lips do what the phonemes ask for? Sentences of the synthesiser, whose durations say when each sound is.

A sound counts over its own time and one frame on both sides: speakers close for a p before it is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from talking_head.errors import InputError
from talking_head.evaluate.motion.tracks import MEET
from talking_head.face.space import template
from talking_head.motion.measures import lip_gap, lip_width
from talking_head.speech.piper import PiperSynthesizer
from talking_head.train.corpus.tts_corpus import flags_of
from talking_head.types import F32, FPS, FRAME_TICKS, Motion, Phoneme

# In eye distances: a vowel is open above, the lower lip is at the teeth below; narrower than at rest by.
OPEN, LABIAL, ROUND = 0.045, 0.035, -0.015
_QUIET = 15  # frames of silence before and after each sentence


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence: ``pcm`` f32[T * 1920] with silence around it; phonemes in ticks from its first sample."""

    text: str
    pcm: F32
    phonemes: tuple[Phoneme, ...]


def held_out_sentences() -> list[str]:
    """The sentences that no training has heard."""
    text = (resources.files("talking_head.train.corpus") / "tts_heldout.txt").read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def speak(sentences: Sequence[str], tick: Callable[[], None] = lambda: None) -> list[Spoken]:
    """Synthesise ``sentences``, each in pieces as serving would."""
    if not sentences:
        raise InputError("There is no sentence to speak.")
    voice = PiperSynthesizer()
    out = []
    for text in sentences:
        pieces, phonemes, at = [np.zeros(_QUIET * FRAME_TICKS, np.float32)], [], _QUIET * FRAME_TICKS
        for utterance in voice.synthesize(text):
            phonemes += [Phoneme(p.symbol, p.start + at, p.ticks) for p in utterance.phonemes]
            pieces.append(utterance.pcm)
            at += len(utterance.pcm)
        rest = -at % FRAME_TICKS + _QUIET * FRAME_TICKS
        pieces.append(np.zeros(rest, np.float32))
        out.append(Spoken(text, np.concatenate(pieces), tuple(phonemes)))
        tick()
    return out


def phoneme_figures(motions: Sequence[Motion], spoken: Sequence[Spoken]) -> dict[str, float]:
    """Shares of phonemes that look right when ``motions`` go with the sentences ``spoken``.

    ``pbm_closed``, ``vowels_open`` (stressed open ones), ``round_narrow`` (o, u, w: narrower than at rest, or than the
    sentence's mean by as much), ``fv_lip_up``; mean gaps at p, b, m and at open vowels; ``still_before_after``: share of silent
    frames around sentences in which the lips are shut.
    """
    hits: dict[str, list[bool]] = {name: [] for name in ("pbm_closed", "vowels_open", "round_narrow", "fv_lip_up")}
    gaps: dict[str, list[float]] = {"shut": [], "open": []}
    quiet = []
    for sentence, motion in zip(spoken, motions, strict=True):
        offsets = motion.offsets
        gap, width = lip_gap(offsets), lip_width(template() + offsets) - lip_width(template())
        said = slice(_QUIET, len(gap) - _QUIET)
        usual = float(width[said].mean())
        quiet.append(np.mean(np.abs(np.concatenate([gap[: _QUIET - 6], gap[-_QUIET + 10 :]])) < MEET))
        for phoneme in sentence.phonemes:
            closed, labial, rounded, opened = flags_of(phoneme.symbol)
            first = phoneme.start // FRAME_TICKS
            last = (phoneme.start + max(phoneme.ticks, 1) - 1) // FRAME_TICKS
            around = slice(max(0, first - 1), last + 2)
            if closed:
                hits["pbm_closed"].append(bool(gap[around].min() <= MEET))
                gaps["shut"].append(float(gap[around].min()))
            if labial:
                hits["fv_lip_up"].append(bool(gap[around].min() <= LABIAL))
            if rounded:
                hits["round_narrow"].append(bool(width[around].min() <= max(ROUND, usual + ROUND)))
            if opened:
                hits["vowels_open"].append(bool(gap[around].max() >= OPEN))
                gaps["open"].append(float(gap[around].max()))
    figures = {name: round(float(np.mean(values)), 4) for name, values in hits.items() if values}
    counts = {"pbm": len(hits["pbm_closed"]), "open_vowels": len(hits["vowels_open"])}
    shut, wide = float(np.mean(gaps["shut"] or [0])), float(np.mean(gaps["open"] or [0]))
    return {
        **figures,
        "gap_at_pbm": round(shut, 4),
        "gap_at_vowels": round(wide, 4),
        "still_before_after": round(float(np.mean(quiet)), 4),
        "sentences": len(spoken),
        "seconds": round(sum(len(s.pcm) for s in spoken) / FRAME_TICKS / FPS, 1),
        **counts,
    }
