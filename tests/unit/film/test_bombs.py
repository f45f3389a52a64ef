"""Tables and subtitles that are small and unfold: refused in a sentence before they fill the memory, or read in linear time."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from talking_head.errors import InputError
from talking_head.film.picture.overlays import read_logo
from talking_head.film.rows import read_rows, report
from talking_head.film.spec import FilmSpec, read_spec
from talking_head.film.subtitles import read_srt


def table(folder: Path, text: str) -> Path:
    file = folder / "rows.csv"
    file.write_text(text)
    return file


def test_columns_that_multiply_a_cell_are_refused(tmp_path: Path) -> None:
    (row,) = read_rows(table(tmp_path, f"a,b\n{'x' * 3_000},y\n"), FilmSpec(text="{a}" * 100))
    assert row.spec is None
    assert "200000 are taken" in row.error
    for text, cells in (("{a}" * 20_000, f"{'x' * 30_000},y\n"), ("{a}" * 40, f"{'x' * 3_000},y\n" * 900)):  # 600 and 108 MB
        with pytest.raises(InputError, match="split it"):
            read_rows(table(tmp_path, "a,b\n" + cells), FilmSpec(text=text))


def test_a_table_as_wide_as_long_is_refused(tmp_path: Path) -> None:
    wide = ",".join(f"c{number}" for number in range(1_000)) + "\n" + "x\n" * 10
    with pytest.raises(InputError, match="1000 columns; 200 are taken"):
        read_rows(table(tmp_path, wide), FilmSpec(text="{c1}"))


def test_a_logo_that_is_too_large_to_be_opened_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    Image.new("1", (20_000, 16_000)).save(file)  # 39 kB
    with pytest.raises(InputError, match="16 megapixels are enough"):
        read_logo(file)


def test_no_cell_of_the_report_is_a_formula(tmp_path: Path) -> None:
    rows = read_rows(table(tmp_path, 'a\n"=HYPERLINK(""http://x.y"")"\n+1\n-1\n@x\n'), FilmSpec(text="Hello {a}."))
    cells = [
        cell for line in report([(row, f"{row.name}.mp4", row.error) for row in rows]).splitlines() for cell in line.split(",")
    ]
    assert not [cell for cell in cells if cell.lstrip('"')[:1] in ("=", "+", "-", "@", "\t")]


def test_subtitles_full_of_tags_that_never_end_are_read_once(tmp_path: Path) -> None:
    file = tmp_path / "a.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:03,500\n" + "<{" * 900_000 + " <i>Hello</i> {\\an8}you.\n")
    (cue,) = read_srt(file)
    assert cue.text.endswith(" Hello you.")


@pytest.mark.parametrize(
    "told",
    [
        {"lines": 9000}, {"lines": 2}, {"lines": 129}, {"lines": "x"}, {"lines": 128.5}, {"speed": 9}, {"frame": "4:3"},
        {"title": "x" * 200}, {"poster": "perhaps"}, {"text": 7}, {"logo": {}}, {"logo": 3}, {"scenes": [{"text": "A"}] * 101},
        {"music": {"file": "a.wav", "level_db": "nan"}}, {"logo": {"file": "a.png", "opacity": 0}}, {"seed": -1},
    ],
    ids=str,
)  # fmt: skip
def test_no_sentence_is_pydantics(told: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        read_spec({"text": "A"} | told)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "nput should" not in sentence
    assert "alid" not in sentence
