"""The whole GPU table in one command, on any NVIDIA machine with nothing but torch, numpy and OpenCV::

    PYTHONPATH=. python scripts/bench_gpu.py --json            # a made-up face, random weights: speed does not depend on them
    PYTHONPATH=. python scripts/bench_gpu.py --avatar face.npz  # packed by cuda/pack.py: save()

Frames a second and p50/p99 ms a batch, by bucket, for float32, float16 and float16 with CUDA graphs, each with the animator's
own high-priority stream and without, alone and beside a language-model-like load on another stream; and how many faces at
25 fps keep p99 ≤ 20 ms. ``--profile FILE`` writes a trace in which the overlap of the streams can be seen. On a CPU
(``--device cpu``) the same code runs, for the tests.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from talking_head.animator.cuda.animator import DeviceAnimator
from talking_head.animator.cuda.arrays import Border, Constants, EyeWindow, FaceArrays, Host, MouthWindow, RefinerArrays
from talking_head.animator.cuda.graphs import BUCKETS
from talking_head.animator.cuda.refiner import DeviceRefine
from talking_head.animator.cuda.streams import on_stream
from talking_head.animator.cuda.tensor_store import load
from talking_head.animator.refiner.config import CPU
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.warp.constants import CORNER_PIXELS

TARGET_MS = 20.0


Faces = tuple[Constants[Host], FaceArrays[Host], NDArray[np.float64] | None]


def made_up(size: int, seed: int = 0) -> Faces:
    """Arrays of the shapes that ``pack.py`` makes for a ``size``² portrait, filled with something harmless."""
    rng = np.random.default_rng(seed)
    single, whole = np.float32, np.int64
    unit = 0.28 * size
    upper, lower, dense = 196, 196, 65

    def border(count: int) -> Border[Host]:
        rows, lines = np.arange(count, dtype=whole), np.full((dense, count), 1 / count, single)
        return Border(upper=rows, lower=rows, upper_resample=lines, lower_resample=lines)

    constants: Constants[Host] = Constants(
        size=np.array([size, size], whole),
        rigid=np.arange(19, dtype=whole),
        chin=np.arange(5, dtype=whole),
        irises=np.array([468, 473], whole),
        upper_index=np.arange(upper, dtype=whole),
        lower_index=np.arange(lower, dtype=whole),
        lips_inner=np.arange(20, dtype=whole),
        lips_outer=np.arange(20, 40, dtype=whole),
        colors=np.full((3, 3), 40, single),
        mouth=border(11),
        left=border(9),
        right=border(9),
    )
    head, fine = round(size / 17), round(0.3 * size / 7)
    mouth, eye = round(0.3 * size), round(0.19 * size)
    c = CPU

    def an_eye() -> EyeWindow[Host]:
        return EyeWindow(
            box=np.array([size // 4, size // 3, eye, eye], whole),
            anchors=np.arange(2, dtype=whole),
            valid=np.ones((eye, eye), single),
            upper_lid=np.zeros((9, upper), single),
            lower_lid=np.zeros((9, upper), single),
            upper_contour=np.zeros((9, 2), single),
            lower_contour=np.zeros((9, 2), single),
            heights=np.array([20, 10], single),
            ball=rng.integers(0, 255, (eye, eye, 3), np.uint8),
            lid=rng.integers(0, 255, (eye, eye, 3), np.uint8),
            points=np.array([[0, 0], [10, 0], [0, 10]], single),
            rigid=np.zeros((3, 19), single),
            width=np.array(40, single),
            iris=np.zeros(2, single),
            open=np.array(10, single),
        )

    teeth_map = np.array([[0.003, 0, -0.4], [0, 0.003, 0]], single)
    face: FaceArrays[Host] = FaceArrays(
        points=(size * rng.random((478, 2))).astype(single),
        unit=np.array(unit, single),
        edge=np.array(1.5, single),
        contact=np.array(0, single),
        contact_width=np.array(1.5, single),
        mouth_width=np.array(0.6, single),
        corner_lacks=np.zeros((2, CORNER_PIXELS, CORNER_PIXELS, 3), single),
        corner_gap=np.array(0, single),
        ground=rng.integers(0, 255, (size, size, 3), np.uint8),
        upper_layer=rng.integers(0, 255, (2 * size, 2 * size, 4), np.uint8),
        lower_layer=rng.integers(0, 255, (4 * mouth, 4 * mouth, 4), np.uint8),
        lower_origin=np.array([size // 5, size // 3], single),
        head_step=np.array(17, single),
        head_basis=np.full((head, head, upper), 1 / upper, single),
        chin_rest=np.zeros(2, single),
        chin_rigid=np.zeros(19, single),
        upper_teeth=rng.integers(0, 255, (64, 128, 4), np.uint8),
        lower_teeth=rng.integers(0, 255, (64, 128, 4), np.uint8),
        upper_teeth_map=teeth_map,
        lower_teeth_map=teeth_map,
        light=np.ones(3, single),
        lip_shade=np.array([0.5, 0.72, 0.25, 0.68, 0.0, 0.0, 0.0], single),
        tip=np.array(0.02, single),
        shadow=np.full(3, 80, single),
        mouth=MouthWindow(
            box=np.array([size // 3, size // 2, mouth, mouth], whole),
            anchors=np.arange(4, dtype=whole),
            valid=np.ones((mouth, mouth), single),
            step=np.array(7, single),
            upper_basis=np.full((fine, fine, upper), 1 / upper, single),
            lower_basis=np.full((fine, fine, lower), 1 / lower, single),
            feather=np.ones((mouth, mouth), single),
            frame=np.array([[0, 0], [0.25 * unit, 0], [0, 0.25 * unit]], single),
            rigid=np.zeros((3, 19), single),
        ),
        left=an_eye(),
        right=an_eye(),
        refiner=RefinerArrays(
            reference=rng.standard_normal((c.reference, c.size // 8, c.size // 8)).astype(single),
            own=np.array(0, single),
            bright=np.array(0, single),
            spared=np.zeros(3, single),
            keep=np.ones((c.size, c.size), single),
            crop_scale=np.array(1, single),
        ),
    )
    return constants, face, rng.standard_normal((21, 3))


@contextlib.contextmanager
def chatter(device: torch.device) -> Iterator[None]:
    """A load like a reply's on its own low-priority stream: the matrix products of a large model, token after token."""
    stop = threading.Event()

    def work() -> None:
        half = torch.float16 if device.type == "cuda" else torch.float32
        width = 2048 if device.type == "cuda" else 128
        with torch.inference_mode(), on_stream("reply", device):
            layers = [torch.randn(width, 4 * width, device=device, dtype=half) for _ in range(16)]
            token = torch.randn(1, width, device=device, dtype=half)
            while not stop.is_set():
                for layer in layers:
                    (token @ layer) @ layer.T
                if device.type == "cuda":
                    torch.cuda.current_stream(device).synchronize()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def timed(animator: DeviceAnimator, faces: Faces, batch: int, seconds: float) -> dict[str, float]:
    """One bucket: ``fps``, ``p50_ms``, ``p99_ms``, ``host_ms`` (time until everything is queued is part of it)."""
    avatars = [animator.upload(*faces) for _ in range(min(batch, 4))]
    worn = [avatars[i % len(avatars)] for i in range(batch)]
    rng = np.random.default_rng(0)
    size = int(np.asarray(faces[0].size, np.int64)[0])
    points = (size * (0.25 + 0.5 * rng.random((batch, 478, 3)))).astype(np.float32)
    for _ in range(5):
        animator.render(worn, points)
    took: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(took) < 5:
        began = time.perf_counter()
        animator.render(worn, points)
        took.append((time.perf_counter() - began) * 1000)
    return {
        "fps": round(batch * len(took) / (sum(took) / 1000), 1),
        "p50_ms": round(float(np.percentile(took, 50)), 3),
        "p99_ms": round(float(np.percentile(took, 99)), 3),
    }


def table(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All rows. A face is 25 fps: ``faces_25fps`` is how many the bucket's pace would carry, batch after batch."""
    device = torch.device(options.device)
    cuda = device.type == "cuda"
    faces = load(options.avatar) if options.avatar else made_up(options.size)
    kinds = [("float32", False, False)] + ([("float16", True, False), ("float16 + graphs", True, True)] if cuda else [])
    rows = []
    for kind, half, graphs in kinds:
        for streams in (False, True) if cuda else (False,):
            for busy in (False, True):
                net = Refiner(CPU).requires_grad_(False)
                animator = DeviceAnimator(
                    device=options.device, refine=DeviceRefine(net, device, half=half), graphs=graphs, streams=streams
                )
                with chatter(device) if busy else contextlib.nullcontext():
                    for bucket in options.buckets:
                        figures = timed(animator, faces, bucket, options.seconds)
                        rows.append({"precision": kind, "stream": streams, "reply_load": busy, "bucket": bucket, **figures})
                        print(json.dumps(rows[-1]), flush=True)
                del animator
                if cuda:
                    torch.cuda.empty_cache()
    return rows


def carried(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The largest number of faces at 25 fps whose batches, one after the other, keep p99 ≤ 20 ms a tick; from the best row."""
    best = {"faces": 0}
    for row in rows:
        if row["p99_ms"] > TARGET_MS:
            continue
        faces = row["bucket"] * int(TARGET_MS // row["p99_ms"])
        if faces > best["faces"]:
            best = {"faces": faces, **{key: row[key] for key in ("precision", "stream", "reply_load", "bucket", "p99_ms")}}
    return best


def profile(options: argparse.Namespace, file: Path) -> None:
    """A Chrome trace of 20 batches beside the reply-like load."""
    device = torch.device(options.device)
    faces = load(options.avatar) if options.avatar else made_up(options.size)
    cuda = device.type == "cuda"
    net = Refiner(CPU).requires_grad_(False)
    animator = DeviceAnimator(device=options.device, refine=DeviceRefine(net, device, half=cuda), graphs=cuda, streams=cuda)
    kinds = [torch.profiler.ProfilerActivity.CPU] + ([torch.profiler.ProfilerActivity.CUDA] if cuda else [])
    timed(animator, faces, options.buckets[-1], 0)
    with chatter(device), torch.profiler.profile(activities=kinds) as trace:
        timed(animator, faces, options.buckets[-1], 0.2)
    trace.export_chrome_trace(str(file))


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Command line. Returns (and prints as the last line) everything as one object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=3.0, help="a row")
    parser.add_argument("--buckets", type=int, nargs="+", default=list(BUCKETS))
    parser.add_argument("--avatar", type=Path)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is JSON")
    options = parser.parse_args(arguments)
    name = torch.cuda.get_device_name() if options.device.startswith("cuda") else "cpu"
    rows = table(options)
    if options.profile:
        profile(options, options.profile)
    result = {"device": name, "torch": torch.__version__, "tier": CPU.tier, "size": options.size, "rows": rows}
    result["carried_p99_20ms"] = carried(rows)
    print(json.dumps(result))
    return result
