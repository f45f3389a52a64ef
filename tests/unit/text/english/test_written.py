"""Everyday writing, as words: our own lines of each class, and the shared cases with what must be heard of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from talking_head.errors import TextError
from talking_head.text.clauses import split
from tests.paths import CASES

ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "written.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
SHARED = CASES / "texts.tsv"
RULES_IN_WORDS = ("in a session", "what can be spoken", "spoken somehow")  # of the shared cases that say no words


def words(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", " ".join(span.spoken for span in split(text)).lower()))


@pytest.mark.parametrize(("text", "heard"), ROWS, ids=[text for text, _ in ROWS])
def test_what_is_written_is_heard_in_these_words(text: str, heard: str) -> None:
    assert words(text) == heard


def test_of_the_shared_cases_every_word_is_heard() -> None:
    """(words) may be left out, … stands for anything, (or: …) for another way; spaces and hyphens do not matter."""
    if not SHARED.is_file():
        pytest.skip("the shared cases are not beside this checkout")
    wrong = []
    for line in SHARED.read_text("utf-8").splitlines():
        text, _, wanted = line.partition("\t")
        if line.startswith("#") or not wanted or wanted.startswith(RULES_IN_WORDS):
            continue
        try:
            heard = words(text)
        except TextError as error:
            heard = f"refused: {error}"
        if not any(re.search(pattern, bare(heard)) for pattern in patterns(wanted.lower())):
            wrong.append(f"{text} → {heard}")
    assert not wrong


def patterns(wanted: str) -> list[str]:
    ways = [re.sub(r"\(or: [^)]*\)", "", wanted), *re.findall(r"\(or: ([^)]*)\)", wanted)]
    parts = [re.findall(r"\([^)]*\)|…|[^(…]+", way) for way in ways]
    return ["".join(".*" if p == "…" else f"(?:{bare(p)})?" if p[0] == "(" else bare(p) for p in way) for way in parts]


def bare(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)
