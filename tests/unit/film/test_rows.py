"""One film a row: a row that fails stops none, and what is made is not made again."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from talking_head.config import Config
from talking_head.errors import InputError
from talking_head.film.rows import read_rows
from talking_head.film.spec import read_spec
from talking_head.jobs.work import Work, prepare
from tests.unit.film.players import run_film

pytestmark = pytest.mark.usefixtures("cache")
TOLD = {"text": "Hello {name}.", "rows": "people.csv", "lines": 128, "captions": {"files": False}}


def _work(tmp_path: Path, told: list[str]) -> Work:
    inputs, outputs, folder = prepare(tmp_path)
    (inputs / "people.csv").write_text("name;town\nAnn;Ulm\nunsayable;Bonn\n;\n“Zoë” Ö.;Köln\n", encoding="utf-8-sig")
    return Work(TOLD, Config(), inputs, outputs, folder, 1, lambda _, sentence: told.append(sentence))


def test_three_rows_one_of_which_fails(tmp_path: Path) -> None:
    told: list[str] = []
    work = _work(tmp_path, told)
    result = run_film(work)
    made = [film.get("file", film.get("error")) for film in result["films"]]
    assert made == ["1-Ann.mp4", "That cannot be said.", "3-Zoë-Ö.mp4"]
    assert sorted(each.name for each in work.outputs.iterdir()) == [
        "1-Ann.jpg",
        "1-Ann.mp4",
        "3-Zoë-Ö.jpg",
        "3-Zoë-Ö.mp4",
        "rows.csv",
    ]
    with (work.outputs / "rows.csv").open(encoding="utf-8") as lines:
        assert [row["error"] for row in csv.DictReader(lines)] == ["", "That cannot be said.", ""]
    assert told[-1].startswith("Film 3 of 3: ")
    first = (work.outputs / "1-Ann.mp4").stat().st_mtime_ns
    (work.outputs / "3-Zoë-Ö.mp4").unlink()  # as if it had been ended there
    run_film(work)
    assert (work.outputs / "1-Ann.mp4").stat().st_mtime_ns == first
    assert (work.outputs / "3-Zoë-Ö.mp4").is_file()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"name\n", "no rows"),
        (b"", "no rows"),
        (b"town\nUlm\n", "no column “name”. Its columns are: town"),
        (b"name,name\nA,B\n", "each once"),
        (b"name\n\xff\xfe\n", "CSV UTF-8"),
        (b'name\n"A\n', "is no CSV"),
        (b"name\n" + b"A\n" * 1001, "1000 are taken"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, table: bytes, sentence: str) -> None:
    (tmp_path / "a.csv").write_bytes(table)
    with pytest.raises(InputError, match=sentence):
        read_rows(tmp_path / "a.csv", read_spec(TOLD))


def test_a_column_may_be_missing_in_a_row_and_hold_anything(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('name,town\n"Ann, {town}"\n', encoding="utf-8")
    told: dict[str, Any] = {"text": "Hello {name} of {town}.", "rows": "a.csv"}
    ((row),) = read_rows(tmp_path / "a.csv", read_spec(told))
    assert row.spec is not None
    assert row.spec.text == "Hello Ann, {town} of ."  # what a column holds is not filled in again
