"""The training of a twin as a job of the server: it is cancelled, goes on after a restart, and ends with a film to compare.

``parameters``: ``name`` of the presenter, ``video`` in the job's inputs, ``minutes``.
"""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from talking_head import registry
from talking_head.animator.gan import GanAnimator
from talking_head.animator.refiner.weights import load_refiner
from talking_head.device import resolve
from talking_head.errors import InputError
from talking_head.evaluate.animator.clips import ways_of
from talking_head.extras import need
from talking_head.face import avatars
from talking_head.jobs.work import Work
from talking_head.models import manifest
from talking_head.provenance import consents
from talking_head.provenance.identity import identity
from talking_head.train.animator.crops import OFFSET, SIZE, Pack
from talking_head.train.twin import Twin, figures_of, train_twin
from talking_head.types import FPS, FRAME_TICKS, TICKS_PER_SECOND, U8

COMPARED = "before-and-after.mp4"
_COMPARED_FRAMES = 250
_SHOWN = 320  # pixels a side of each of the three pictures


def run(work: Work) -> dict[str, Any]:
    """Train, give the presenter its net, and say what it measures. Raises InputError, ConfigError."""
    need("torch", "nncf", "onnx", "skimage")
    name, minutes = str(work.parameters["name"]), float(work.parameters["minutes"])
    avatar = avatars.own(name)
    consents.read(avatar.folder, identity(), use="twin")
    landmarker = registry.build("landmarks", "mediapipe")
    twin = train_twin(
        work.inputs / str(work.parameters["video"]),
        work.folder,
        load_refiner(manifest.path("animator-cpu")),
        landmarker,
        minutes=minutes,
        device=resolve(work.config.device.name),
        motion=registry.build("motion", "trained"),
        say=lambda _: None,
        tell=work.tell,
    )
    work.tell(0.97, "Drawing the film to compare.")
    compare(twin, work.outputs / COMPARED)
    figures = figures_of(twin.test) | {"predicted_lmd_px": twin.predicted_lmd_px}
    (work.outputs / "figures.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    if not (avatar.folder / "portrait.png").is_file():
        raise InputError(f"The presenter “{name}” was deleted meanwhile, so its net was not kept.")
    wear(twin.folder, avatar.folder)
    return {"steps": twin.steps, "minutes": round(twin.minutes, 1), "test": figures}


def wear(weights: Path, folder: Path) -> None:
    """The presenter in ``folder`` wears the net in ``weights`` from now on; a crash leaves the old one or the new one."""
    part, target = folder / ".twin-new", folder / "twin"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(weights, part)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


def compare(twin: Twin, file: Path) -> None:
    """A film of the unseen part: the person, the shipped net, the trained one side by side, with the person's own sound."""
    pack = twin.pack
    shipped, trained = GanAnimator(), GanAnimator(folder=twin.folder, personal=True)
    frames: list[tuple[int, U8]] = []
    for clip, split in enumerate(pack.split):
        photos = [s for s in range(len(pack.source_clip)) if _pairs(pack, int(pack.source_clip[s]), clip)]
        if split == "known" and photos and len(frames) < _COMPARED_FRAMES:
            frames += _side_by_side(pack, clip, photos[0], shipped, trained)
    if not frames:
        return
    part = file.with_name(f".{file.name}")
    _write(part, frames[:_COMPARED_FRAMES], twin)
    part.rename(file)


def _pairs(pack: Pack, clip: int, tested: int) -> bool:
    return pack.split[clip] == "train" and pack.groups[clip] == pack.groups[tested]


def _side_by_side(pack: Pack, clip: int, photo: int, shipped: GanAnimator, trained: GanAnimator) -> list[tuple[int, U8]]:
    """Number of each frame in the video, and u8[320, 960, 3]."""
    ways = ways_of(pack, photo, {"before": shipped, "after": trained}, None)
    (left, top), out = OFFSET, []
    start = int(pack.names[clip].rpartition("/")[2])
    for t in np.flatnonzero(pack.clip == clip):
        points = pack.points[t].copy()
        points[:, :2] += OFFSET
        crops = [ways[way](points)[top : top + SIZE, left : left + SIZE] for way in ("before", "after")]
        row = [cv2.resize(crop, (_SHOWN, _SHOWN), interpolation=cv2.INTER_CUBIC) for crop in (pack.images[t], *crops)]
        out.append((start + int(pack.frame[t]), np.asarray(np.hstack(row), np.uint8)))
    return out


def _write(file: Path, frames: list[tuple[int, U8]], twin: Twin) -> None:
    """An MP4 of ``frames``, whose sound is that of their place in the video."""
    with av.open(str(file), "w", format="mp4", options={"movflags": "faststart"}) as out:
        video = out.add_stream("libx264", rate=FPS, options={"crf": "18", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = 3 * _SHOWN, _SHOWN, "yuv420p"
        sound = out.add_stream("aac", rate=TICKS_PER_SECOND, layout="mono")
        for index, (number, picture) in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            out.mux(video.encode(frame))
            block = np.zeros(FRAME_TICKS, np.float32)
            heard = twin.pcm[number * FRAME_TICKS : (number + 1) * FRAME_TICKS]
            block[: len(heard)] = heard
            samples = av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
            samples.sample_rate, samples.pts, samples.time_base = (
                TICKS_PER_SECOND,
                index * FRAME_TICKS,
                Fraction(1, TICKS_PER_SECOND),
            )
            out.mux(sound.encode(samples))
        out.mux(video.encode())
        out.mux(sound.encode())
