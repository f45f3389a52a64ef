"""When each sound of a recording is made whose words are known: forced alignment on what the viseme recogniser hears.

Ears alone take a fifth of an n for a p; with the words there is only one order of sounds left, and the likeliest times for it
are found by dynamic programming (Viterbi, 1967) over half frames. How well they fit says also whether those are the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.motion.visemes import CLOSED, HALF_TICKS, SILENCE, shown
from talking_head.types import F32, Aligned, Phoneme

_FLOOR, _PRIOR = 2e-3, 0.7  # share that every viseme has at least; how far frequent ones count less
_PAUSE = -2.0  # logarithm of the chance that a speaker pauses behind a sound that no comma follows
_LASTS = 25.0  # half frames: a pause
_MET = 2  # half frames that p, b and m last at least
# What is said between two sounds may be none of the text: a recogniser leaves things out. So a pause may hold anything, at the
# cost of this logarithm a half frame, and one of so many half frames in which ears find less silence than this is none.
_ANYTHING, _LONG, _SILENT = np.float32(-2.5), 15, 0.5
_NEVER = np.float32(1e-30)  # the chance of what does not happen


@dataclass(frozen=True, slots=True)
class _Chain:
    """States in the order in which they are gone through; from each one may ``stay`` in it, ``go`` to the next, or ``leap``
    over the next (logarithms of chances). ``viseme`` that each shows, ``sound``: which it belongs to, −1: a pause."""

    viseme: NDArray[np.int64]
    sound: NDArray[np.int64]
    stay: F32
    go: F32
    leap: F32


def align(sounds: Sequence[Phoneme], heard: F32) -> Aligned | None:
    """The same ``sounds`` at the times at which they are made in a recording; where nothing is between two, it pauses.

    ``sounds``: in another speaker's times, of which only how long they last counts. ``heard`` f32[2 T, V]: shares of visemes in
    each half frame of the recording. How well a sound fits is the share that ears gave to what it shows. None where the
    recording is too short for so much.
    """
    chain = _chain(sounds)
    if len(heard) < np.count_nonzero(chain.sound >= 0):
        return None
    likely = np.log((heard + _FLOOR) / (heard.mean(axis=0) + 0.01) ** _PRIOR)
    scores = np.asarray(likely[:, chain.viseme], np.float32)
    scores[:, chain.sound < 0] = np.maximum(scores[:, chain.sound < 0], _ANYTHING)
    path = _likeliest(chain, scores)
    made = chain.sound[path]
    fits = heard[np.arange(len(path)), chain.viseme[path]]
    out, sure = [], np.zeros(len(sounds), np.float32)
    for number, sound in enumerate(sounds):
        at = np.flatnonzero(made == number)
        sure[number] = fits[at].mean()
        out.append(Phoneme(sound.symbol, int(at[0]) * HALF_TICKS, len(at) * HALF_TICKS, sound.emphasis))
    return Aligned(tuple(out), sure, tuple(_unread(made < 0, heard[:, SILENCE])))


def _unread(pause: NDArray[np.bool_], silent: F32) -> Iterator[tuple[int, int]]:
    """(start, end) in ticks of long pauses that are none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], pause, [False]])))
    for start, end in edges.reshape(-1, 2).tolist():
        if end - start >= _LONG and silent[start:end].mean() < _SILENT:
            yield start * HALF_TICKS, end * HALF_TICKS


def _chain(sounds: Sequence[Phoneme]) -> _Chain:
    """A pause may stand before, behind and between all ``sounds``."""
    rows: list[tuple[int, int, float]] = [(SILENCE, -1, _LASTS)]  # viseme, sound, half frames
    for number, sound in enumerate(sounds):
        for viseme, share in shown(sound.symbol):
            count = _MET if viseme == CLOSED else 1
            lasts = max(share * sound.ticks / HALF_TICKS, count + 0.5)
            rows += [(viseme, number, 1.0)] * (count - 1) + [(viseme, number, lasts - count + 1)]
        rows.append((SILENCE, -1, _LASTS))
    shows, owner = (np.array([row[column] for row in rows], np.int64) for column in (0, 1))
    halves = np.array([row[2] for row in rows], np.float32)
    stay = np.where(halves > 1, np.log(np.maximum(1 - 1 / halves, _NEVER)), np.log(_NEVER)).astype(np.float32)
    go = -np.log(halves)
    into = np.append(owner[1:] < 0, False)
    return _Chain(shows, owner, stay, np.where(into, go + np.float32(_PAUSE), go), np.where(into, go, np.log(_NEVER)))


def _likeliest(chain: _Chain, scores: F32) -> NDArray[np.int64]:
    """The best way i64[2 T] through all states; ``scores`` f32[2 T, states]. It begins and ends in the first and last pause or
    beside them."""
    count = len(chain.viseme)
    best = np.full(count, -np.inf, np.float32)
    best[:2] = scores[0, :2]
    came = np.zeros(scores.shape, np.int8)  # by how many states further back
    ways = np.full((3, count), -np.inf, np.float32)
    for half in range(1, len(scores)):
        ways[0] = best + chain.stay
        ways[1, 1:] = best[:-1] + chain.go[:-1]
        ways[2, 2:] = best[:-2] + chain.leap[:-2]
        came[half] = ways.argmax(axis=0)
        best = ways.max(axis=0) + scores[half]
    at = count - 1 if best[-1] > best[-2] else count - 2
    path = np.empty(len(scores), np.int64)
    for half in range(len(scores) - 1, -1, -1):
        path[half] = at
        at -= int(came[half, at])
    return path
