"""Everyday writing in Mandarin, as it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.text import language

ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "written.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("text", "heard"), ROWS, ids=[text for text, _ in ROWS])
def test_what_is_written_is_heard_in_these_words(text: str, heard: str) -> None:
    assert language.get("zh").normalise(text) == heard
