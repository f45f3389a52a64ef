"""Which clips may train and which only test: the committed list ``heldout.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Clip names ("folder/name") by use; ``crowds``: folders in which every clip shows somebody else, but for those that
    ``same_person`` maps to the folder of their person."""

    known: frozenset[str]
    unseen: frozenset[str]
    repeated: frozenset[str]
    same_person: dict[str, str]
    folders: frozenset[str]
    crowds: frozenset[str] = frozenset()

    def use(self, name: str) -> str:
        """What the clip ``name`` is for: "train", "known", "unseen" or "none". Only its last folder and its name count."""
        name = "/".join(name.split("/")[-2:])
        for use in ("known", "unseen"):
            if name in getattr(self, use):
                return use
        return "none" if name in self.repeated else "train"

    def test_use(self, name: str) -> str:
        """As :meth:`use`, for evaluation: a clip from none of the training folders shows somebody unseen."""
        use = self.use(name)
        return "unseen" if use == "train" and name.split("/")[-2:][0] not in self.folders else use

    def person(self, name: str, otherwise: str) -> str:
        """Who the clip ``name`` shows: ``otherwise``, unless the list knows better."""
        *above, folder, file = ["", *name.split("/")]
        if f"{folder}/{file}" in self.same_person:
            return "/".join([*above[1:], self.same_person[f"{folder}/{file}"]])
        return name if folder in self.crowds else otherwise


def held_out(path: Path | None = None) -> HeldOut:
    """Read the list (default: the committed one of GRID)."""
    data = tomllib.loads((path or Path(__file__).with_name("heldout.toml")).read_text())
    return HeldOut(
        frozenset(data.get("known", [])),
        frozenset(data.get("unseen", [])),
        frozenset(data.get("repeated", [])),
        dict(data.get("same_person", {})),
        frozenset(data.get("folders", [])),
        frozenset(data.get("crowds", [])),
    )
