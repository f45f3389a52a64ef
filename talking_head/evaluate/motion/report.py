"""Plots and a film of predicted lips beside real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from talking_head.audio.pcm import limit
from talking_head.evaluate.motion.tracks import Track, play
from talking_head.face.landmarks.ibug import to_ibug
from talking_head.face.space import to_image
from talking_head.media_files.video import read_pictures
from talking_head.motion.measures import lip_gap
from talking_head.protocols import MotionModel
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.types import F32, FPS, TICKS_PER_SECOND, U8

_LINES = [
    *([list(range(17)), list(range(17, 22)), list(range(22, 27)), list(range(27, 31)), list(range(31, 36))]),
    *([[*range(36, 42), 36], [*range(42, 48), 42], [*range(48, 60), 48], [*range(60, 68), 60]]),
]


def plot_tracks(tracks: dict[str, dict[str, list[Track]]], figures: dict[str, Any], path: Path, *, rows: int = 4) -> None:
    """Lip gaps over time for a few clips of each use, and the head's speed spectrum, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    picked = [(use, way) for use, way in tracks.items() if way["real"]]
    wide = max(1, len(picked))
    rows = min(rows, max((len(way["real"]) for _, way in picked), default=0))
    figure, axes = plt.subplots(rows + 1, wide, figsize=(7 * wide, 2.4 * (rows + 1)), squeeze=False)
    judged = figures["model"]
    for column, (use, ways) in enumerate(picked):
        count = len(ways["real"])
        shown = min(rows, count)
        for row in range(rows):
            axis = axes[row][column]
            if row >= shown:
                axis.axis("off")
                continue
            index = row * count // shown  # some from all over, none twice
            seconds = np.arange(len(ways["real"][index].gap)) / FPS
            axis.plot(seconds, ways["real"][index].gap, "k", lw=2, label="real take")
            for name, style in ((judged, "C0"), ("baseline", "C1:")):
                if name in ways:
                    axis.plot(seconds, ways[name][index].gap, style, label=name)
            axis.set_title(f"{use}: {ways['real'][index].name}", fontsize=9)
            axis.set_xlabel("seconds", fontsize=7)
            axis.set_ylabel("lip gap (eye distances)", fontsize=7)
            if row == 0:
                axis.legend(fontsize=7)
        axes[rows][column].axis("off")
    head = figures["life"][judged]
    if "spectrum" in head:
        axis = axes[rows][0]
        axis.axis("on")
        axis.loglog(head["spectrum"]["hz"][1:], head["spectrum"]["clips"][1:], "k", lw=2, label="clips")
        axis.loglog(head["spectrum"]["hz"][1:], head["spectrum"]["model"][1:], label=judged)
        axis.set_title("head speed spectrum [Hz]", fontsize=9)
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)


def film(clip: PreparedClip, model: MotionModel, path: Path, *, video: Path | None = None, size: int = 384) -> None:
    """An MP4 with the clip's sound: the clip itself (where ``video`` is its file), its landmarks, the predicted ones; lip gaps
    below, black the real ones."""
    motion = play(model, clip.pcm)
    scale = 0.42 * size / float(np.median(clip.pose[clip.valid, 6]))
    gaps = np.stack([lip_gap(clip.offsets()), lip_gap(motion.offsets)])
    pictures = read_pictures(video) if video is not None else None
    panels = 2 if pictures is None else 3
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=FPS)
        picture.width, picture.height, picture.pix_fmt = panels * size, size + 96, "yuv420p"
        picture.options = {"crf": "20", "preset": "veryfast"}
        sound = out.add_stream("aac", rate=TICKS_PER_SECOND, layout="mono")
        for index, pose in enumerate(clip.poses()):
            ours = to_image(clip.neutral + motion.offsets[index], pose)
            centre = clip.points[index, 168, :2]
            canvas = np.full((size + 96, panels * size, 3), 255, np.uint8)
            if pictures is not None and (real := next(pictures, None)) is not None:
                place = np.array([[scale, 0, 0.5 * size - scale * centre[0]], [0, scale, 0.42 * size - scale * centre[1]]])
                canvas[:size, :size] = cv2.warpAffine(real, place, (size, size), borderMode=cv2.BORDER_REPLICATE)
            for side, points in enumerate((clip.points[index], ours), start=panels - 2):
                flat = (to_ibug(points)[:, :2] - centre) * scale + (size * (0.5 + side), 0.42 * size)
                _draw(canvas, flat)
            _graph(canvas[size:], gaps, index)
            frame = av.VideoFrame.from_ndarray(canvas, format="rgb24")
            out.mux(picture.encode(frame))
        pcm = (limit(clip.pcm)[None] * 32_767).astype(np.int16)
        audio = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        audio.sample_rate, audio.pts = TICKS_PER_SECOND, 0
        fifo = av.AudioFifo()
        fifo.write(audio)
        while (piece := fifo.read(1024, partial=True)) is not None:
            out.mux(sound.encode(piece))
        out.mux(picture.encode())
        out.mux(sound.encode())


def _draw(canvas: U8, points: F32) -> None:
    for line in _LINES:
        path = np.round(points[line] * 16).astype(np.int32)[:, None]
        cv2.polylines(canvas, [path], False, (40, 40, 40), 1, cv2.LINE_AA, 4)


def _graph(canvas: U8, gaps: F32, now: int) -> None:
    height, width = canvas.shape[:2]
    x = np.linspace(8, width - 8, gaps.shape[1])
    for row, colour in zip(gaps, ((0, 0, 0), (30, 110, 220)), strict=True):
        y = height - 10 - row / max(float(gaps.max()), 1e-3) * (height - 20)
        path = np.round(np.stack([x, y], axis=1) * 16).astype(np.int32)[:, None]
        cv2.polylines(canvas, [path], False, colour, 1, cv2.LINE_AA, 4)
    cv2.line(canvas, (int(x[now]), 0), (int(x[now]), height), (200, 60, 60), 1)
