"""What each frame knows beside its sound: the phonemes and the clause that are heard in it, cut to its own time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from talking_head.types import CUE_AHEAD, FRAME_TICKS, Activity, ClauseCue, Cue, MoodOrUnset, Phoneme, Speech

OVER = Cue()  # of a frame of a recording behind its last word: ears go on, and nothing more will be said
_REACH = (1 + CUE_AHEAD) * FRAME_TICKS  # ticks from the frame's first sample that its phonemes may begin in


def silent(activity: Activity = "idle", mood: MoodOrUnset = "") -> Cue:
    """The cue of a frame in which nothing is said; ``mood``: in which the face waits, "" as its manner is."""
    return replace(_SILENT[activity], mood=mood) if mood else _SILENT[activity]


_SILENT: dict[Activity, Cue] = {
    "idle": Cue((), activity="idle"),
    "listening": Cue((), activity="listening"),
    "thinking": Cue((), activity="thinking"),
    "speaking": Cue((), activity="speaking"),
}


def cue_at(queue: Iterable[Speech], taken: int, clause: ClauseCue) -> Cue:
    """The cue of a frame that begins ``taken`` samples into the first speech of ``queue`` (all of one turn, one after the
    other).

    Its phonemes are None when the sound of the frame comes from a voice that does not say them.
    """
    phonemes, known = list[Phoneme](), True
    base = -taken
    mood: MoodOrUnset = ""
    for place, speech in enumerate(queue):
        if base >= _REACH:
            break
        mood = speech.span.mood if place == 0 else mood
        if not speech.phonemes:
            known = base >= FRAME_TICKS
            break
        phonemes.extend(_between(speech.phonemes, base))
        base += len(speech.pcm)
    return Cue(tuple(phonemes) if known else None, clause, mood, "speaking")


def _between(phonemes: Sequence[Phoneme], base: int) -> Iterable[Phoneme]:
    """Those that sound after tick 0 and begin before the reach, moved by ``base``."""
    first = max(0, bisect_right(phonemes, -base, key=_start) - 1)
    for phoneme in phonemes[first:]:
        if phoneme.start + base >= _REACH:
            return
        if phoneme.start + phoneme.ticks + base > 0:
            yield replace(phoneme, start=phoneme.start + base)


def _start(phoneme: Phoneme) -> int:
    return phoneme.start


def frame_cues(speeches: Sequence[Speech]) -> list[Cue]:
    """One cue for each 40 ms of ``speeches`` heard one after the other without a gap (a film's sound)."""
    ticks: dict[int, int] = {}
    for speech in speeches:
        ticks[speech.span.index] = ticks.get(speech.span.index, 0) + len(speech.pcm)
    out: list[Cue] = []
    begin, first, clause_begin = 0, 0, 0  # where the first waiting speech and its clause begin
    last = speeches[-1].span.index if speeches else 0
    total = sum(len(speech.pcm) for speech in speeches)
    for frame in range(-(-total // FRAME_TICKS)):
        at = frame * FRAME_TICKS
        while first < len(speeches) - 1 and begin + len(speeches[first].pcm) <= at:
            begin += len(speeches[first].pcm)
            if speeches[first + 1].span.index != speeches[first].span.index:
                clause_begin = begin
            first += 1
        span = speeches[first].span
        clause = ClauseCue(span.index, span.text, at - clause_begin, ticks[span.index], span.index == last)
        out.append(cue_at(speeches[first:], at - begin, clause))
    return out
