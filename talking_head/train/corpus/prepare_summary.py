"""What a prepared dataset holds, in a few lines and six plots."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from talking_head.face.space import template
from talking_head.motion.measures import eye_gap, lip_gap, lip_width
from talking_head.train.corpus import clipfile
from talking_head.types import F32, FPS

if TYPE_CHECKING:
    from talking_head.train.corpus.prepare import Index


@dataclass(frozen=True, slots=True)
class Summary:
    """Measures of all frames of a dataset, each f32[n]; ``pose`` f32[n, 6] relative to each clip's mean."""

    clips: int
    dropped: int
    people: int
    frames: int
    valid: int
    gap: F32
    width: F32
    eyes: F32
    pose: F32
    loud: F32
    blinks: int

    def lines(self) -> list[str]:
        """The summary for a person."""
        minutes = max(self.frames, 1) / FPS / 60
        gap = np.percentile(self.gap, [5, 50, 95]) if len(self.gap) else np.zeros(3)
        turn = np.degrees(self.pose[:, :3].std(0)) if len(self.pose) else np.zeros(3)
        return [
            f"{self.clips} clips kept, {self.dropped} dropped; {self.people} people; {minutes:.1f} min; "
            f"{self.valid} of {self.frames} frames usable",
            f"lip gap (eye distances) 5/50/95 %: {gap[0]:.3f} {gap[1]:.3f} {gap[2]:.3f}; "
            f"head turns ±{turn[0]:.1f}° pitch ±{turn[1]:.1f}° yaw ±{turn[2]:.1f}° roll; "
            f"{self.blinks / minutes:.0f} blinks a minute",
        ]

    def figures(self) -> dict[str, float]:
        """The summary for a program."""
        return {
            "clips": self.clips,
            "dropped": self.dropped,
            "people": self.people,
            "frames": self.frames,
            "valid": self.valid,
            "blinks_per_min": round(self.blinks / max(self.frames, 1) * FPS * 60, 1),
        }


def summarise(out: Path, index: Index) -> Summary:
    """Read every clip of the dataset ``out`` and measure it."""
    kept = [name for name, entry in index.entries.items() if entry["kept"]]
    parts: list[tuple[F32, ...]] = []
    people, frames, blinks = set(), 0, 0
    for name in kept:
        clip = clipfile.load(out / f"{name.partition('/')[2]}.safetensors")
        people.add(clip.person)
        frames += len(clip.points)
        offsets = clip.offsets()[clip.valid]
        eyes = eye_gap(clip.neutral + offsets) / eye_gap(clip.neutral)
        blinks += int((np.diff((eyes < 0.5).astype(int)) == 1).sum())
        scale = clip.pose[clip.valid, 6:].mean()
        pose = clip.pose[clip.valid, :6] / np.array([1, 1, 1, scale, scale, scale], np.float32)
        width = lip_width(template() + offsets) - lip_width(template())
        loud = clip.mel.max(axis=2).mean(axis=1)[clip.valid]
        parts.append((lip_gap(offsets), width, eyes, pose - pose.mean(0), loud))
    empty = (np.zeros(0, np.float32),) * 3 + (np.zeros((0, 6), np.float32), np.zeros(0, np.float32))
    columns = [np.concatenate(column) for column in zip(*(parts or [empty]), strict=True)]
    gap, width, eyes, turns, loud = columns
    dropped = len(index.entries) - len(kept)
    return Summary(len(kept), dropped, len(people), frames, len(gap), gap, width, eyes, turns, loud, blinks)


def plot_summary(summary: Summary, path: Path) -> None:
    """Six histograms as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 3, figsize=(12, 6))
    panels = [
        (summary.gap, "lip gap [eye distances]"),
        (summary.width, "lip width − neutral"),
        (summary.eyes, "eye opening ÷ neutral"),
        (np.degrees(summary.pose[:, :3]), "head rotation [°]: pitch, yaw, roll"),
        (summary.pose[:, 3:6], "head translation: x, y, z"),
        (summary.loud, "loudest band (−1 silent)"),
    ]
    for axis, (values, title) in zip(axes.flat, panels, strict=True):
        axis.hist(values, bins=60, histtype="step")
        axis.set_title(title)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)
