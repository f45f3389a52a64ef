"""``docs/explained.md`` and its Chinese twin: every formula stands beside the line that computes it, the same in both."""

from __future__ import annotations

import csv
import re
import tokenize
from io import StringIO
from pathlib import Path

import pytest

from tests.paths import ROOT

PAGES = ("explained.md", "explained.zh.md")


def cited(page: str) -> list[tuple[str, str]]:
    """Files with the lines of code, or parts of one, that are said to stand in them."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(r"`(talking_head/[\w/]+\.py)` `([^`]+)`", text)


def code(file: Path) -> list[str]:
    """The lines of ``file`` without comments and docstrings."""
    lines = file.read_text("utf-8").splitlines()
    for token in tokenize.generate_tokens(StringIO("\n".join(lines) + "\n").readline):
        (first, begin), (last, _) = token.start, token.end
        if token.type == tokenize.COMMENT:
            lines[first - 1] = lines[first - 1][:begin]
        elif token.type == tokenize.STRING and token.string.startswith('"""'):
            lines[first - 1 : last] = [lines[first - 1][:begin], *[""] * (last - first)]
    return lines


@pytest.mark.parametrize("page", PAGES)
def test_every_line_that_is_cited_stands_in_its_file_once(page: str) -> None:
    places = cited(page)
    assert len(places) >= 35
    for file, line in places:
        assert (ROOT / file).is_file(), file
        assert not line.isidentifier(), f"{line} names a thing, no line"
        found = [number for number, text in enumerate(code(ROOT / file), 1) if line in text]
        assert len(found) == 1, f"{file}: {line} stands in lines {found}"


@pytest.mark.parametrize("page", PAGES)
def test_every_formula_of_a_table_has_its_line(page: str) -> None:
    rows = [row for row in (ROOT / "docs" / page).read_text("utf-8").splitlines() if row.startswith("| ")]
    told = [row for row in rows if not row.endswith((" line |", "代码行 |", "--- |"))]
    assert len(told) >= 30
    assert [row for row in told if not re.search(r"`talking_head/[\w/]+\.py` `[^`]+` \|$", row)] == []


def test_both_languages_cite_the_same() -> None:
    assert cited(PAGES[0]) == cited(PAGES[1])


def test_the_curve_is_that_of_its_table() -> None:
    rows = list(csv.DictReader((ROOT / "docs" / "explained" / "recogniser.csv").read_text("utf-8").splitlines()))
    last = rows[-1]
    shares = [float(last[f"{ahead} ahead"]) for ahead in range(4)]
    assert shares == sorted(shares)
    text = (ROOT / "docs" / PAGES[0]).read_text("utf-8")
    assert f"({shares[0] * 100:.0f} → {shares[1] * 100:.0f} %)" in text
    assert f"({shares[2] * 100:.0f} → {shares[3] * 100:.0f} %)" in text
    assert (ROOT / "docs" / "explained" / "recogniser.png").is_file()


@pytest.mark.parametrize("page", PAGES)
def test_what_is_said_of_the_sway_is_the_end_of_its_table(page: str) -> None:
    last = list(csv.DictReader((ROOT / "docs" / "explained" / "sway.csv").read_text("utf-8").splitlines()))[-1]
    text = (ROOT / "docs" / page).read_text("utf-8")
    for name in ("unseen places", "unseen speeds"):
        assert f"{float(last[name]) * 100:.0f} %" in text
    for name in ("unseen kl", "unseen kl deaf"):
        assert f"{float(last[name]):.2f}" in text
    assert (ROOT / "docs" / "explained" / "sway.png").is_file()


@pytest.mark.parametrize("page", PAGES)
def test_what_is_said_of_the_critics_is_the_end_of_their_table(page: str) -> None:
    rows = list(csv.DictReader((ROOT / "docs" / "explained" / "gan.csv").read_text("utf-8").splitlines()))
    last = [row for row in rows if row["critic"]][-10:]
    text = (ROOT / "docs" / page).read_text("utf-8")

    def mean(name: str) -> float:
        return sum(float(row[name]) for row in last) / len(last)

    for value in (mean("critic"), mean("fool"), mean("real") - mean("fake"), mean("r1")):
        assert f"{value:.2f}" in text
    assert f"{float(rows[-1]['minutes']):.1f}" in text
    assert (ROOT / "docs" / "explained" / "gan.png").is_file()
