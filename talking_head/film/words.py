"""The words of a recording, each sound of them at the time at which it is made, as far as anybody can tell.

What ears alone take for the sounds of a stranger moves lips less surely than phonemes do (`docs/QUALITY.md`). A film knows all
of its sound before the first picture: its words are recognised (or given), a voice that tells its phonemes says how they
sound, and the motion model finds when each is made. A clause that does not fit what is heard is left to the ears.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from talking_head.audio.ending import frames_said
from talking_head.audio.pcm import resample
from talking_head.errors import TextError
from talking_head.listen.pauses import cut_at_pauses
from talking_head.loop.cues import OVER, frame_cues, silent
from talking_head.text.clauses import split
from talking_head.types import (
    F32,
    FRAME_TICKS,
    TICKS_PER_SECOND,
    VOICE_RATE,
    Aligned,
    Cue,
    Phoneme,
    Speech,
    TextSpan,
    Transcript,
    Utterance,
)

_PIECE_S = 12.0  # of what is recognised at once; of longer ones small recognisers forget the end
_LONGEST_S = 180.0  # that given words are looked for in at once: time and memory grow with the square
# Share that ears give to what the sounds of a clause show, in the mean over them and some of those around it. 64 clauses of 15
# speakers had 0.25 and more, a twentieth less than 0.27; 280 clauses of other texts 0.26 in one of fifty.
_FITS, _AROUND = 0.26, 8
# Mean log-probability of a token: 34 pieces of English by 20 speakers had -0.47 and more but for one that nobody understands,
# twelve of Mandarin heard as English -0.74 and less.
_BELIEVED = -0.6
_LEAD = TICKS_PER_SECOND // 10  # before the first sound and behind the last that belong to them


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads along: ``recognize`` hears words in sound at 48 kHz, ``say`` voices a clause with its phonemes, ``align`` is
    that of :class:`talking_head.protocols.Aligns`."""

    recognize: Callable[[F32], Transcript]
    say: Callable[[TextSpan], Iterable[Utterance]]
    align: Callable[[F32, Sequence[Phoneme]], Aligned | None]


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
        speeches += _piece(piece, whole or _heard(piece, reader), reader, speeches[-1].span.index + 1 if speeches else 0)
    if not any(each.symbol.strip() for speech in speeches for each in speech.phonemes):
        return None
    return Timed(() if words and long else tuple(_clauses(speeches)), tuple(_cues(pcm, speeches)))


def _heard(pcm: F32, reader: Reader) -> str:
    """Words that are surely said; another language is heard as doubtful English."""
    heard = reader.recognize(pcm)
    return heard.text.strip() if heard.confidence >= _BELIEVED else ""


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
    unknown = [Speech(TextSpan(0, first, words, words), pcm)]
    try:
        spans = split(words)
    except TextError:
        return unknown
    sounds: list[Phoneme] = []
    owners: list[int] = []
    for number, span in enumerate(spans):
        own = [each for utterance in reader.say(span) for each in utterance.phonemes if each.symbol.strip()]
        sounds += own
        owners += [number] * len(own)
    found = reader.align(pcm, sounds) if sounds else None
    if found is None:
        return unknown
    owner = np.array(owners)
    said = [number for number in range(len(spans)) if number in owners]
    ends = [_between(found.sounds, owner, number) for number in said[1:]]
    out: list[Speech] = []
    for number, start, end in zip(said, [0, *ends], [*ends, len(pcm)], strict=True):
        own = [each for each, who in zip(found.sounds, owners, strict=True) if who == number]
        fit = found.fits[owner == number]
        fits = (fit.sum() + _AROUND * found.fits.mean()) / (len(fit) + _AROUND) >= _FITS
        unread = [(max(a, start), min(b, end)) for a, b in found.unread if a < end and start < b] if fits else [(start, end)]
        out += _cut(pcm, replace(spans[number], index=first + number), own, (start, end), unread)
    return out


def _cut(
    pcm: F32, span: TextSpan, sounds: Sequence[Phoneme], part: tuple[int, int], unread: Sequence[tuple[int, int]]
) -> Iterator[Speech]:
    """The clause ``span`` from tick to tick of ``part``, with its ``sounds`` but for the stretches that are ``unread``."""
    at, end = part
    for start, until in [*unread, (end, end)]:
        if start > at:
            own = tuple(replace(each, start=each.start - at) for each in sounds if at <= each.start < start)
            yield Speech(span, pcm[at:start], own or (Phoneme(" ", 0, start - at),))
        if until > start:
            yield Speech(span, pcm[start:until])
        at = until


def _between(made: Sequence[Phoneme], owner: NDArray[np.int64], number: int) -> int:
    """The tick in the middle between the clause ``number`` and the one before."""
    first = int(np.flatnonzero(owner == number)[0])
    return (made[first - 1].start + made[first - 1].ticks + made[first].start) // 2


def _clauses(speeches: Sequence[Speech]) -> Iterator[tuple[float, float, str]]:
    """(start, end, text) of each clause, from its first sound to its last where these are known."""
    at = 0
    for _, parts in groupby(speeches, key=lambda speech: speech.span.index):
        edges = []
        for part in parts:
            known = [each for each in part.phonemes if each.symbol.strip()]
            spoken = known or ([] if part.phonemes else [Phoneme("", 0, len(part.pcm))])
            edges += [at + tick for each in spoken for tick in (each.start, each.start + each.ticks)]
            at += len(part.pcm)
        if edges and part.span.text:
            yield min(edges) / TICKS_PER_SECOND, max(edges) / TICKS_PER_SECOND, part.span.text


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
