"""A table of columns, one film a row: read, checked, and what became of each row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from talking_head.errors import InputError, TalkingHeadError, visitors_sentence
from talking_head.film.spec import COLUMN, FilmSpec, file_name, filled

MOST = 1000  # rows of a table
_COLUMNS = 200
_ROW_CHARS, _TABLE_CHARS = 200_000, 20_000_000  # of all texts once the columns are filled in: {a}{a}{a}… multiplies a cell
_MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its ``number`` from 1, the ``spec`` of its film (None: it makes none, ``error`` says why) and its ``name``."""

    number: int
    name: str
    spec: FilmSpec | None
    error: str = ""


def read_rows(file: Path, spec: FilmSpec) -> list[Row]:
    """The films of a CSV file (UTF-8, a header, commas, semicolons or tabs). Raises InputError for a file that has none."""
    table = _table(file)
    texts = (spec.text, spec.title, *(scene.text for scene in spec.scenes))
    wanted = {name for text in texts for name in COLUMN.findall(text)}
    columns = list(table[0]) if table else []
    if not table:
        raise InputError(f"The table {file.name} has no rows below its first line, which names the columns.")
    if missing := sorted(wanted - set(columns)):
        raise InputError(f"The table {file.name} has no column “{missing[0]}”. Its columns are: {', '.join(columns)}.")
    if not wanted:
        raise InputError(f"All films would be the same: write columns of {file.name} into the text, such as {{{columns[0]}}}.")
    used = Counter(name for text in texts for name in COLUMN.findall(text))
    written = sum(map(len, texts))
    sizes = [written + sum(count * len(values[name]) for name, count in used.items()) for values in table]
    if sum(sizes) > _TABLE_CHARS:
        raise InputError(f"With its columns filled in, the table {file.name} makes {sum(sizes)} characters: split it.")
    return [
        _row(number, values, spec, len(table), size) for number, (values, size) in enumerate(zip(table, sizes, strict=True), 1)
    ]


def _row(number: int, values: dict[str, str], spec: FilmSpec, count: int, size: int) -> Row:
    first = next((value for value in values.values() if value.strip()), "")
    name = f"{number:0{len(str(count))}}-{file_name(first)}"
    if size > _ROW_CHARS:
        return Row(number, name, None, f"With its columns filled in, this film has {size} characters; {_ROW_CHARS} are taken.")
    try:
        return Row(number, name, filled(spec, values))
    except TalkingHeadError as error:
        return Row(number, name, None, visitors_sentence(error))


def _table(file: Path) -> list[dict[str, str]]:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(f"The table {file.name} is larger than {_MOST_BYTES // 1_000_000} MB.")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The table {file.name} cannot be read as text in UTF-8. Save it as “CSV UTF-8”.") from error
    first = text.partition("\n")[0]
    comma = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True))
    except csv.Error as error:
        raise InputError(f"The table {file.name} is no CSV: {error}.") from error
    header = [name.strip() for name in rows[0]] if rows else []
    if len(set(header)) != len(header) or not all(header):
        raise InputError(f"The first line of {file.name} names the columns: each once, none empty.")
    filled_rows = [row for row in rows[1:] if any(map(str.strip, row))]
    for count, most, what in ((len(filled_rows), MOST, "rows"), (len(header), _COLUMNS, "columns")):
        if count > most:
            raise InputError(f"The table {file.name} has {count} {what}; {most} are taken at once.")
    return [dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in filled_rows]


def report(rows: Sequence[tuple[Row, str, str]]) -> str:
    """A CSV of what became of them: number, name, file, error."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["row", "name", "file", "error"])
    writer.writerows([row.number, row.name, made, error] for row, made, error in rows)
    return out.getvalue()
