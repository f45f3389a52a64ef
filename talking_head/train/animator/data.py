"""From a folder of videos (or a pack) to batches: what `train animator` and `twin train` do before the first step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from talking_head.errors import InputError
from talking_head.train.animator import crops, pairs
from talking_head.train.animator.batches import Batches
from talking_head.train.animator.crops import Pack
from talking_head.train.animator.pairs import PairSet
from talking_head.train.saving import check_material, note_material

Say = Callable[[str], None]


def pack_of(data: Path, out: Path, prepared: Path | None = None, *, photos: Path | None = None, say: Say = print) -> Pack:
    """The pack at ``data`` (.npz), or one made of the videos in ``data`` and kept as ``out/crops.npz``.

    ``photos``: a folder of portrait photos that go into it, too (``photos.py``).
    Raises InputError where there is nothing to train on, where ``out`` holds a pack of other files, and where ``prepared`` or
    ``photos`` would change nothing of a pack.
    """
    if photos is not None and not photos.is_dir():  # before hours of work on the videos
        raise InputError(f"There is no folder {photos}.")
    if data.is_file():
        for option, given in (("--prepared", prepared), ("--photos", photos)):
            if given is not None:
                raise InputError(
                    f"{data.name} is a pack, made already: leave {option} out, or name the folder of videos with --data."
                )
        return crops.load(data)
    file, made_of = out / "crops.npz", _made_of(data, photos)
    check_material(out, made_of)
    if not file.exists():
        from talking_head.train.animator.crops_video import read_clips

        folder = prepared or _prepare(data, out / "prepared", say)
        clips = list(read_clips(data, folder))
        if not any(clip.split == "train" for clip in clips):
            raise InputError(f"{data} holds no clip to train on: all are unusable or on the held-out list.")
        if photos is not None:
            from talking_head.train.animator.photos import read_photos
            from talking_head.train.corpus.landmarker import make_landmarker

            say(f"turning the faces of {photos}")
            clips += read_photos(photos, make_landmarker())
        say(crops.told(crops.build(clips, file)))
        note_material(out, made_of)
    return crops.load(file)


def _made_of(data: Path, photos: Path | None) -> dict[str, list[tuple[str, int]]]:
    """The files that a pack is made of, each with its bytes."""
    from talking_head.train.corpus.prepare import videos

    def told(folder: Path, files: list[Path]) -> list[tuple[str, int]]:
        return [(str(file.relative_to(folder)), file.stat().st_size) for file in files]

    found = {"videos": told(data, videos(data))}
    return found if photos is None else found | {"photos": told(photos, sorted(p for p in photos.iterdir() if p.is_file()))}


def batches_of(pack: Pack, out: Path, *, seed: int, say: Say = print) -> Batches:
    """Batches over the pack's training clips; the warped pairs are kept as ``out/pairs.npz``."""
    file = out / "pairs.npz"
    if file.exists():
        made = PairSet.load(file)
    else:
        say("warping the pairs, once")
        made = pairs.build(pack, seed=seed)
        made.save(file)
    return Batches(pack, made, seed=seed)


def _prepare(data: Path, out: Path, say: Say) -> Path:
    from talking_head.train.corpus.landmarker import make_landmarker
    from talking_head.train.corpus.prepare import prepare_folder

    say(f"finding the face in every picture of {data}")
    prepare_folder(data, out, jobs=1, make_landmarker=make_landmarker, tick=lambda done, of: None, people="folder")
    return out
