"""The animator's figures as a table, its frames as a contact sheet and as films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from talking_head.evaluate.animator.clips import Report
from talking_head.types import FPS, U8

_KEYS = (
    "psnr",
    "ssim",
    "interior_psnr",
    "sharpness",
    "motion_energy",
    "motion_energy_all",
    "flicker",
    "teeth_contrast",
    "lower_teeth",
    "lower_teeth_real",
    "lmd_px",
    "identity",
    "frames",
)


def lines(figures: dict[str, Any]) -> list[str]:
    """A table: one row a way and split."""
    ways = {"net": {k: figures[k] for k in ("known", "unseen") if k in figures}}
    order = ("closed_photo", "toothy_photo", "open_photo", "own_teeth", "l1_only", "warp_only")
    ways |= {k: figures[k] for k in order if k in figures}
    out = [f"{'':24}" + "".join(f"{key:>18}" for key in _KEYS)]
    for way, by in ways.items():
        for split, row in by.items():
            cells = "".join(f"{row[key]:>18}" if key in row else f"{'–':>18}" for key in _KEYS)
            out.append(f"{way + ', ' + split:24}{cells}")
    return out


def sheet(report: Report, path: Path) -> None:
    """One row a clip: a few frames from closed to open, each as warp only, (L1 only), net, (own teeth), real."""
    rows = [np.hstack(strip) for strip in report.strips.values() if strip]
    if not rows:
        return
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0))) for row in rows]
    cv2.imwrite(str(path), np.vstack(padded)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


def film(rows: list[U8], path: Path, scale: int = 2) -> None:
    """Side by side, real | warp only | net, as an H.264 MP4 at 25 frames a second."""
    height, width = rows[0].shape[0] * scale, rows[0].shape[1] * scale
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for row in rows:
            big = cv2.resize(row, (width, height), interpolation=cv2.INTER_CUBIC)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(big, np.uint8), "rgb24")))
        container.mux(stream.encode())
