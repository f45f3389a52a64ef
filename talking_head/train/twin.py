"""A twin: the shipped net, fine-tuned on one person's own video, with the teeth that the video shows.

The first 10/11 of the video train, the last 1/11 tests; nothing of the test part is seen before. The video is cut into segments
of four seconds, each a clip of the pack, so that a long one never lies in memory as a whole. No segment goes over a cut: takes
in two lights, paired with one another, would teach the net to repaint a face.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.teeth_layers import OwnInterior, own_interior
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.errors import InputError
from talking_head.evaluate.animator.clips import Report, judge_from, ways_of
from talking_head.evaluate.animator.predicted import predicted_distance
from talking_head.face.photo import eyes_open
from talking_head.media_files.video import read_pictures
from talking_head.models import manifest
from talking_head.protocols import Landmarker, MotionModel
from talking_head.train.animator import crops, pairs
from talking_head.train.animator.batches import Batches
from talking_head.train.animator.crops import ClipFrames, Pack
from talking_head.train.animator.export import export
from talking_head.train.animator.state import STATE
from talking_head.train.animator.trainer import Settings, Trainer, run
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.corpus.clipfile import load as load_clip
from talking_head.train.corpus.clipfile import save as save_clip
from talking_head.train.corpus.prepare import heard, prepare_clip
from talking_head.train.saving import check_material, note_material
from talking_head.types import F32, FPS, U8

SEGMENT = 100  # frames
_MOST_SEGMENTS = 44  # about three minutes of pictures; more add hours of warping and little that is new
TEST_PART = 11

SAVED_S = 20.0  # seconds between two saved states
_AWAKE = 0.7  # of how far somebody's eyes are mostly open: in a blink they are less

Say = Callable[[str], None]
Tell = Callable[[float, str], None]


@dataclass(slots=True)
class Twin:
    """What training a twin made.

    ``folder`` with its weights; ``photo`` u8[H, W, 3] to be its portrait; its ``teeth`` drawn for ``unit`` pixels a face unit
    (None: the video shows none); ``minutes`` of all work; the ``test`` report, drawn from photos of the training part, and
    ``same_take``: the same, each take drawn from a photo of its own, in its own light. ``predicted_lmd_px``: LMD of the test
    where the movement is predicted from its sound (None: no motion model was given, or the video is silent).
    """

    folder: Path
    photo: U8
    teeth: OwnInterior | None
    unit: float
    minutes: float
    steps: int
    test: Report
    same_take: Report
    predicted_lmd_px: float | None
    pack: Pack
    pcm: F32  # of the whole video, f32[n] at 48 kHz


def segments(video: Path, clip: PreparedClip) -> Iterator[ClipFrames]:
    """The video as clips of :data:`SEGMENT` frames, evenly thinned out where it is long; the last 1/11 as the split "known"."""
    total = len(clip.points)
    first_test = total - total // TEST_PART
    training = [*unbroken(clip.valid[:first_test])]
    if len(training) > _MOST_SEGMENTS:
        training = [training[i] for i in np.linspace(0, len(training) - 1, _MOST_SEGMENTS).round().astype(int)]
    tests = [(first_test + start, first_test + end) for start, end in unbroken(clip.valid[first_test:])]
    wanted = {start: (end, "train") for start, end in training}
    wanted |= {start: (end, "known") for start, end in tests[: max(4, _MOST_SEGMENTS // 10)]}
    begin, end, split = -1, -1, ""
    held: list[U8] = []
    for index, picture in enumerate(read_pictures(video)):
        if index in wanted:
            begin, (end, split), held = index, wanted[index], []
        if begin <= index < end:
            held.append(picture)
            if index == end - 1:
                part = slice(begin, end)
                name = f"{video.stem}/{begin:06d}"
                yield ClipFrames(name, video.stem, split, np.stack(held), clip.points[part], clip.neutral, clip.valid[part])
                held = []


def unbroken(valid: np.ndarray) -> Iterator[tuple[int, int]]:
    """First frame and end of segments in which every frame is ``valid`` (`prepare` marks cuts as not)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], valid, [False]]).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2).tolist():
        for start in range(begin, end, SEGMENT):
            if min(end, start + SEGMENT) - start >= SEGMENT // 4:
                yield start, min(end, start + SEGMENT)


def train_twin(
    video: Path,
    out: Path,
    net: Refiner,
    landmarker: Landmarker,
    *,
    minutes: float,
    seed: int = 1,
    device: str = "cpu",
    motion: MotionModel | None = None,
    say: Say = print,
    tell: Tell = lambda share, sentence: None,
) -> Twin:
    """Prepare ``video``, fine-tune ``net`` for ``minutes``, and judge the result on the last 1/11.

    What an earlier run left in ``out`` is gone on with: at most the last :data:`SAVED_S` seconds are trained again. ``tell`` is
    called with the share that is done, and a sentence. Raises InputError.
    """
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    say("finding the face in every picture")
    tell(0.0, "Finding the face in every picture.")
    clip = _prepared(video, out, landmarker, tell)
    if not (out / "crops.npz").is_file():
        say(crops.told(crops.build(_cut(video, clip, tell), out / "crops.npz")))
    pack = crops.load(out / "crops.npz")
    made = pairs.build(
        pack,
        seed=seed,
        progress=lambda done, of: tell(0.12 + 0.03 * done / of, f"Pairing the pictures: {done} of {of} photos."),
    )
    say(f"{len(made.target)} pairs, {len(made.own)} views of the teeth")
    batches = Batches(pack, made, seed=seed, own_share=0.9 if made.own else 0.0, personal=True)
    # The critics start anew: they join once the net has settled on the person, and give back the movement that pixels damp.
    settings = Settings(
        tier=net.config.tier, steps=10**9, minutes=minutes, seed=seed, lr=2.5e-4, gan_from=150, gan_share=0.5, save_every=10**9
    )
    trainer = Trainer(settings, device)
    trainer.net.load_state_dict(net.state_dict())
    trainer.mean.load_state_dict(net.state_dict())
    if (out / STATE).is_file():
        trainer.load(out / STATE)
        say(f"going on from step {trainer.step}")

    saved = time.monotonic()

    def report(trainer: Trainer) -> None:
        nonlocal saved
        if time.monotonic() - saved >= SAVED_S:
            trainer.save(out / STATE)
            saved = time.monotonic()
        tell(0.15 + 0.7 * trainer.share, f"Training: step {trainer.step}, {trainer.spent / 60:.1f} of {minutes:g} minutes.")

    run(trainer, batches, out, say=say, told=report)
    tell(0.85, "Making the net small and fast.")
    export(out / STATE, out / "weights", batches, calibration=240)
    photo, teeth_from = _choose(pack)
    teeth = _teeth(pack, teeth_from, photo)
    made_net = GanAnimator(folder=out / "weights", personal=True)
    tell(0.92, "Judging it on the part of the video that it has not seen.")
    reports = _test(pack, made_net, landmarker), _test(pack, made_net, landmarker, same_take=True)
    told = motion if heard(clip.pcm) else None
    predicted = None if told is None else _predicted(pack, made_net, told, clip.pcm, landmarker)
    picture = _picture(video, clip, pack, photo)
    spent = (time.monotonic() - started) / 60
    return Twin(
        out / "weights",
        picture,
        teeth,
        float(pack.source_pose[photo].scale),
        spent,
        trainer.step,
        *reports,
        predicted,
        pack,
        clip.pcm,
    )


def _cut(video: Path, clip: PreparedClip, tell: Tell) -> Iterator[ClipFrames]:
    """The segments of the video; ``tell`` hears how far they are."""
    tell(0.1, "Cutting the pictures.")
    for part in segments(video, clip):
        yield part
        begun = int(part.name.rpartition("/")[2])
        tell(0.1 + 0.02 * begun / len(clip.points), f"Cutting the pictures: {begun // FPS} of {len(clip.points) // FPS} s.")


def _prepared(video: Path, out: Path, landmarker: Landmarker, tell: Tell) -> PreparedClip:
    """The clip of ``video``, looked through once. Raises InputError for a video that cannot train a twin, and for
    another one than ``out`` was begun with, whose twin would have the first one's face."""
    file = out / "clip.safetensors"
    made_of = {"video": manifest.sha256(video)}
    check_material(out, made_of)
    if file.is_file():
        return load_clip(file)

    def at(now_s: float, of_s: float) -> None:
        if of_s:
            share = min(1.0, max(0.0, now_s) / of_s)
            tell(0.1 * share, f"Finding the face in every picture: {now_s:.0f} of {of_s:.0f} s.")

    clip, problems = prepare_clip(video, video.stem, video.stem, landmarker, None, silent=True, at=at)
    if clip is None:
        raise InputError(f"{video.name} cannot train a twin: {', '.join(problems)}.")
    if len(clip.points) < 4 * SEGMENT:
        raise InputError(f"{video.name} is too short: a twin needs at least {4 * SEGMENT // 25} s, better two minutes or more.")
    note_material(out, made_of)
    save_clip(clip, file)
    return load_clip(file)  # as every later run reads it


def _sources(pack: Pack, group: str) -> list[int]:
    """Sources of the training clips of a group with open eyes, most closed mouth first."""
    fitting = [s for s in range(len(pack.source_clip)) if _fits(pack, int(pack.source_clip[s]), group)]
    found = [s for s, open_eyed in zip(fitting, awake([pack.source_points[s] for s in fitting]), strict=True) if open_eyed]
    return sorted(found, key=lambda s: float(pack.source_points[s][14, 1] - pack.source_points[s][13, 1]))


def awake(faces: Sequence[F32]) -> list[bool]:
    """Which of one person's ``faces`` f32[478, 3] have their eyes as open as that person's mostly are: none is in a blink."""
    gaps = [eyes_open(face) for face in faces]
    usual = float(np.median(gaps)) if gaps else 0.0
    return [gap >= _AWAKE * usual for gap in gaps]


def _fits(pack: Pack, clip: int, group: str) -> bool:
    return pack.split[clip] == "train" and pack.groups[clip] == group


def _toothy(pack: Pack, sources: list[int]) -> int | None:
    """Of the widest open sources, the one whose teeth are seen best."""
    shown = [s for s in sources[::-1][:12] if own_interior(WarpAvatar(pairs.portrait_of(pack, s))) is not None]
    return shown[0] if shown else None


def _choose(pack: Pack) -> tuple[int, int | None]:
    """The source that becomes the portrait (calm, frontal, in the commonest light) and the one that lends its teeth."""
    groups = [g for g, split in zip(pack.groups, pack.split, strict=True) if split == "train"]
    group = max(set(groups), key=groups.count)
    sources = _sources(pack, group)
    turned = {s: float(np.abs(pack.source_pose[s].rotation[:2, 2]).sum()) for s in sources}
    closed = sources[: max(1, len(sources) // 6)]
    return min(closed, key=lambda s: turned[s]), _toothy(pack, sources)


def _teeth(pack: Pack, lender: int | None, photo: int) -> OwnInterior | None:
    if lender is None:
        return None
    base = WarpAvatar(pairs.portrait_of(pack, photo)).interior
    return own_interior(WarpAvatar(pairs.portrait_of(pack, lender)), base if isinstance(base, RigidInterior) else None)


def _test(pack: Pack, net: GanAnimator, landmarker: Landmarker, *, same_take: bool = False) -> Report:
    """Draw the test part from training photos of the same light, with and without the person's own teeth.

    ``same_take``: each part of the test from its own most closed frame; the teeth are still those of the training part. Two
    takes in one light differ by a few grey levels, which no net can know of.
    """
    report = Report()
    for clip, split in enumerate(pack.split):
        if split != "known":
            continue
        sources = _sources(pack, pack.groups[clip])
        if sources:  # a light that was never trained on has no photo to start from
            photo = int(np.flatnonzero(pack.source_clip == clip)[0]) if same_take else sources[0]
            judge_from(report, pack, clip, photo, _toothy(pack, sources), net, landmarker)
    return report


def _predicted(pack: Pack, net: GanAnimator, motion: MotionModel, pcm: F32, landmarker: Landmarker) -> float | None:
    """Mean LMD in crop pixels of the test part, drawn from training photos and moved by its own sound."""
    distances: list[float] = []
    for clip, split in enumerate(pack.split):
        sources = _sources(pack, pack.groups[clip])
        if split == "known" and sources:
            ways = ways_of(pack, sources[0], {"gan": net}, _toothy(pack, sources))
            draw = ways.get("own_teeth", ways["gan"])
            neutral = pairs.portrait_of(pack, sources[0]).neutral
            distances += predicted_distance(pack, clip, pcm, motion, neutral, draw, landmarker)
    return round(float(np.mean(distances)), 2) if distances else None


def _picture(video: Path, clip: PreparedClip, pack: Pack, photo: int) -> U8:
    """The whole frame that ``photo`` was cut from, at the video's own resolution."""
    name = pack.names[int(pack.source_clip[photo])]
    wanted = int(name.rpartition("/")[2]) + int(pack.source_frame[photo])
    for index, picture in enumerate(read_pictures(video)):
        if index == wanted:
            return picture
    raise InputError(f"{video.name} ended before its frame {wanted}.")


def figures_of(report: Report) -> dict[str, Any]:
    """Of a test report: own teeth where there are any, with the warp alone beside them."""
    tables = report.figures()
    main = tables.get("own_teeth", {}).get("known") or tables.get("known", {})
    figures: dict[str, Any] = dict(main)
    return figures | {"warp_only": tables.get("warp_only", {}).get("known", {}), "neutral_teeth": tables.get("known", {})}
