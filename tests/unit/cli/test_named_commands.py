"""Every command and option that a page or a sentence of ours names is one that can be typed."""

from __future__ import annotations

import re

import pytest
import typer.main
from typer.core import TyperGroup

from talking_head.cli.main import app
from tests.paths import ROOT

COMMANDS = typer.main.get_command(app)
TOLD = {"LOG.md", "CHANGELOG.md"}  # what was, under the names of its time
PLACES = ["*.md", "*.toml", "docs/*.md", "weights/*/README.md", "web/**/*.js", "web/**/*.html", "talking_head/**/*.py"]
PROSE = {"server", "anew"}  # what follows our name where it is no command
LEFT_OUT = {"prepare": "videos"}  # the command that is meant where none is named


def unknown(text: str) -> list[str]:
    """Commands and options that ``text`` names and nobody can type, each with the words before it."""
    text = re.sub(r"\\\n\s*", " ", text)  # a command that goes on in the next line
    named = re.findall(r"(?<![\w/.\"-])talking-head ([a-z-][^\n`|&;#]*)", text)
    return [found for words in named if (found := _wrong(words.split())) is not None]


def _wrong(words: list[str]) -> str | None:
    command, path = COMMANDS, ["talking-head"]
    while isinstance(command, TyperGroup) and words:
        word = re.sub(r"[^\w-]+$", "", words[0])
        if word in command.commands:
            words = words[1:]
        elif path[-1] in LEFT_OUT and re.match(r"[\w(]", words[0]):
            word = LEFT_OUT[path[-1]]
        elif path == ["talking-head"] and re.fullmatch(r"[a-z]+[a-z-]*", word) and word not in PROSE:
            return f"talking-head {word}"
        else:
            break
        command, path = command.commands[word], [*path, word]
    options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    asked = [found[0] for word in words if (found := re.match(r"--[a-z][a-z-]*", word.strip("[(")))]
    return next((" ".join([*path, option]) for option in asked if option not in options), None)


def test_every_command_that_is_named_can_be_typed() -> None:
    files = [file for place in PLACES for file in ROOT.glob(place) if file.name not in TOLD]
    assert len(files) > 500
    wrong = {str(file.relative_to(ROOT)): found for file in files if (found := unknown(file.read_text("utf-8")))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Run talking-head models pull, then add it again.", ["talking-head models"]),
        ("`talking-head say --lengthy 3`", ["talking-head say --lengthy"]),
        ("`talking-head prepare clips/ --out data/`, a talking-head server, talking-head pull.", []),
        ("talking-head avatar add me.jpg \\\n  --nme me", ["talking-head avatar add --nme"]),
    ],
)
def test_what_cannot_be_typed_is_found_out(text: str, found: list[str]) -> None:
    assert unknown(text) == found
