"""A constant stands once: two modules that give one name the same value mean the same thing, or say here why not."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.paths import ROOT

PACKAGE = ROOT / "talking_head"
# One name and value by chance: each is a choice of its own, and one may change without the other.
CHANCE = {
    "AHEAD": "pictures before an encoder, items before a consumer",
    "APART": "pictures of a training pair, frames of two pitch accents",
    "BLUR": "a portrait's background, a film's",
    "EVERY": "frames that a report looks at, frames that lend teeth",
    "FLOOR": "clicks at joins, power of an echo's path",
    "MAX_CHARS": "lengths of different kinds of question, of a persona and of a chat for training",
    "MELS": "two front ends: Whisper's, and that of the motion nets",
    "NICE": "of different threads and processes",
    "RATE": "of the invisible mark's sequence, of the sound beside a track for a judge",
    "WHICH": "words of two grammars",
}


def written_out(value: ast.expr) -> bool:
    """Whether ``value`` is numbers or text alone (in a tuple, set, slice or array): what is computed of others stands once."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    data = [node.value for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return names <= {"np", "slice", "frozenset", "LANDMARKS"} and any(not isinstance(one, bool | None) for one in data)


def constants(file: Path) -> list[tuple[str, str]]:
    """Names and values of the module's constants, a leading underscore left out."""
    found = []
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id.lstrip("_"), node.value
            if name.isupper() and written_out(value):
                found.append((name, ast.unparse(value)))
    return found


def repeated(files: list[Path]) -> dict[str, list[str]]:
    where = defaultdict(list)
    for file in files:
        for constant in constants(file):
            where[constant].append(file.name if PACKAGE not in file.parents else str(file.relative_to(PACKAGE)))
    return {name: places for (name, _), places in where.items() if len(places) > 1}


def test_a_constant_stands_once() -> None:
    found = repeated(sorted(PACKAGE.rglob("*.py")))
    assert {name: places for name, places in found.items() if name not in CHANCE} == {}
    assert set(CHANCE) - set(found) == set(), "no longer repeated: take it off the list"


def test_a_repeated_constant_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("_EDGE = slice(468, 478)\nHEAD = np.array([-1, 1], np.float32)\nONE = 1 + OTHER\n")
    (tmp_path / "b.py").write_text("EDGE = slice(468, 478)\nHEAD = np.array([1, 1], np.float32)\nONE = 1 + OTHER\n")
    assert repeated(sorted(tmp_path.glob("*.py"))) == {"EDGE": ["a.py", "b.py"]}
