"""The tables of the guard: each entry catches its examples by itself, and the whole guard lets its near misses pass."""

from __future__ import annotations

import re

import pytest

from talking_head.persona.guard.attempt import Attempt, Breach
from talking_head.persona.guard.reading import TABLES, breach, clean

ENTRIES = [pytest.param(kind, entry, id=entry.name) for kind, table in TABLES for entry in table]


@pytest.mark.parametrize(("kind", "entry"), ENTRIES)
def test_an_entry_catches_its_examples_by_itself(kind: Breach, entry: Attempt) -> None:
    assert entry.caught
    for text in entry.caught:
        plain = clean(text)
        assert entry.may_be_in(set(re.findall(r"\w+", plain.lower()))), text
        assert entry.compiled.search(plain), text
        assert breach(text, "Anna") == kind, text


@pytest.mark.parametrize(("kind", "entry"), ENTRIES)
def test_its_near_misses_pass_the_whole_guard(kind: Breach, entry: Attempt) -> None:
    assert entry.passed
    for text in entry.passed:
        assert breach(text, "Anna") == "", text


@pytest.mark.parametrize(("kind", "entry"), ENTRIES)
def test_an_entry_can_be_read_and_spans_no_more_than_a_window_overlaps(kind: Breach, entry: Attempt) -> None:
    assert entry.catches
    assert "<words>" in entry.pattern
    # One word or one space at a time: whatever is repeated has a bound (a word has at most 40 letters, see clean).
    assert not re.search(r"(?<!\\)[*+]", re.sub(r"(?:\\[sw]|\[A-Za-z\]|\[a-z\])[*+]", "", entry.compiled.pattern))


def test_names_of_entries_are_their_own() -> None:
    names = [entry.name for _, table in TABLES for entry in table]
    assert len(set(names)) == len(names)
