"""How far lips go with real ones whom the mouth never saw: each person left out of a short training in turn, and judged.

What a training learns by heart says nothing of strangers. So for every person a mouth is trained on all the others, with the
ears as they are, and moves for this person's clips: by what ears hear, and by the words, found in the sound as films do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talking_head.audio.mel import log_mel
from talking_head.audio.pcm import resample
from talking_head.errors import InputError
from talking_head.evaluate.motion.tracks import MAX_LAG, correlation, mean, play_all
from talking_head.evaluate.performance.rows import RATE, follows_loudness
from talking_head.film.words import Reader, read_along
from talking_head.motion.measures import lip_gap
from talking_head.protocols import MotionModel
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.motion.data import speech_activity
from talking_head.train.motion.levels import lengths
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, Cue, Motion

Ways = dict[str, MotionModel]  # what stands behind "ears" and "words" in the table → a model: "" as it serves
Teach = Callable[[str, list[tuple[PreparedClip, str]]], Ways]
Played = dict[int, list[Motion]]  # place of a take → its motions, one a seed
Progress = Callable[[str], None]

_SEEDS = 3  # of pauses and smiles that a take is played with: by chance they change r of a short one by 0.1
_LEAST = 25  # frames well seen that a correlation needs


@dataclass(frozen=True, slots=True)
class Take:
    """A clip beside its sound; ``use`` as :meth:`.heldout.HeldOut.use`; ``lag``: frames that its lips were moved by; ``cues``:
    what is said in each frame, None where that is not known."""

    clip: PreparedClip
    use: str
    lag: float = 0.0
    cues: Sequence[Cue] | None = None


def beside_sound(model: MotionModel, clips: Sequence[tuple[PreparedClip, str]]) -> list[Take]:
    """The clips, those that train with each one's lips moved to where they go best with ``model``'s, by eight frames at most.

    Videos are seldom cut with lips and sound in time (those of public speeches by up to a quarter of a second), and a mouth
    that learns of such learns nothing. One lag serves all that is measured of a clip.
    """
    motions = play_all(model, [clip.pcm for clip, _ in clips])
    out = []
    for (clip, use), motion in zip(clips, motions, strict=True):
        lag = lag_of(lip_gap(motion.offsets), lip_gap(clip.offsets())) if use == "train" else 0.0
        out.append(Take(moved(clip, lag), use, lag))
    return out


def lag_of(made: F32, real: F32) -> float:
    """By how many frames ``real`` f32[T] comes after ``made`` where both go best together, between frames by a parabola; 0 for
    a clip that is too short to tell."""
    if len(made) < 2 * MAX_LAG + _LEAST:
        return 0.0
    found = []
    for lag in range(-MAX_LAG, MAX_LAG + 1):
        count = len(made) - abs(lag)
        found.append(correlation(made[max(0, -lag) :][:count], real[max(0, lag) :][:count]))
    best = int(np.argmax(found))
    if not 0 < best < len(found) - 1:
        return float(best - MAX_LAG)
    before, there, after = found[best - 1 : best + 2]
    bent = before - 2 * there + after
    return round(best - MAX_LAG + (0.5 * (before - after) / bent if bent < -1e-6 else 0.0), 2)


def moved(clip: PreparedClip, lag: float) -> PreparedClip:
    """``clip`` with lips that come ``lag`` frames earlier: whole ones are cut off both ends, the rest the sound comes later."""
    whole = round(lag)
    count = len(clip.points) - abs(whole)
    face, sound = slice(max(0, whole), max(0, whole) + count), slice(max(0, -whole), max(0, -whole) + count)
    pcm = np.roll(clip.pcm, round((lag - whole) * FRAME_TICKS))[sound.start * FRAME_TICKS : sound.stop * FRAME_TICKS]
    return replace(
        clip,
        points=clip.points[face],
        valid=clip.valid[face],
        pose=clip.pose[face],
        mel=clip.mel if lag == 0 else log_mel(pcm),
        pcm=pcm,
        words=tuple((start - sound.start, end - sound.start, word) for start, end, word in clip.words),
    )


def with_words(
    takes: Sequence[Take], reader: Reader, wanted: Sequence[str] = (), progress: Progress = lambda _: None
) -> list[Take]:
    """``takes`` with what is said in each frame, of those that are to be judged, as a film of the sound would know it."""
    out = []
    for take in takes:
        if take.use != "train" or _asked(take.clip, wanted):
            progress(f"words, {take.clip.name}")
            found = read_along(take.clip.pcm, "", reader)
            take = replace(take, cues=None if found is None else found.cues)
        out.append(take)
    return out


def evaluate_lips(
    takes: Sequence[Take],
    teach: Teach,
    *,
    wanted: Sequence[str] = (),
    as_they_are: Ways,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Figures of people left out of ``teach`` (who, clips with their use → models), and of clips that the models
    ``as_they_are`` never saw: those whose use is "known" or "unseen".

    ``wanted``: patterns of the people, or clips, to be judged in turn; all where it is empty. JSON keys: ``left_out``:
    ``people`` {person: {way: {gap width speech shut "gap x loudness"}}, clips seconds lags}, ``mean`` over them, with what
    knowing the words has ``gained``; ``known``, ``unseen``: {way: …, clips, how many of them were understood}.
    Ways: "ears" and "words" of each model, "shuffled …" (by the sound of another clip), "loudness".
    Raises InputError where nobody is left to be judged, or to learn from.
    """
    judged = [take for take in takes if take.use == "train" and _asked(take.clip, wanted)]
    people = sorted({take.clip.person for take in judged})
    held = {use: [take for take in takes if take.use == use] for use in ("known", "unseen")}
    if not people and not any(held.values()):
        raise InputError("No clip here is anybody's who could be left out" + (f": {', '.join(wanted)}." if wanted else "."))
    if people and len({take.clip.person for take in takes if take.use == "train"}) < 2:
        raise InputError("There is one person here; who is left out needs others to learn from.")
    ways: dict[str, Played] = {}
    for person in people:
        progress(f"without {person}")
        uses = [(take.clip, "unseen" if take.clip.person == person else take.use) for take in takes]
        models = teach(person, [(clip, use) for clip, use in uses if use in ("train", "unseen")])
        mine = {place: take for place, take in enumerate(judged) if take.clip.person == person}
        for way, played in _by_ears_and_words(models, mine).items():
            ways.setdefault(way, {}).update(played)
    out: dict[str, Any] = {"left_out": _by_person(judged, ways)} if people else {}
    for use, group in held.items():
        if group:
            progress(f"clips, {use}")
            made = _by_ears_and_words(as_they_are, dict(enumerate(group)))
            out[use] = _means(_figures(group, made)) | {
                "clips": len(group),
                "understood": sum(t.cues is not None for t in group),
            }
    return out


def _asked(clip: PreparedClip, patterns: Sequence[str]) -> bool:
    names = {clip.name, clip.name.rpartition("/")[2], clip.person, clip.person.rpartition("/")[2]}
    return not patterns or any(fnmatch(name, pattern) for name in names for pattern in patterns)


def _by_ears_and_words(models: Ways, takes: dict[int, Take]) -> dict[str, Played]:
    """Every take by what is heard, and those whose words are known by these."""
    told, out = {place: take for place, take in takes.items() if take.cues is not None}, {}
    for kind, model in models.items():
        out[f"ears{kind}"] = _play(model, takes)
        out[f"words{kind}"] = _play(model, told, [take.cues or () for take in told.values()])
    return out


def _play(model: MotionModel, takes: dict[int, Take], cues: Sequence[Sequence[Cue]] | None = None) -> Played:
    sounds = [take.clip.pcm for take in takes.values()]
    motions = play_all(model, sounds * _SEEDS, cues=None if cues is None else list(cues) * _SEEDS)
    return {place: motions[number :: len(takes)] for number, place in enumerate(takes)}


def _figures(takes: Sequence[Take], ways: dict[str, Played]) -> list[dict[str, dict[str, float]]]:
    """Of each take {way: {gap width speech shut "gap x loudness"}}."""
    out = []
    for place, take in enumerate(takes):
        heard = resample(take.clip.pcm, TICKS_PER_SECOND, RATE)
        real = lengths(take.clip.offsets())[:, :2]
        rows: dict[str, dict[str, float]] = {}
        for way, motions in ways.items():
            if place in motions:
                each = [_beside(take.clip, real, heard, motion) for motion in motions[place]]
                rows[way] = {name: float(np.mean([row[name] for row in each])) for name in each[0]}
                if others := [played[0] for other, played in motions.items() if other != place]:
                    rows[f"shuffled {way}"] = {"gap": _by_chance(others, real, take.clip.valid)}
        rows["loudness"] = {"gap": follows_loudness(real[:, 0], heard)}
        out.append(rows)
    return out


def _beside(clip: PreparedClip, real: F32, heard: F32, motion: Motion) -> dict[str, float]:
    """r of opening and width over all frames well seen, of the opening in speech and where silence counts as shut; of our own
    opening with the loudness."""
    made, ramp, seen = lengths(motion.offsets)[:, :2], speech_activity(clip.mel), clip.valid
    said = seen & (ramp > 0.5)
    return {
        "gap": correlation(made[seen, 0], real[seen, 0]),
        "width": correlation(made[seen, 1], real[seen, 1]),
        "speech": correlation(made[said, 0], real[said, 0]) if said.sum() >= _LEAST else float("nan"),
        "shut": correlation(made[seen, 0], (real[:, 0] * ramp)[seen]),
        "gap x loudness": follows_loudness(made[:, 0], heard),
    }


def _by_chance(others: Sequence[Motion], real: F32, valid: NDArray[np.bool_]) -> float:
    """Mean r with the opening that belongs to other sound, however long."""
    found = []
    for motion in others:
        count = min(len(real), len(motion.offsets))
        seen = valid[:count]
        if seen.sum() >= _LEAST:
            found.append(correlation(lengths(motion.offsets[:count])[seen, 0], real[:count][seen, 0]))
    return float(np.mean(found)) if found else 0.0


def _means(rows: Sequence[dict[str, dict[str, float]]]) -> dict[str, Any]:
    ways = {way: list(row[way]) for row in rows for way in row}
    return {
        way: {name: mean([row[way][name] for row in rows if way in row and not np.isnan(row[way][name])]) for name in names}
        for way, names in ways.items()
    }


def _by_person(judged: Sequence[Take], ways: dict[str, Played]) -> dict[str, Any]:
    found = _figures(judged, ways)
    out: dict[str, Any] = {}
    for person in sorted({take.clip.person for take in judged}):
        mine = [place for place, take in enumerate(judged) if take.clip.person == person]
        out[person] = _means([found[place] for place in mine]) | {
            "clips": len(mine),
            "seconds": round(sum(len(judged[place].clip.pcm) for place in mine) / TICKS_PER_SECOND, 1),
            "lags": [judged[place].lag for place in mine],
        }
    figures = [{way: row for way, row in each.items() if isinstance(row, dict)} for each in out.values()]
    everybody = _means(figures)
    if "words" in everybody:
        told = [each for each in figures if "words" in each]
        everybody["gained"] = {name: mean([r["words"][name] - r["ears"][name] for r in told]) for name in ("gap", "width")}
    return {"people": out, "mean": everybody}


def lines(figures: dict[str, Any]) -> list[str]:
    """The table for a person."""
    out = []
    found = figures.get("left_out")
    if found:
        out.append(
            f"{'left out, r with the real take':51s} {'gap':>7s} {'width':>7s} {'speech':>7s} {'shut':>7s} {'x loud':>7s}"
        )
        for person, row in {**found["people"], "mean of people": found["mean"]}.items():
            out += _rows(person.rpartition("/")[2], row)
        if "gained" in found["mean"]:
            gain = found["mean"]["gained"]
            out.append(f"words known: gap {gain['gap']:+.3f}, width {gain['width']:+.3f} against ears alone")
    for use in ("known", "unseen"):
        if use in figures:
            out += _rows(f"{use} people, {figures[use]['clips']} clips", figures[use])
    return out


def _rows(name: str, ways: dict[str, Any]) -> list[str]:
    out = []
    for way, row in ways.items():
        if isinstance(row, dict) and "gap" in row and way != "gained":
            cells = [f"{row[k]:7.3f}" if k in row else " " * 7 for k in ("gap", "width", "speech", "shut", "gap x loudness")]
            out.append(f"{name[:22]:22s} {way:28s} {' '.join(cells)}")
    return out
