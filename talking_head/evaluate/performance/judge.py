"""A model, or films, beside lively speakers: rows, what lies outside, and whether anybody could tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from talking_head.evaluate.motion.life import pixels
from talking_head.evaluate.motion.tracks import play_all
from talking_head.evaluate.performance.films import Watched
from talking_head.evaluate.performance.rows import BANDS, RATE, follow, outside, rows
from talking_head.evaluate.performance.two_sample import Sample, separability, windows
from talking_head.protocols import MotionModel
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND

_SECONDS = 30  # of sound that a model is judged on
_PAUSE = np.zeros(10 * FRAME_TICKS, np.float32)
_PIECES = 4  # that one real speaker is cut into, to be told from the others
_SHUFFLES = 5  # of who is left out together: one alone says 0.84 or 0.88 of the same six films


def judge_model(model: MotionModel, sounds: Sequence[F32], *, seeds: Sequence[int] = (1, 2, 3)) -> dict[str, Any]:
    """Rows of ``model``'s own motion for ``sounds`` (mono at 48 kHz, joined to half a minute): the median over ``seeds``.

    {row: value, "outside": [row, …]}. There is no picture in it, so nothing is said of shoulders.
    """
    joined = np.concatenate([np.concatenate([sound, _PAUSE]) for sound in sounds])[: _SECONDS * TICKS_PER_SECOND]
    step = TICKS_PER_SECOND // RATE
    heard = joined[: len(joined) // step * step].reshape(-1, step).mean(1).astype(np.float32)
    motions = play_all(model, [joined] * len(seeds), seeds=seeds)
    found = [rows(follow(pixels(motion)), heard) for motion in motions]
    figures = {row: round(float(np.median([f[row] for f in found])), 3) for row in BANDS if row in found[0]}
    return {**figures, "outside": outside(figures)}


def judge_films(films: dict[str, Watched], real: Sequence[Watched] = ()) -> dict[str, Any]:
    """{"films": {name: {row: value, "outside": […]}}, "worst": most rows outside} and, beside ``real`` people, "two_sample":
    areas under the curve, see :func:`tell_apart`."""
    out: dict[str, Any] = {"films": {}}
    for name, film in films.items():
        figures = rows(film.track, film.pcm, film.shoulders)
        out["films"][name] = {**figures, "outside": outside(figures)}
    out["worst"] = max((len(f["outside"]) for f in out["films"].values()), default=0)
    if real and len(films) >= 3:
        out["two_sample"] = tell_apart(list(films.values()), real)
    return out


def tell_apart(ours: Sequence[Watched], real: Sequence[Watched]) -> dict[str, float]:
    """How well a classifier tells ``ours`` from ``real``, 0.5 to 1: "all"; "turning" without the head's shift, which is held
    below three pixels a frame; "face" without the mouth besides. And how well it tells one real person, cut in pieces, from
    the others: the mean over all with enough footage, "one real, all" and "one real, turning"."""
    kinds = {"all": (), "turning": ("right", "down"), "face": ("right", "down", "gap", "width")}
    out = {}
    for kind, without in kinds.items():
        persons = _by_person(real, without)
        own = [Sample(f"{n}", windows(film.track, without=without)) for n, film in enumerate(ours)]
        out[kind] = _apart(persons, own)
        known = [person for person in persons if len(person.windows) >= 3 * _PIECES]
        if kind != "face" and len(persons) > 3 and known:
            out[f"one real, {kind}"] = round(float(np.mean([_from_others(person, persons) for person in known])), 3)
    return out


def _from_others(person: Sample, everybody: Sequence[Sample]) -> float:
    pieces = [Sample(f"{n}", part) for n, part in enumerate(np.array_split(person.windows, _PIECES))]
    return _apart([other for other in everybody if other is not person], pieces)


def _apart(real: Sequence[Sample], ours: Sequence[Sample]) -> float:
    """:func:`separability`, the mean over several ways of leaving people out."""
    return round(float(np.mean([separability(real, ours, seed=seed) for seed in range(_SHUFFLES)])), 3)


def _by_person(real: Sequence[Watched], without: Sequence[str]) -> list[Sample]:
    names = sorted({watched.person for watched in real})
    return [
        Sample(name, np.concatenate([windows(w.track, without=without) for w in real if w.person == name])) for name in names
    ]


def table(found: dict[str, Any]) -> list[str]:
    """What :func:`judge_films` found, for a person."""
    names = list(found["films"])
    out = [f"{'':20s} {'lively people':>14s} " + " ".join(f"{name[:12]:>13s}" for name in names)]
    for row, band in BANDS.items():
        values = [found["films"][name].get(row) for name in names]
        cells = [
            f"{value:11.2f} {'!' if row in found['films'][name]['outside'] else ' '}" if value is not None else f"{'':13s}"
            for name, value in zip(names, values, strict=True)
        ]
        real = f"{band.low:g} to {band.high:g}"
        wrong = any(row in found["films"][name]["outside"] for name in names)
        out.append(f"{row:20s} {real:>14s} " + " ".join(cells) + (f"  {band.fault}" if wrong else ""))
    for name in names:
        rows_out = found["films"][name]["outside"]
        out.append(f"{name}: {len(rows_out)} of {len(BANDS)} rows outside" + (f": {', '.join(rows_out)}" if rows_out else ""))
    for kind, area in found.get("two_sample", {}).items():
        out.append(f"told apart, {kind}: {area:.2f} (0.5: nobody could, 1: always)")
    return out
