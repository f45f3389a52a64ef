"""What only tests call is no part of the product: a defence that nothing puts up defends nobody."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.paths import ROOT


def named(file: Path) -> list[str]:
    """Functions and classes of a file, but for methods and for those that a decorator hands to somebody."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(file.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, kinds) and not node.decorator_list]


def test_every_function_is_called_by_more_than_tests() -> None:
    package = sorted((ROOT / "talking_head").rglob("*.py"))
    texts = [file.read_text("utf-8") for file in [*package, *(ROOT / "scripts").rglob("*.py"), ROOT / "serve.py"]]
    told = [*texts, (ROOT / "pyproject.toml").read_text("utf-8")]
    words = Counter(word for text in told for word in re.findall(r"[^\W\d]\w*", text))
    alone = [f"{file.relative_to(ROOT)}: {name}" for file in package for name in named(file) if words[name] == 1]
    assert alone == []
