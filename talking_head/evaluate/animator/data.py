"""Clips for judging the animator: the held-out ones of a folder, or all of a folder that no training has seen."""

from __future__ import annotations

import sys
from pathlib import Path

from talking_head.errors import InputError
from talking_head.train.animator import crops
from talking_head.train.animator.crops import Pack


def judged_pack(data: Path, scratch: Path, prepared: Path | None = None, limit: int = 8) -> Pack:
    """A pack of the test clips in ``data``: a folder of videos (``prepared``: what `prepare` made of it), or a pack.

    Raises InputError where there is nothing to test on.
    """
    if data.is_file():
        pack = crops.load(data)
    else:
        from talking_head.train.animator.crops_video import read_clips

        folder = prepared or _prepare(data, scratch / "prepared")
        every = {f"{name}:{split}": limit for split in ("known", "unseen") for name in _folders(data)}
        clips = list(read_clips(data, folder, only={"known", "unseen"}, limit=every, testing=True))
        if not clips:
            raise InputError(f"{data} holds no clip to test on: nothing usable, or every clip was trained on.")
        crops.build(clips, scratch / "test.npz", most=sys.maxsize)  # it is carried nowhere
        pack = crops.load(scratch / "test.npz")
    if not {"known", "unseen"} & set(pack.split):
        raise InputError(f"{data} holds training clips only.")
    return pack


def _folders(data: Path) -> set[str]:
    return {data.resolve().name} | {p.name for p in data.resolve().rglob("*") if p.is_dir()}


def _prepare(data: Path, out: Path) -> Path:
    from talking_head.train.corpus.landmarker import make_landmarker
    from talking_head.train.corpus.prepare import clip_name, prepare_folder
    from talking_head.train.heldout import held_out

    held, root = held_out(), data.resolve()
    prepare_folder(
        root,
        out,
        jobs=1,
        make_landmarker=make_landmarker,
        tick=lambda done, of: None,
        wanted=lambda video: held.test_use(clip_name(video, root)) in ("known", "unseen"),
    )
    return out
