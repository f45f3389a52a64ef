"""The words of a recording, each sound of them at the time at which it is made, as far as anybody can tell.

What ears alone take for the sounds of a stranger moves lips less surely than phonemes do (`docs/QUALITY.md`). A film knows all
of its sound before the first picture: its words are recognised (or given), a voice that tells its phonemes says how they
sound, and the motion model finds when each is made. A clause that does not fit what is heard is left to the ears.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from talking_head.audio.ending import frames_said
from talking_head.audio.pcm import resample
from talking_head.errors import TextError
from talking_head.listen.pauses import cut_at_pauses
from talking_head.loop.cues import OVER, frame_cues, silent
from talking_head.text.clauses import split
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, VOICE_RATE, Cue, Phoneme, Speech, TextSpan, Utterance

_PIECE_S = 12.0  # of what is recognised at once; of longer ones small recognisers forget the end
_LONGEST_S = 180.0  # that given words are looked for in at once: time and memory grow with the square
# Share that ears give to what the sounds of a clause show, in the mean over them and some of those around it. 64 clauses of 15
# speakers had 0.25 and more, a twentieth less than 0.27; 280 clauses of other texts 0.26 in one of fifty.
_FITS, _AROUND = 0.26, 8
_LEAD = TICKS_PER_SECOND // 10  # before the first sound and behind the last that belong to them


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads along: ``transcribe`` hears words, ``say`` voices a clause with its phonemes, ``align`` is that of
    :class:`talking_head.protocols.Aligns`."""

    transcribe: Callable[[F32], str]
    say: Callable[[TextSpan], Iterable[Utterance]]
    align: Callable[[F32, Sequence[Phoneme]], tuple[list[Phoneme], F32] | None]


@dataclass(frozen=True, slots=True)
class Timed:
    """``clauses`` as (start, end, text) in seconds (none where other words than these were given), and a cue for each frame."""

    clauses: tuple[tuple[float, float, str], ...]
    cues: tuple[Cue, ...]


def read_along(pcm: F32, words: str, reader: Reader) -> Timed | None:
    """When everything is said in a recording ``pcm`` f32[n] at 48 kHz; ``words``: what it says, "" where that must be heard.

    None where nothing of it can be told: another language, song, other words than those.
    """
    long = len(pcm) > _LONGEST_S * TICKS_PER_SECOND
    whole = "" if long else words
    speeches: list[Speech] = []
    for piece in [pcm] if whole else _pieces(pcm):
        speeches += _piece(piece, whole or reader.transcribe(piece).strip(), reader, len(speeches))
    if not any(speech.phonemes for speech in speeches):
        return None
    return Timed(() if words and long else tuple(_clauses(speeches)), tuple(_cues(pcm, speeches)))


def _pieces(pcm: F32) -> Iterator[F32]:
    """``pcm`` cut where it is calm."""
    at, ratio = 0, TICKS_PER_SECOND // VOICE_RATE
    pieces = cut_at_pauses(resample(pcm, TICKS_PER_SECOND, VOICE_RATE), _PIECE_S)
    for number, piece in enumerate(pieces):
        end = len(pcm) if number == len(pieces) - 1 else at + ratio * len(piece)
        yield pcm[at:end]
        at = end


def _piece(pcm: F32, words: str, reader: Reader, first: int) -> list[Speech]:
    """``words`` as clauses with the number ``first`` and those that follow, one after the other and as long as ``pcm``.
    Those that do not fit have no phonemes."""
    unread = [Speech(TextSpan(0, first, words, words), pcm)]
    try:
        spans = split(words)
    except TextError:
        return unread
    sounds: list[Phoneme] = []
    owners: list[int] = []
    for number, span in enumerate(spans):
        own = [each for utterance in reader.say(span) for each in utterance.phonemes if each.symbol.strip()]
        sounds += own
        owners += [number] * len(own)
    found = reader.align(pcm, sounds) if sounds else None
    if found is None:
        return unread
    made, sure = found
    owner = np.array(owners)
    said = [number for number in range(len(spans)) if number in owners]
    ends = [_between(made, owner, number) for number in said[1:]]
    out = []
    for count, (number, start, end) in enumerate(zip(said, [0, *ends], [*ends, len(pcm)], strict=True)):
        own = [replace(each, start=each.start - start) for each, who in zip(made, owners, strict=True) if who == number]
        fit = sure[owner == number]
        fits = (fit.sum() + _AROUND * sure.mean()) / (len(fit) + _AROUND) >= _FITS
        out.append(Speech(replace(spans[number], index=first + count), pcm[start:end], tuple(own) if fits else ()))
    return out


def _between(made: Sequence[Phoneme], owner: NDArray[np.int64], number: int) -> int:
    """The tick in the middle between the clause ``number`` and the one before."""
    first = int(np.flatnonzero(owner == number)[0])
    return (made[first - 1].start + made[first - 1].ticks + made[first].start) // 2


def _clauses(speeches: Sequence[Speech]) -> Iterator[tuple[float, float, str]]:
    at = 0
    for speech in speeches:
        start, end = at, at + len(speech.pcm)
        if speech.phonemes:
            last = speech.phonemes[-1]
            start, end = at + speech.phonemes[0].start, at + last.start + last.ticks
        if speech.span.text:
            yield start / TICKS_PER_SECOND, end / TICKS_PER_SECOND, speech.span.text
        at += len(speech.pcm)


def _cues(pcm: F32, speeches: Sequence[Speech]) -> list[Cue]:
    """One for each frame of ``pcm``: rest before the first word and after the last, where these are known."""
    shown, before = list(speeches), 0
    if shown[0].phonemes:
        before = max(0, shown[0].phonemes[0].start - _LEAD) // FRAME_TICKS
        begins = before * FRAME_TICKS
        sounds = tuple(replace(each, start=each.start - begins) for each in shown[0].phonemes)
        shown[0] = Speech(shown[0].span, shown[0].pcm[begins:], sounds)
    if shown[-1].phonemes:
        last = shown[-1].phonemes[-1]
        shown[-1] = replace(shown[-1], pcm=shown[-1].pcm[: last.start + last.ticks + _LEAD])
    cues = [silent()] * before + frame_cues(shown)
    if not shown[-1].phonemes:
        cues = cues[: max(frames_said(pcm), before + 1)]
    return cues + [OVER] * (-(-len(pcm) // FRAME_TICKS) - len(cues))
