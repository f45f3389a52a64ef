"""Pictures of a training on its way: contact sheets and the curves of its losses."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from talking_head.train.animator.batches import Batches, Row
from talking_head.train.animator.trainer import Trainer
from talking_head.types import U8

# The photo, warped with drawn teeth, by the averaged net, what was wanted of it, and the real frame.
COLUMNS = ("photo", "warp", "net", "wanted", "real")
_HEAD = 22  # pixels


class Sheet:
    """Draws the same examples every time, a row each, under the names of the columns: :data:`COLUMNS`."""

    def __init__(self, batches: Batches, rows: int = 8, seed: int = 7) -> None:
        batches.rng = np.random.default_rng(seed)
        items: list[tuple[Row, ...]] = []
        while len(items) < 2 * rows:
            items += batches.draw_items(2, augment=False)
        self.batch = Batches.stack(items[::2])

    @torch.no_grad()
    def __call__(self, trainer: Trainer, path: Path) -> None:
        """Write the sheet of ``trainer`` as it is now to ``path`` (JPEG or PNG)."""
        b = self.batch.to(trainer.device)
        made = (b.warped + trainer.mean(b.warped, b.drawing, trainer.mean.encode(b.reference))).clamp(0, 1)
        columns = [b.reference[:, :3], b.warped, made, b.wanted, b.target]
        rows = torch.cat(columns, 3).permute(0, 2, 3, 1).cpu().numpy()
        picture: U8 = (np.vstack(list(rows)) * 255).astype(np.uint8)
        cv2.imwrite(str(path), np.vstack([_head(COLUMNS, rows.shape[2]), picture])[..., ::-1])


def _head(names: Sequence[str], width: int) -> U8:
    """A white strip with ``names`` evenly over ``width`` pixels."""
    strip = np.full((_HEAD, width, 3), 255, np.uint8)
    for number, name in enumerate(names):
        place = (6 + number * width // len(names), _HEAD - 7)
        cv2.putText(strip, name, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return strip


def plot_losses(log: Path, picture: Path) -> None:
    """Curves of ``losses.csv`` over minutes, one panel a term that was noted, as a PNG drawn with OpenCV (a bare
    machine has no plotting library).
    """
    with log.open() as file:
        rows = list(csv.DictReader(file))
    terms = [k for k in (rows[0] if rows else {}) if k not in ("step", "minutes")]
    width, height = 480, 150
    panels = []
    for term in terms:
        known = [(float(r["minutes"]), float(r[term])) for r in rows if r.get(term)]
        if not known:  # the critics' terms begin when they join
            continue
        panel = np.full((height, width, 3), 255, np.uint8)
        x, y = (np.array(v) for v in zip(*known, strict=True))
        low, high = float(np.percentile(y, 1)), float(np.percentile(y, 99))
        px = 10 + (x - x[0]) / max(float(np.ptp(x)), 1e-9) * (width - 20)
        py = height - 12 - np.clip((y - low) / max(high - low, 1e-9), 0, 1) * (height - 40)
        cv2.polylines(panel, [np.stack([px, py], 1).astype(np.int32)], False, (160, 80, 20), 1, cv2.LINE_AA)
        label = f"{term}: {low:.4g} .. {high:.4g} over {x[-1]:.1f} min"
        cv2.putText(panel, label, (10, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
        panels.append(panel)
    if panels:
        cv2.imwrite(str(picture), np.vstack(panels))
