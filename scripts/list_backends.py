"""Write ``docs/backends.md``: every backend of every stage with its options, from the code itself.

``python scripts/list_backends.py`` writes it; with ``--check`` it says by its exit code whether the file is up to date.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import Any

from talking_head import registry

FILE = Path(__file__).resolve().parents[1] / "docs" / "backends.md"
_HEAD = """# Backends and their options

A stage takes another backend by one line of the configuration, `[<stage>] backend = "…"`; its options are the keyword
arguments of its class, and stand in `[<stage>.options]`. `device`, `precision` and `threads` come from `[device]` where the
options do not say otherwise. Written from the code by `scripts/list_backends.py`.
"""


def page() -> str:
    """The whole document."""
    parts = [_HEAD]
    for stage in registry.STAGES:
        parts.append(f"## {stage}\n")
        parts += [_backend(stage, name) for name in registry.chosen(stage)]
    return "\n".join(parts)


def _backend(stage: str, name: str) -> str:
    cls = registry.load(stage, name)
    about = _plain(inspect.getdoc(cls) or "")
    rows = [_row(p) for p in inspect.signature(cls).parameters.values() if p.kind is not p.VAR_KEYWORD]
    table = ["| option | type | default |", "| --- | --- | --- |", *rows] if rows else ["It takes no options."]
    return "\n".join([f"### {stage}: `{name}`\n", about, "", *table, ""])


def _row(parameter: inspect.Parameter) -> str:
    kind = str(parameter.annotation).replace(" | ", " or ").replace("|", "\\|")
    default = "" if parameter.default is parameter.empty else _literal(parameter.default)
    return f"| `{parameter.name}` | {kind} | {default} |"


def _literal(value: Any) -> str:
    if value is None:
        return "none"
    written = repr(list(value) if isinstance(value, tuple) else value)
    return f"`{written}`".replace("|", "\\|")


def _plain(docstring: str) -> str:
    """reStructuredText's roles and double backticks as Markdown."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", docstring)
    return text.replace("``", "`")


def main() -> None:
    """Write the file, or check it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not FILE.is_file() or FILE.read_text(encoding="utf-8") != text:
            sys.exit("docs/backends.md is out of date. Write it anew with: python scripts/list_backends.py")
        return
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
