"""Which clips may train and which only test: the committed list ``heldout.toml``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Clip names ("folder/name") by use; ``crowds``: folders in which every clip shows somebody else, but for those that
    ``same_person`` maps to the folder of their person; ``voices``: synthetic speakers that train no recogniser; ``sway``:
    clips from which posture and drift learn nothing, though lips do."""

    known: frozenset[str]
    unseen: frozenset[str]
    repeated: frozenset[str]
    same_person: dict[str, str]
    folders: frozenset[str]
    crowds: frozenset[str] = frozenset()
    voices: frozenset[str] = frozenset()
    sway: frozenset[str] = frozenset()

    def sway_use(self, name: str, *, test: bool = False) -> str:
        """As :meth:`use` (``test``: as :meth:`test_use`), for posture and drift: of a folder of which the list ``sway`` names
        clips the others train."""
        folder, file = ["", *name.split("/")][-2:]
        if any(each.startswith(f"{folder}/") for each in self.sway):
            return "unseen" if f"{folder}/{file}" in self.sway else "train"
        return self.test_use(name) if test else self.use(name)

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

    def with_split(self, clips: Sequence[tuple[str, str]]) -> HeldOut:
        """The list, extended by the clips (name, person) of folders that it does not name.

        Of five or more people every fifth is held out whole; of everybody else every eighth clip, and of few clips at least
        one. A single clip can only train.
        """
        new = sorted((name, person) for name, person in clips if name.split("/")[-2:][0] not in self.folders)
        people = sorted({person for _, person in new})
        strangers = set(people[4::5])
        unseen = {name for name, person in new if person in strangers}
        known: set[str] = set()
        for person in people:
            mine = [name for name, other in new if other == person and person not in strangers]
            known.update(mine[7::8])
        if not unseen | known and len(new) > 1:
            known.add(new[-1][0])
        return replace(self, known=self.known | short(known), unseen=self.unseen | short(unseen))

    def person(self, name: str, otherwise: str) -> str:
        """Who the clip ``name`` shows: ``otherwise``, unless the list knows better."""
        *above, folder, file = ["", *name.split("/")]
        if f"{folder}/{file}" in self.same_person:
            return "/".join([*above[1:], self.same_person[f"{folder}/{file}"]])
        return name if folder in self.crowds else otherwise


def short(names: Iterable[str]) -> frozenset[str]:
    """ "folder/name" of each, however long."""
    return frozenset("/".join(name.split("/")[-2:]) for name in names)


def of_run(weights: Path, otherwise: HeldOut) -> HeldOut:
    """How the run that wrote ``weights`` split its clips (split.json beside its config); ``otherwise`` where it did not say."""
    path = weights / "split.json"
    if not path.is_file():
        return otherwise
    uses: dict[str, str] = json.loads(path.read_text())
    folders = frozenset(name.split("/")[-2:][0] for name in uses)
    known, unseen = ({name for name, use in uses.items() if use == wanted} for wanted in ("known", "unseen"))
    return replace(otherwise, known=short(known), unseen=short(unseen), folders=folders)


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
        frozenset(data.get("voices", [])),
        frozenset(data.get("sway", [])),
    )
