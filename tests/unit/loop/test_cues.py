"""A frame's cue says what is said in that very frame: phonemes, clause, end of the turn; and sound and cue travel together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from talking_head.loop.cues import frame_cues
from talking_head.motion.visemes import HALF_TICKS, SILENCE, VISEMES, from_letters, shares, shown
from talking_head.session.playout import Playout
from talking_head.types import CUE_AHEAD, FRAME_TICKS, Cue, Phoneme, Speech, TextSpan

SYMBOLS = "hɛlO"


def speech(index: int, text: str, frames: float, *, known: bool = True, turn: int = 1) -> Speech:
    """A clause of equal phonemes, its sound counting its own samples."""
    n = round(frames * FRAME_TICKS)
    part = n // len(SYMBOLS)
    phonemes = tuple(Phoneme(symbol, part * i, part) for i, symbol in enumerate(SYMBOLS)) if known else ()
    return Speech(TextSpan(turn, index, text, text), np.arange(n, dtype=np.float32), phonemes)


def sounding(cue: Cue) -> str:
    """The symbols that sound at the first sample of the frame."""
    assert cue.phonemes is not None
    return "".join(p.symbol for p in cue.phonemes if p.start <= 0 < p.start + p.ticks)


def test_each_frame_knows_what_sounds_in_it_and_a_little_later() -> None:
    cues = frame_cues([speech(0, "Hello?", 8), speech(1, "Yes.", 6.5)])
    assert len(cues) == 15
    assert "".join(sounding(cue) for cue in cues[:8]) == "hhɛɛllOO"
    assert [cue.clause.index for cue in cues if cue.clause] == [0] * 8 + [1] * 7
    first = cues[0]
    assert first.phonemes is not None
    assert first.clause is not None
    assert first.clause.question
    assert not first.clause.last
    assert first.clause.ends_in == 8 * FRAME_TICKS
    assert max(p.start for p in first.phonemes) < (1 + CUE_AHEAD) * FRAME_TICKS
    crossing = cues[6].phonemes
    assert crossing is not None
    assert [p.symbol for p in crossing][:2] == ["O", "h"]  # what the next clause begins with is known as well
    last = cues[-1].clause
    assert last is not None
    assert last.last
    assert not last.question


def test_a_voice_that_says_no_phonemes_leaves_only_the_sound() -> None:
    cues = frame_cues([speech(0, "One.", 4), speech(1, "Two.", 4, known=False)])
    assert [cue.phonemes is None for cue in cues] == [False] * 4 + [True] * 4


def test_playout_hands_sound_and_cue_out_together() -> None:
    said = [speech(0, "One", 4.5), speech(1, "Two", 3.25)]
    playout = Playout()
    for one in said:
        playout.put(one)
    playout.finish(1)
    chunks = [playout.next_chunk() for _ in range(8)]
    offline = frame_cues(said)
    for chunk, cue in zip(chunks, offline, strict=True):
        assert chunk.cue is not None
        assert chunk.cue.phonemes == cue.phonemes
        assert chunk.cue.clause == cue.clause
        assert chunk.cue.activity == "speaking"
    idle = playout.next_chunk()
    assert idle.cue is not None
    assert idle.cue.phonemes == ()


def test_what_is_not_due_yet_waits() -> None:
    playout = Playout()
    playout.put(speech(0, "One.", 5))
    playout.activity, playout.not_before = "thinking", float("inf")
    cue = playout.next_chunk().cue
    assert cue is not None
    assert (cue.activity, playout.queued_ticks) == ("thinking", 5 * FRAME_TICKS)
    playout.not_before = 0.0
    assert playout.next_chunk().pcm is not None
    assert playout.queued_ticks == 4 * FRAME_TICKS


def test_silence_knows_what_the_session_does() -> None:
    playout = Playout()
    playout.activity = "listening"
    cue = playout.next_chunk().cue
    assert cue is not None
    assert (cue.phonemes, cue.activity) == ((), "listening")


def test_a_purge_leaves_the_next_turn_its_cues() -> None:
    playout = Playout()
    playout.put(speech(0, "Old.", 5))
    playout.next_chunk()
    playout.purge(1)
    playout.put(speech(0, "New?", 5, turn=2))
    cue = playout.next_chunk().cue
    assert cue is not None
    assert cue.clause is not None
    assert (cue.clause.text, cue.clause.at, cue.clause.ticks) == ("New?", 0, 5 * FRAME_TICKS)


@pytest.mark.parametrize(
    ("symbols", "name"),
    [
        (("p", "b", "m"), "p"),
        (("f", "v"), "f"),
        (("ʃ", "tʃ", "ʧ", "dʒ"), "ch"),
        (("uː", "ʊ", "ˈu"), "u"),
        ((" ", ".", ""), "silence"),
    ],
)
def test_both_alphabets_show_the_same(symbols: Sequence[str], name: str) -> None:
    for symbol in symbols:
        assert [VISEMES[v] for v, _ in shown(symbol)] == [name]


def test_a_diphthong_shows_two_visemes_and_all_its_time() -> None:
    for symbol in ("I", "aɪ", "ˈaɪ"):
        (first, share), (second, rest) = shown(symbol)
        assert (VISEMES[first], VISEMES[second]) == ("a", "ih")
        assert share + rest == pytest.approx(1)


def test_letters_keep_every_tick() -> None:
    phonemes = from_letters("həlˈO, wˈɜɹld.", [10] * 14, start=5)
    assert [p.symbol for p in phonemes] == ["h", "ə", "l", "ˈO", " ", "w", "ˈɜ", "ɹ", "l", "d", " "]
    assert phonemes[0].start == 5
    for before, after in pairwise(phonemes):
        assert before.start + before.ticks == after.start
    assert phonemes[-1].start + phonemes[-1].ticks == 5 + 140


def test_shares_fill_each_half_frame() -> None:
    filled: Any = shares([Phoneme("p", -100, 100 + HALF_TICKS), Phoneme("aɪ", HALF_TICKS, 2 * HALF_TICKS)], 4)
    np.testing.assert_allclose(filled.sum(axis=1), 1, atol=1e-6)
    assert filled[0, VISEMES.index("p")] == 1
    assert filled[1, VISEMES.index("a")] == 1
    assert filled[2, VISEMES.index("ih")] == pytest.approx(0.8, abs=0.01)
    assert filled[3, SILENCE] == 1
