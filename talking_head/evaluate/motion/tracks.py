"""Predicted faces against the faces of real takes: how the lips go together.

Every clip is played, frame by frame, through the model exactly as serving would, and worn by that clip's own neutral face and
head pose, so that distances are in the video's own pixels (landmarks: MediaPipe face mesh).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from talking_head.audio.ending import frames_said
from talking_head.face.landmarks.ibug import MOUTH, to_ibug
from talking_head.face.space import to_image
from talking_head.loop.cues import OVER
from talking_head.motion.measures import lip_gap
from talking_head.protocols import MotionModel
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.motion.data import speech_activity
from talking_head.types import F32, FRAME_TICKS, Cue, Motion

MAX_LAG = 8  # frames
MEET = 0.012  # lip gap in eye distances below which lips meet


@dataclass(frozen=True, slots=True)
class Track:
    """One clip under one way of moving: ``gap`` and ``real`` f32[T] lip gaps, ``said`` bool[T]; ``lmd`` mean mouth
    landmark distance in pixels after both mouths are centred."""

    name: str
    gap: F32
    real: F32
    said: F32
    lmd: float


def play(model: MotionModel, pcm: F32, *, seed: int = 0) -> Motion:
    """``pcm`` f32[T * 1920] through a fresh stream → T frames of motion, the look-ahead taken out again."""
    return play_all(model, [pcm], seeds=[seed])[0]


def play_all(
    model: MotionModel,
    sounds: Sequence[F32],
    *,
    seeds: Sequence[int] | None = None,
    cues: Sequence[Sequence[Cue]] | None = None,
) -> list[Motion]:
    """As :func:`play` for several sounds at once, in batches of up to 32 streams; seeds default to 0, 1, 2 …

    As in a film of a recording, a face knows from its last word on that nothing more will be said. ``cues``: what is said in
    each frame of each sound, where that is known.
    """
    seeds = range(len(sounds)) if seeds is None else seeds
    ahead, out = model.lookahead, []
    for first in range(0, len(sounds), 32):
        group = sounds[first : first + 32]
        frames = [len(pcm) // FRAME_TICKS for pcm in group]
        lines = np.zeros((len(group), max(frames) + ahead, FRAME_TICKS), np.float32)
        for line, pcm, count in zip(lines, group, frames, strict=True):
            line[:count] = pcm[: count * FRAME_TICKS].reshape(count, FRAME_TICKS)
            # A sound that simply stops would be a click: what follows is the clip's own quiet end, not zeros.
            line[count : count + ahead] = np.resize(line[max(0, count - 2) : count], (ahead, FRAME_TICKS))
        states: list[Any] = [model.open(seed=seed) for seed in seeds[first : first + 32]]
        said = [frames_said(pcm) for pcm in group]
        told = cues[first : first + 32] if cues is not None else [[None] * end for end in said]
        steps = [
            model.step(states, np.ascontiguousarray(lines[:, t]), [row[t] if t < len(row) else OVER for row in told])
            for t in range(lines.shape[1])
        ]
        offsets = np.stack([s.offsets for s in steps], axis=1)
        pose = np.stack([s.pose for s in steps], axis=1)
        out += [Motion(offsets[i, ahead : ahead + n], pose[i, ahead : ahead + n]) for i, n in enumerate(frames)]
    return out


def track(clip: PreparedClip, offsets: F32) -> Track:
    """Compare ``offsets`` f32[T, 478, 3] with what the person in ``clip`` did."""
    real = clip.offsets()
    seen = clip.valid
    said = (speech_activity(clip.mel) > 0.5) & seen
    return Track(clip.name, lip_gap(offsets), lip_gap(real), said.astype(np.float32), mouth_distance(clip, offsets))


def mouth_distance(clip: PreparedClip, offsets: F32) -> float:
    """Mean distance of the 20 mouth points of iBUG-68 in pixels, both sets centred (LMD), over all frames well seen."""
    out = []
    for frame, pose in enumerate(clip.poses()):
        if not clip.valid[frame]:
            continue
        ours = to_ibug(to_image(clip.neutral + offsets[frame], pose))[MOUTH, :2]
        theirs = to_ibug(clip.points[frame])[MOUTH, :2]
        out.append(np.linalg.norm((ours - ours.mean(0)) - (theirs - theirs.mean(0)), axis=1).mean())
    return float(np.mean(out))


def correlation(a: F32, b: F32) -> float:
    """Pearson's r; 0 when one of both does not move."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 1e-9 else 0.0


def best_lag(tracks: Sequence[Track]) -> int:
    """Frames by which the real lips trail ours (positive: we are early) where the mean correlation over all clips is best."""
    scores = []
    for lag in range(-MAX_LAG, MAX_LAG + 1):
        rows = []
        for t in tracks:
            n = len(t.gap) - abs(lag)
            if n < 25:
                continue
            ours = t.gap[max(0, -lag) :][:n]
            rows.append(correlation(ours, t.real[max(0, lag) :][:n]))
        scores.append(np.mean(rows) if rows else -1.0)
    return int(np.argmax(np.array(scores))) - MAX_LAG


def summarise(tracks: Sequence[Track]) -> dict[str, float]:
    """Means over clips: ``aperture_corr`` over all frames, ``aperture_corr_speech`` while there is speech,
    ``lag_frames``, ``lmd_px``, ``articulation`` (spread of our lip gap over the real one's, while there is speech)."""
    if not tracks:
        return {}
    speech, spread = [], []
    for t in tracks:
        said = t.said > 0.5
        if said.sum() >= 10:
            speech.append(correlation(t.gap[said], t.real[said]))
            spread.append(float(t.gap[said].std() / max(t.real[said].std(), 1e-6)))
    return {
        "clips": len(tracks),
        "aperture_corr": mean([correlation(t.gap, t.real) for t in tracks]),
        "aperture_corr_speech": mean(speech),
        "lag_frames": best_lag(tracks),
        "lmd_px": mean([t.lmd for t in tracks]),
        "articulation": mean(spread),
    }


def word_closures(clips: Sequence[PreparedClip], tracks: Sequence[Track]) -> tuple[float, int]:
    """Share of the words beginning with b, p or m at whose beginning the lips meet, and how many such words there are; of the
    clips whose words are known. Timings of words are a frame or two off, so three frames on both sides count."""
    hits = []
    for clip, line in zip(clips, tracks, strict=True):
        for start, _, word in clip.words:
            if word[:1] in "bpm" and word not in ("sp", "sil"):
                first = round(start)
                hits.append(bool(line.gap[max(0, first - 3) : first + 4].min() <= MEET))
    return mean(hits), len(hits)


def of_another(motions: Sequence[Motion]) -> list[Motion]:
    """Each with the movement of its neighbour, cut or repeated to its own length."""
    out = []
    for index, motion in enumerate(motions):
        other = motions[(index + 1) % len(motions)]
        frames = np.arange(len(motion.offsets)) % len(other.offsets)
        out.append(Motion(other.offsets[frames], other.pose[frames]))
    return out


def still(motions: Sequence[Motion]) -> list[Motion]:
    """Each with a face that does not move."""
    return [Motion(np.zeros_like(motion.offsets), np.zeros_like(motion.pose)) for motion in motions]


def mean(values: Sequence[float]) -> float:
    """To four places; 0 of nothing."""
    return round(float(np.mean(values)), 4) if len(values) else 0.0


def compare(
    clips: Sequence[PreparedClip], ways: dict[str, MotionModel], tick: Callable[[], None] = lambda: None
) -> dict[str, list[Track]]:
    """Tracks of every clip under each model of ``ways``, and under: "real" (the take itself), "frozen" (a mouth that
    stays shut), "shuffled" (the first model hearing another clip, where there is one)."""
    sounds = [clip.pcm for clip in clips]
    others = [
        np.resize(clips[(i + 1 + len(clips) // 3) % len(clips)].pcm, len(s)).astype(np.float32) for i, s in enumerate(sounds)
    ]
    first = next(iter(ways.values()))
    runs = {name: (model, sounds) for name, model in ways.items()}
    if len(clips) > 1:
        runs["shuffled"] = (first, others)
    out: dict[str, list[Track]] = {}
    for name, (model, heard) in runs.items():
        motions = play_all(model, heard)
        out[name] = [track(clip, motion.offsets) for clip, motion in zip(clips, motions, strict=True)]
        tick()
    out["frozen"] = [track(clip, np.zeros_like(clip.points)) for clip in clips]
    out["real"] = [track(clip, clip.offsets()) for clip in clips]
    return out
