"""What a face does without, before and after speech: still lips, blinks, a head that moves like a head, no seam, in time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talking_head.evaluate.motion.tracks import play, play_all
from talking_head.face.space import Pose, moved, template, to_image
from talking_head.motion.measures import eye_gap, lip_gap
from talking_head.protocols import MotionModel
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.motion.augment import QUIET_KINDS, quiet_sound
from talking_head.train.motion.data import relative_pose, speech_activity
from talking_head.types import F32, FPS, FRAME_TICKS, Motion

MOVING = 0.004  # change of the lip gap from one frame to the next (0.6 px at 512²) that counts as moving
OPEN = 0.012  # lip gap that counts as not shut
EYES_PX = 150.0  # distance of the outer eye corners in a 512² portrait


def silence_moving(model: MotionModel, *, clips: int = 10, seconds: float = 5.0, seed: int = 17) -> dict[str, float]:
    """Share of frames in which the mouth moves or is open although nobody speaks: by kind of sound, and "all"."""
    rng = np.random.default_rng(seed)
    out: dict[str, float] = {}
    for kind in QUIET_KINDS:
        sounds = [quiet_sound(kind, seconds, rng) for _ in range(clips)]
        out[kind] = round(float(np.mean([moving(lip_gap(m.offsets)).mean() for m in play_all(model, sounds)])), 4)
    return {**out, "all": round(float(np.mean(list(out.values()))), 4)}


def moving(gap: F32) -> NDArray[np.bool_]:
    """Where lips of ``gap`` f32[T] move or are open, bool[T − 1]."""
    return np.asarray((np.abs(np.diff(gap)) > MOVING) | (np.abs(gap[1:]) > OPEN))


def pauses_moving(clips: Sequence[PreparedClip]) -> float:
    """As :func:`silence_moving`, of the people in ``clips`` themselves, in the frames in which they do not speak."""
    quiet = []
    for clip in clips:
        still = (speech_activity(clip.mel) == 0) & clip.valid
        quiet.append(moving(lip_gap(clip.offsets()))[still[1:] & still[:-1]])
    frames = np.concatenate(quiet)
    return round(float(frames.mean()), 4) if len(frames) else 0.0


def blinks(model: MotionModel, pcm: F32, *, seeds: Sequence[int] = (1, 2, 3)) -> dict[str, float]:
    """Blinks a minute and their length (lids more than a third down) in ms, over ``seeds``, for the sound ``pcm``."""
    return _blinks([-eye_gap(m.offsets) / eye_gap(template()) for m in play_all(model, [pcm] * len(seeds), seeds=seeds)])


def real_blinks(clips: Sequence[PreparedClip]) -> dict[str, float]:
    """As :func:`blinks`, of the people in ``clips``."""
    return _blinks([-eye_gap(clip.offsets()) / eye_gap(clip.neutral) for clip in clips])


def _blinks(lids: Sequence[F32]) -> dict[str, float]:
    count, lengths, frames = 0, [], 0
    for line in lids:
        down = np.diff((line > 0.35).astype(int), prepend=0, append=0)
        starts, ends = np.flatnonzero(down == 1), np.flatnonzero(down == -1)
        count, frames = count + len(starts), frames + len(line)
        lengths += list((ends - starts) * 1000 / FPS)
    return {"blinks_per_min": round(count / frames * FPS * 60, 1), "blink_ms": round(float(np.mean(lengths or [0.0])), 0)}


def speed_spectrum(pose: F32) -> tuple[F32, F32]:
    """Frequencies and mean amplitude spectrum of the head's speed, f32[n]; ``pose`` f32[T, 6] (rotation counts alike)."""
    speed = np.diff(pose, axis=0) * FPS
    size = 64
    windows = [speed[i : i + size] for i in range(0, len(speed) - size + 1, size // 2)]
    window = np.hanning(size)[:, None]
    spectra = [np.abs(np.fft.rfft((w - w.mean(0)) * window, axis=0)).mean(1) for w in windows]
    return np.fft.rfftfreq(size, 1 / FPS).astype(np.float32), np.mean(spectra, axis=0).astype(np.float32)


def head_motion(model: MotionModel, clips: Sequence[PreparedClip]) -> dict[str, Any]:
    """Speed spectra of the clips' heads and of the model's for the same sounds, and the correlation of their logarithms
    up to 5 Hz."""
    ours, theirs = [], []
    frequency = np.zeros(0, np.float32)
    clips = [clip for clip in clips if len(clip.points) >= 70]
    for clip, motion in zip(clips, play_all(model, [clip.pcm for clip in clips]), strict=True):
        frequency, spectrum = speed_spectrum(motion.pose)
        ours.append(spectrum)
        theirs.append(speed_spectrum(relative_pose(clip))[1])
    if not ours:
        return {}
    mine, real = np.mean(ours, axis=0), np.median(theirs, axis=0)
    low = (frequency > 0) & (frequency <= 5)
    match = float(np.corrcoef(np.log(mine[low]), np.log(real[low]))[0, 1])
    ratio = float(mine[low].sum() / real[low].sum())
    return {
        "head_spectrum_corr": round(match, 3),
        "head_speed_ratio": round(ratio, 3),
        "spectrum": {"hz": frequency.tolist(), "model": mine.tolist(), "clips": real.tolist()},
    }


def seam(model: MotionModel, speech: Sequence[F32], *, seed: int = 3) -> dict[str, float]:
    """Jumps where idle meets speech, in pixels at 512²: the largest step of any landmark outside mouth and lids in the second
    around each beginning and end of speech (``seam_px``), beside the same figure far from any (``usual_px``); and of the
    lips in the half second of silence after a sentence has faded (``lips_after_px``)."""
    pieces: list[F32] = [np.zeros(3 * FPS * FRAME_TICKS, np.float32)]
    edges = []
    for pcm in speech:
        start = sum(len(p) for p in pieces) // FRAME_TICKS
        pieces += [pcm[: len(pcm) // FRAME_TICKS * FRAME_TICKS], np.zeros(3 * FPS * FRAME_TICKS, np.float32)]
        edges += [start, start + len(pcm) // FRAME_TICKS]
    points = pixels(play(model, np.concatenate(pieces), seed=seed))
    face = template()
    skin = (face[:, 1] > 0.1) & (face[:, 1] < 0.45) | (face[:, 1] < -0.25)  # cheeks, nose, forehead: no lids, no lips
    step = np.linalg.norm(np.diff(points[..., :2], axis=0), axis=-1)
    near = np.zeros(len(step), bool)
    for edge in edges:
        near[max(0, edge - 12) : edge + 13] = True
    ends = [edge for edge in edges[1::2] if edge + 35 < len(step)]
    lips = [13, 14, 0, 17, 61, 291]
    relative = points - points[:, [168]]  # lips against the bridge of the nose: the head may go on moving
    lip_step = np.linalg.norm(np.diff(relative[:, lips, :2], axis=0), axis=-1)
    after = [lip_step[edge + 20 : edge + 33].max() for edge in ends]
    return {
        "seam_px": round(float(step[near][:, skin].max()), 2),
        "usual_px": round(float(step[~near][:, skin].max()), 2),
        "lips_after_px": round(float(max(after, default=0.0)), 2),
    }


def pixels(motion: Motion) -> F32:
    """The template face wearing ``motion`` in a 512² picture, f32[T, 478, 3]."""
    frontal = Pose(np.eye(3), EYES_PX, np.array([256.0, 230.0, 0.0]))
    faces = template() + motion.offsets
    return np.stack([to_image(face, moved(frontal, delta)) for face, delta in zip(faces, motion.pose, strict=True)])


def step_ms(model: MotionModel, *, batch: int = 1, steps: int = 200) -> dict[str, float]:
    """Time of a step in ms for ``batch`` streams of noise: wall clock ``p50`` and ``p95``; processor ``cpu`` (median) and
    ``cpu_best`` (smallest: what a core that nobody else uses would take)."""
    rng = np.random.default_rng(0)
    states = [model.open(seed=i) for i in range(batch)]
    pcm = (0.1 * rng.standard_normal((batch, FRAME_TICKS))).astype(np.float32)
    wall, busy = [], []
    for number in range(steps + 40):
        t0, c0 = time.perf_counter(), time.thread_time()
        model.step(states, pcm)
        if number >= 40:  # the attention window is full
            wall.append(1e3 * (time.perf_counter() - t0))
            busy.append(1e3 * (time.thread_time() - c0))
    p50, p95 = np.percentile(wall, [50, 95])
    figures = {"p50": p50, "p95": p95, "cpu": np.median(busy), "cpu_best": min(busy)}
    return {name: round(float(value), 3) for name, value in figures.items()}
