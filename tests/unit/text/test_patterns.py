"""No text makes a regular expression of ours try for ever: one message of a visitor would hold up everybody's.

Each pattern that stands in a module is tried on texts that it nearly matches: what one of its repetitions takes, many times
over, and then something that nothing takes. Where a repetition can take the same text in two ways, the tries double with
each of them (“catastrophic backtracking”), and no machine comes to an end; what is merely slow stays far below the bound.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import random
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import talking_head

SECONDS = 1.0  # of this process's own time, for one text
LENGTH = 1000
TRIES = 6  # texts a repetition
APART = {"bench", "cli", "evaluate", "train"}  # read what their owner gives them; some need packages of an extra
END = "\x00"


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """All compiled patterns of the package's modules, once each, with the name of what holds them."""
    found: dict[re.Pattern[str], str] = {}

    def collect(value: object, name: str, depth: int = 0) -> None:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            found.setdefault(value, name)
        elif depth < 3 and isinstance(value, dict):
            collect([*value.keys(), *value.values()], name, depth + 1)
        elif depth < 3 and isinstance(value, (tuple, list, set, frozenset)):
            for each in value:
                collect(each, name, depth + 1)

    for module in pkgutil.walk_packages(talking_head.__path__, "talking_head."):
        if module.name.split(".")[1] not in APART and not module.name.endswith("__main__"):
            try:
                values = vars(importlib.import_module(module.name))
            except ImportError:  # of an extra that is not here
                continue
            for key, value in list(values.items()):
                collect(value, f"{module.name}.{key}")
            for line, source in _inline(values):
                collect(re.compile(source), f"{module.name}:{line}")
    return [(name, pattern) for pattern, name in found.items()]


def _inline(module: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Line and text of the patterns that a module writes where it uses them."""
    if not str(module.get("__file__") or "").endswith(".py"):
        return
    for node in ast.walk(ast.parse(Path(module["__file__"]).read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and node.func.attr != "escape":
                yield node.lineno, first.value


class Writer:
    """Writes texts that a pattern nearly matches, from what :mod:`re` reads of it."""

    def __init__(self, pattern: re.Pattern[str], seed: int) -> None:
        parser: Any = importlib.import_module("re._parser")
        self.tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
        self._random = random.Random(seed)
        self._groups: dict[int, str] = {}
        self.repeated: object = None

    def repetitions(self, tree: Any = None) -> Iterator[object]:
        """Each place where something is repeated without a bound that matters."""
        for kind, value in self.tree if tree is None else tree:
            if str(kind) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
                if value[1] > 3:
                    yield value[2]
                yield from self.repetitions(value[2])
            for part in _parts(str(kind), value):
                yield from self.repetitions(part)

    def text(self, tree: Any) -> str:
        """Something that ``tree`` takes, with :attr:`repeated` many times over."""
        return "".join(self._one(str(kind), value) for kind, value in tree)

    def _one(self, kind: str, value: Any) -> str:
        draw = self._random
        if kind == "LITERAL":
            return chr(value)
        if kind in {"ANY", "NOT_LITERAL"}:
            return draw.choice("a 1")
        if kind == "IN":
            return self._class(value)
        if kind == "BRANCH":
            around = [part for part in value[1] if self.repeated in list(self.repetitions(part))]
            return self.text(draw.choice(around or value[1]))
        if kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            least, most, body = value
            if body is self.repeated:
                bodies = [self.text(body) for _ in range(draw.choice((1, 1, 2, 3)))]
                unit = "".join(bodies) or "a"
                return unit * min(int(most), LENGTH // len(unit) + 1)
            inside = self.repeated in list(self.repetitions(body))
            count = max(int(least), 1) if inside else draw.randint(int(least), min(int(most), int(least) + 1))
            return "".join(self.text(body) for _ in range(count))
        if kind == "SUBPATTERN":
            written = self.text(value[3])
            if value[0] is not None:
                self._groups[value[0]] = written
            return written
        if kind == "GROUPREF":
            return self._groups.get(value, "")
        if kind == "ATOMIC_GROUP":
            return self.text(value)
        if kind == "GROUPREF_EXISTS":
            return self.text(value[1])
        return ""  # what looks on without taking anything

    def _class(self, members: Any) -> str:
        if str(members[0][0]) == "NEGATE":
            return next(c for c in "a 1一.,-\n" if re.fullmatch(_spelled(members), c) is not None or c == "\n")
        kind, value = self._random.choice(members)
        if str(kind) == "LITERAL":
            return chr(value)
        if str(kind) == "RANGE":
            return chr(value[0])
        return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_NOT_WORD": ".", "CATEGORY_NOT_SPACE": "a"}.get(
            str(value), "a"
        )


def _parts(kind: str, value: Any) -> list[Any]:
    if kind == "BRANCH":
        return list(value[1])
    if kind == "SUBPATTERN":
        return [value[3]]
    if kind in {"ASSERT", "ASSERT_NOT"}:
        return [value[1]]
    if kind == "ATOMIC_GROUP":
        return [value]
    return [part for part in value[1:] if part] if kind == "GROUPREF_EXISTS" else []


def _spelled(members: Any) -> str:
    """A set of characters as :mod:`re` wants it written."""
    names = {"DIGIT": r"\d", "NOT_DIGIT": r"\D", "SPACE": r"\s", "NOT_SPACE": r"\S", "WORD": r"\w", "NOT_WORD": r"\W"}
    out = ""
    for kind, value in members:
        if str(kind) == "NEGATE":
            out += "^"
        elif str(kind) == "LITERAL":
            out += re.escape(chr(value))
        elif str(kind) == "RANGE":
            out += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            out += names[str(value).removeprefix("CATEGORY_")]
    return f"[{out}]"


class TooLongError(Exception):
    """One text took more than :data:`SECONDS`."""


def takes_long(pattern: re.Pattern[str], text: str) -> bool:
    """Whether looking for ``pattern`` in ``text``, or matching all of it, is given up; its own time counts."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, give_up)
    try:
        for look in (pattern.search, pattern.fullmatch):
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            look(text)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except TooLongError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return False


def endless(pattern: re.Pattern[str]) -> str:
    """A text over which ``pattern`` tries without an end, shortened; "" where none was found."""
    writer = Writer(pattern, seed=len(pattern.pattern))
    for body in list(writer.repetitions()):
        writer.repeated = body
        for _ in range(TRIES):
            text = writer.text(writer.tree)[:LENGTH] + END
            if takes_long(pattern, text):
                return text[:80]
    return ""


@pytest.mark.parametrize(
    "source", [r"(?:(?:just|only|a|just)[, ]+)*yes", r"^(a+)+$", r"x(?:keep it(?: to)?|to| )*z", r"(?:a|b|ab)*c"]
)
def test_what_would_be_found(source: str) -> None:
    assert endless(re.compile(source))


@pytest.mark.timeout(900)
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system counts no process's own time")
def test_no_text_makes_a_pattern_try_for_ever() -> None:
    found = patterns()
    assert len(found) > 400, sys.version
    assert [(name, text) for name, pattern in found if (text := endless(pattern))] == []
