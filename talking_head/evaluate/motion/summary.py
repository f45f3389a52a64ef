"""``talking-head evaluate motion``: one table, one set of plots, one JSON object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from talking_head.errors import InputError
from talking_head.evaluate.motion import life, phonemes
from talking_head.evaluate.motion.sway import sway_figures
from talking_head.evaluate.motion.tracks import Track, compare, of_another, play_all, still, summarise, word_closures
from talking_head.evaluate.performance.judge import judge_model
from talking_head.evaluate.performance.rows import BANDS
from talking_head.protocols import MotionModel
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut
from talking_head.types import F32

Progress = Callable[[str], None]

_STREAMS = 64  # that a step is timed for besides one


def clips_of(folders: Sequence[Path], held: HeldOut, *, limit: int | None = None) -> dict[str, list[PreparedClip]]:
    """Prepared clips that no training saw, by use: "known" people or "unseen" ones. Raises InputError when there is none."""
    out: dict[str, list[PreparedClip]] = {"known": [], "unseen": []}
    for folder in folders:
        for path in sorted(folder.rglob("*.safetensors")):
            use = held.test_use("/".join([folder.name, path.stem]) if path.parent == folder else path.stem)
            if use in ("train", "none"):  # by file name, before reading: most of a training set is not for testing
                continue
            clip = clipfile.load(path)
            use = held.test_use(clip.name)
            if use in out and (limit is None or len(out[use]) < limit):
                out[use].append(clip)
    if not any(out.values()):
        names = ", ".join(str(folder) for folder in folders)
        raise InputError(f"{names}: no clip there is held out from training (see talking_head/train/heldout.toml).")
    return out


def evaluate(
    clips: dict[str, list[PreparedClip]],
    ways: dict[str, MotionModel],
    *,
    sentences: Sequence[phonemes.Spoken] = (),
    weights: Path | None = None,
    held: HeldOut | None = None,
    progress: Progress = lambda _: None,
) -> tuple[dict[str, Any], dict[str, dict[str, list[Track]]]]:
    """Every figure of every model in ``ways`` (the first is the one judged) and the tracks behind them.

    JSON keys: ``known``, ``unseen``: the first model's {aperture_corr aperture_corr_speech lag_frames lmd_px articulation}
    (empty without such clips); ``silence_moving``; ``pbm_closed``; ``table``: the same for every way, real take, frozen mouth
    and shuffled audio included; ``words``, ``silence``, ``phonemes``, ``life``: the other figures of every way;
    ``judge``: the first model's rows beside lively speakers, and which lie outside; ``step_ms``, ``steps_ms``: see
    :func:`.life.step_ms`, of one stream and of 64 together; ``sway``: see :func:`.sway.sway_figures`, of the folder
    ``weights`` (with it only).
    """
    tracks: dict[str, dict[str, list[Track]]] = {}
    table: dict[str, dict[str, dict[str, float]]] = {}
    for use, group in clips.items():
        if not group:
            continue
        tracks[use] = compare(group, ways, lambda use=use: progress(f"clips, {use}"))  # type: ignore[misc]
        table[use] = {name: summarise(rows) for name, rows in tracks[use].items()}
    name, model = next(iter(ways.items()))
    out: dict[str, Any] = {"model": name, **{use: table.get(use, {}).get(name, {}) for use in clips}, "table": table}
    everybody = [clip for group in clips.values() for clip in group]
    out["words"] = {}
    for way in (way for way in next(iter(tracks.values())) if all(way in rows for rows in tracks.values())):
        share, count = word_closures(everybody, [line for use in tracks for line in tracks[use][way]])
        if count:
            out["words"][way] = {"closed": share, "words": count}
    progress("silence")
    silence: dict[str, dict[str, float]] = {way: life.silence_moving(other) for way, other in ways.items()}
    out["silence_moving"] = silence[name]["all"]
    out["silence"] = {**silence, "real": {"between sentences": life.pauses_moving(everybody)}}
    if sentences:
        said = {}
        for way, other in ways.items():
            progress(f"phonemes, {way}")
            said[way] = play_all(other, [s.pcm for s in sentences])
        said |= {"shuffled": of_another(said[name])} if len(sentences) > 1 else {}
        said["frozen"] = still(said[name])
        out["phonemes"] = {way: phonemes.phoneme_figures(motions, sentences) for way, motions in said.items()}
        out["pbm_closed"] = out["phonemes"][name]["pbm_closed"]
    heads = everybody[:: max(1, len(everybody) // 40)]
    out["life"] = {}
    for way, other in ways.items():
        progress(f"life, {way}")
        seam = life.seam(other, [s.pcm for s in sentences[:6]]) if sentences else {}
        out["life"][way] = {**life.blinks(other, _silence(60)), **life.head_motion(other, heads), **seam}
    progress("beside lively speakers")
    out["judge"] = judge_model(model, [clip.pcm for clip in everybody])
    if weights is not None and held is not None:
        progress("sway")
        out["sway"] = sway_figures(weights, everybody, held)
    out["life"]["real"] = life.real_blinks(everybody)
    out["step_ms"] = {way: life.step_ms(other) for way, other in ways.items()}
    out["steps_ms"] = {way: life.step_ms(other, batch=_STREAMS, steps=100) for way, other in ways.items()}
    out["lookahead_ms"] = model.lookahead * 40
    return out, tracks


def lines(figures: dict[str, Any]) -> list[str]:
    """The table for a person."""
    out = []
    for use, rows in figures["table"].items():
        clips = int(next(iter(rows.values()))["clips"])
        out.append(f"{use} people, clips: {clips}   r all   r speech   lag   LMD px   articulation")
        for way, row in rows.items():
            out.append(
                f"  {way:22s} {row['aperture_corr']:8.3f} {row['aperture_corr_speech']:9.3f} {row['lag_frames']:6d} "
                f"{row['lmd_px']:8.2f} {row['articulation']:10.2f}"
            )
    for way, row in figures["words"].items():
        out.append(
            f"{way}: lips meet at {100 * row['closed']:.0f} % of {row['words']} words of the clips that begin with b, p or m"
        )
    for way, row in figures["silence"].items():
        out.append(f"moving in silence, {way}: " + ", ".join(f"{kind} {100 * share:.1f} %" for kind, share in row.items()))
    for way, row in figures.get("phonemes", {}).items():
        out.append(
            f"{row['sentences']:.0f} sentences, {way}: lips meet at {100 * row['pbm_closed']:.1f} % of {row['pbm']:.0f} p/b/m, "
            f"open at {100 * row['vowels_open']:.1f} % of {row['open_vowels']:.0f} stressed open vowels, "
            f"rounded {100 * row['round_narrow']:.1f} %, f/v {100 * row['fv_lip_up']:.1f} %; "
            f"mean gap {row['gap_at_pbm']:.3f} against {row['gap_at_vowels']:.3f}"
        )
    for way, row in figures["life"].items():
        parts = [f"{row['blinks_per_min']} blinks a minute of {row['blink_ms']:.0f} ms"]
        if "head_spectrum_corr" in row:
            parts.append(f"head speed spectrum r {row['head_spectrum_corr']}, energy ratio {row['head_speed_ratio']}")
        if "seam_px" in row:
            parts.append(f"largest step where idle meets speech {row['seam_px']} px at 512² (elsewhere {row['usual_px']} px)")
        out.append(f"{way}: " + "; ".join(parts))
    faults = figures["judge"]["outside"]
    out.append(
        f"beside lively speakers: {len(faults)} of {len(BANDS) - 1} rows outside"
        + "".join(f"; {row} {figures['judge'][row]:g} ({BANDS[row].fault})" for row in faults)
    )
    for use, row in figures.get("sway", {}).items():
        out.append(
            f"sway, {use} people: {100 * row['places']:.0f} % of the places and {100 * row['speeds']:.0f} % of the speeds come "
            f"back, {row['kl']:.2f} nats a knot ({row['kl deaf']:.2f} deaf), {row['active']:.0f} numbers of z in use"
        )
    for kind, what in (("step_ms", "a step"), ("steps_ms", f"a step of {_STREAMS} streams")):
        for way, ms in figures[kind].items():
            out.append(f"{what}, {way}: {ms['p50']} ms (p95 {ms['p95']}, processor {ms['cpu']}, at best {ms['cpu_best']})")
    return out


def _silence(seconds: int) -> F32:
    import numpy as np

    return np.zeros(seconds * 48_000, np.float32)
