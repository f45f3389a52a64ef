"""A twin: an avatar that was trained on its person's video and has a net of its own, in its folder under ``twin/``."""

from __future__ import annotations

from pathlib import Path

from talking_head.animator.refiner.weights import FILE


def twin_folder(avatar: Path | None) -> Path | None:
    """Where the avatar in the folder ``avatar`` keeps its own weights, or None where it has none (or is no avatar)."""
    if avatar is None or not (avatar / "twin" / FILE).is_file():
        return None
    return avatar / "twin"
