"""A folder of photos: accepted or refused, the worst first, as a table, as figures and as a sheet of small faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from talking_head.animator.gan import GanAnimator
from talking_head.errors import BackendError, InputError
from talking_head.evaluate.motion.tracks import MEET
from talking_head.evaluate.portraits.measures import Look, look
from talking_head.face.build import portrait_from_image
from talking_head.media_files.pictures import PICTURE_ENDINGS
from talking_head.motion.space import MotionSpace
from talking_head.protocols import Landmarker
from talking_head.types import U8, Motion

SIDE = 512  # pixels of a portrait, as in a film
_LEVELS = 1  # by which what should be still may differ
_LEAST_TURN, _LEAST_OPENED, _MOST_LIDS = 0.8, 0.6, 0.4  # shares from which on a person sees that it is not what was meant
_MOST_LIPS = 3 * MEET  # a picture's shut lips are read wider than the commanded ones, in a beard most
_MOST_STRANDS = 0.004  # share from which on hair was seen standing in the background of synthetic faces; at 0.003 it was not
_LABEL = 22  # pixels of a line below a row of faces
_KEYS = ("turned", "background", "halo", "strands", "heads", "lost", "turn", "lips", "opened", "lids")


@dataclass(frozen=True, slots=True)
class Judged:
    """A photo ``name``: ``look`` at it in motion, or None and the sentence with which it was ``refused``, or ``failed``."""

    name: str
    look: Look | None = None
    refused: str = ""
    failed: str = ""

    @property
    def faults(self) -> list[str]:
        """What a person would call wrong, in a word or two each."""
        return [self.failed] if self.failed else [] if self.look is None else faults(self.look)

    @property
    def row(self) -> dict[str, Any]:
        """The figures of an accepted photo."""
        return {"photo": self.name, "faults": self.faults} | {key: getattr(self.look, key) for key in _KEYS}


def faults(seen: Look) -> list[str]:
    """Which of a portrait's figures are out of bounds."""
    wrong = {
        "moving background": (seen.background or 0) > _LEVELS,
        "halo": (seen.halo or 0) > _LEVELS,
        "strands left behind": (seen.strands or 0) > _MOST_STRANDS,
        "second head": seen.heads > 0,
        "face lost": seen.lost > 0,
        "turns too little": seen.turn < _LEAST_TURN,
        "lips stay open": seen.lips > _MOST_LIPS,
        "mouth stays shut": seen.opened < _LEAST_OPENED,
        "lids stay open": seen.lids > _MOST_LIDS,
    }
    return [fault for fault, true in wrong.items() if true]


def drawn_by_lot(folder: Path, lot: int | None = None, seed: int = 0) -> list[Path]:
    """The pictures in ``folder`` and below by name, or ``lot`` of them. Raises InputError when there is none."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_ENDINGS and not p.name.startswith("."))
    if not found:
        raise InputError(f"{folder}: there is no picture in it.")
    if lot is None or lot >= len(found):
        return found
    return [found[i] for i in sorted(np.random.default_rng(seed).choice(len(found), lot, replace=False))]


def judge_photo(
    path: Path, animator: GanAnimator, landmarker: Landmarker, space: MotionSpace, motion: Motion | None = None
) -> Judged:
    """The photo ``path`` through the checks of `avatar add`, and if it is taken, in motion."""
    try:
        portrait = portrait_from_image(path, landmarker, name=path.stem, size=SIDE)
    except InputError as error:
        return Judged(path.name, refused=str(error))
    try:
        return Judged(path.name, look(portrait, animator, landmarker, space, motion))
    except BackendError as error:
        return Judged(path.name, failed=str(error))


def judge_photos(paths: Sequence[Path], judge: Callable[[Path], Judged], tell: Callable[[str], None]) -> list[Judged]:
    """Every photo by ``judge``, the worst first: most faults, then least turn; refused ones last. ``tell`` hears each.

    Ended early (Ctrl-C): those that were judged until then.
    """
    out: list[Judged] = []
    for number, path in enumerate(paths, 1):
        try:
            out.append(judge(path))
        except KeyboardInterrupt:
            tell(f"ended after {len(out)} of {len(paths)} photos")
            break
        tell(f"{number}/{len(paths)} {path.name}: {out[-1].refused or ', '.join(out[-1].faults) or 'good'}")
    return sorted(out, key=lambda j: (bool(j.refused), -len(j.faults), j.look.turn if j.look else 0.0, j.name))


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The JSON of the command: counts, {fault: photos}, refused ones with their sentences, and a row a photo."""
    taken = [j for j in judged if j.look is not None]
    wrong: dict[str, list[str]] = {}
    for each in judged:
        for fault in each.faults:
            wrong.setdefault(fault, []).append(each.name)
    return {
        "photos": len(judged),
        "accepted": len(taken),
        "without_fault": sum(not j.faults for j in taken),
        "background": max((j.look.background or 0 for j in taken if j.look), default=0),
        "halo": max((j.look.halo or 0 for j in taken if j.look), default=0),
        "turn": round(float(np.mean([j.look.turn for j in taken if j.look])), 3) if taken else 0.0,
        "faults": wrong,
        "refused": [{"photo": j.name, "sentence": j.refused} for j in judged if j.refused],
        "rows": [j.row for j in taken],
    }


def lines(judged: Sequence[Judged]) -> list[str]:
    """The table for a person."""
    out = [f"{'':28s}" + "".join(f"{key:>12s}" for key in _KEYS)]
    for each in judged:
        if each.look is None:
            out.append(f"{each.name[:27]:28s}{each.refused or each.failed}")
        else:
            cells = "".join(f"{'–' if (v := each.row[key]) is None else f'{v:g}':>12s}" for key in _KEYS)
            out.append(f"{each.name[:27]:28s}{cells}  {', '.join(each.faults)}")
    found = figures(judged)
    out.append(
        f"{found['accepted']} of {found['photos']} photos taken, {found['without_fault']} without a fault; "
        f"largest difference of the background {found['background']}, beside the person {found['halo']} levels; "
        f"{100 * found['turn']:.0f} % of a turn is seen"
    )
    return out


def sheet(judged: Sequence[Judged]) -> U8 | None:
    """A row of small faces a photo that was taken, in the order given: rest, shut lids, wide mouth, turned to both sides."""
    rows = []
    for each in judged:
        if each.look is not None:
            faces = np.hstack(each.look.views)
            label = np.full((_LABEL, faces.shape[1], 3), 255, np.uint8)
            text = f"{each.name}  {', '.join(each.faults)}"
            cv2.putText(label, text, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
            rows += [faces, label]
    return np.asarray(np.vstack(rows), np.uint8) if rows else None


def check_sheet(path: Path) -> None:
    """Raise InputError unless a sheet can be written to ``path``."""
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise InputError(f"{path.name} should end in .png or .jpg: a sheet is a picture.")
    if not path.absolute().parent.is_dir():
        raise InputError(f"There is no folder {path.absolute().parent}.")
