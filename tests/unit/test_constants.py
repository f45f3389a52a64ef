"""A constant stands once: two modules that give one name the same value mean the same thing, or say here why not. And what
only tests call is no part of the product: a defence that nothing puts up defends nobody."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
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


def named(file: Path) -> list[str]:
    """Functions and classes of a file, but for methods and for those that a decorator hands to somebody."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(file.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, kinds) and not node.decorator_list]


def test_every_function_is_called_by_more_than_tests() -> None:
    package = sorted(PACKAGE.rglob("*.py"))
    texts = [file.read_text("utf-8") for file in [*package, *(ROOT / "scripts").rglob("*.py"), ROOT / "serve.py"]]
    told = [*texts, (ROOT / "pyproject.toml").read_text("utf-8")]
    words = Counter(word for text in told for word in re.findall(r"[^\W\d]\w*", text))
    alone = [f"{file.relative_to(ROOT)}: {name}" for file in package for name in named(file) if words[name] == 1]
    assert alone == []
