"""Pictures of what happens inside: landmarks over a face, spectrum and mouth of an utterance, the latencies of a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from matplotlib.figure import Figure

from talking_head.audio.mel import MelState, mel_step
from talking_head.types import F32, FPS, FRAME_TICKS, TICKS_PER_SECOND, U8, Phoneme

_INK, _SOFT, _ACCENT = "#2b3033", "#8a9096", "#1f6f63"
_STAGES = (
    ("First word written", "first_token_ms"),
    ("First clause complete", "first_clause_ms"),
    ("First speech made", "first_speech_ms"),
    ("First sound sent, with its picture", "first_audio_ms"),
)


@cache
def _contours() -> tuple[tuple[int, int, bool], ...]:
    """Pairs of landmarks to join, and whether the line belongs to the lips (MediaPipe's own contour sets)."""
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections as Sets

    lips = {(line.start, line.end) for line in Sets.FACE_LANDMARKS_LIPS}
    lines = {(line.start, line.end) for line in [*Sets.FACE_LANDMARKS_CONTOURS, *Sets.FACE_LANDMARKS_NOSE]}
    return tuple((start, end, (start, end) in lips) for start, end in sorted(lines | lips))


def draw_landmarks(image: U8, points: F32) -> U8:
    """A copy of ``image`` u8[H, W, 3] RGB with the landmarks f32[478, 3] (pixels) and the contours through them."""
    out = image.copy()
    shift = 4  # cv2 draws at 1/16 pixel
    at = np.round(points[:, :2] * (1 << shift)).astype(int)
    for start, end, lips in _contours():
        colour = (255, 170, 120) if lips else (120, 230, 205)
        cv2.line(out, tuple(at[start]), tuple(at[end]), colour, 1, cv2.LINE_AA, shift)
    radius = max(1, len(image) // 400)
    for x, y in at:
        cv2.circle(out, (int(x), int(y)), radius << (shift - 1), (255, 255, 255), -1, cv2.LINE_AA, shift)
    return np.asarray(cv2.addWeighted(out, 0.8, image, 0.2, 0), np.uint8)


def log_mel(pcm: F32) -> F32:
    """Log-mel f32[4 · frames, 80] of 48 kHz ``pcm``: what the motion model hears."""
    frames = -(-len(pcm) // FRAME_TICKS)
    padded = np.zeros(frames * FRAME_TICKS, np.float32)
    padded[: len(pcm)] = pcm
    state = MelState()
    rows = [mel_step([state], frame[None])[0] for frame in padded.reshape(-1, FRAME_TICKS)]
    return np.concatenate(rows)


def utterance_figure(pcm: F32, phonemes: Sequence[Phoneme], opening: F32) -> Figure:
    """Spectrum, phonemes and how far the lips part: ``opening`` f32[T] in pixels, one value a frame."""
    seconds = len(pcm) / TICKS_PER_SECOND
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    upper.imshow(log_mel(pcm).T, origin="lower", aspect="auto", extent=(0, seconds, 0, 80), cmap="magma")
    upper.set_title("What the motion model hears", loc="left", fontsize=10, color=_INK)
    lower.set_title("What the lips do", loc="left", fontsize=10, color=_INK)
    upper.set_ylabel("mel band")
    for phoneme in phonemes:
        middle = (phoneme.start + phoneme.ticks / 2) / TICKS_PER_SECOND
        upper.text(middle, 73, phoneme.symbol, color="white", ha="center", va="center", fontsize=9)
    time = np.arange(len(opening)) / FPS
    lower.fill_between(time, opening, color=_ACCENT, alpha=0.25, linewidth=0)
    lower.plot(time, opening, color=_ACCENT, linewidth=1.8)
    lower.set_ylabel("lips part (pixels)")
    lower.set_xlabel("seconds")
    lower.set_xlim(0, max(seconds, len(opening) / FPS))
    lower.set_ylim(bottom=0)
    for axes in (upper, lower):
        _plain(axes)
    return figure


def turn_figure(turn: Mapping[str, Any]) -> Figure:
    """When each stage of a turn first produced something; ``turn`` as in the ``stats`` event, milliseconds since the text."""
    rows = [(name, float(turn[key])) for name, key in _STAGES if turn.get(key) is not None]
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    axes = figure.subplots()
    starts = [0.0, *(at for _, at in rows[:-1])]
    for row, ((_, at), start) in enumerate(zip(rows, starts, strict=True)):
        axes.barh(row, at - start, left=start, height=0.55, color=_ACCENT, alpha=0.35 + 0.65 * row / max(1, len(rows) - 1))
        axes.text(at, row, f"  {at:.0f} ms", va="center", color=_INK, fontsize=9)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_title("Latencies of the last answer in Live", loc="left", fontsize=10, color=_INK)
    axes.set_xlabel("milliseconds since the text arrived")
    axes.set_xlim(0, 1.18 * max((at for _, at in rows), default=1.0))
    _plain(axes)
    return figure


def _plain(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_SOFT)
    axes.tick_params(colors=_INK, labelsize=9)
