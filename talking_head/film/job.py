"""Films as jobs (``talking_head.jobs``): one, or one for each row of a table."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.film.cast import Cast
from talking_head.film.producer import Film, make
from talking_head.film.rows import Row, read_rows, report
from talking_head.film.spec import FilmSpec, read_spec
from talking_head.jobs.work import Work

REPORT = "rows.csv"

log = logging.getLogger(__name__)


def run(work: Work) -> dict[str, Any]:
    """Make what the description in ``work.parameters`` says; its files lie in ``work.inputs``.

    The result: ``notes``, and ``films`` with row (0 without a table), file, seconds, frames, width, height or an error.
    """
    spec = read_spec(work.parameters)
    files = {name: work.inputs / name for name in spec.files()}
    cast = Cast(work.config)
    notes: list[str] = []
    if not spec.rows:
        film = make(spec, files, cast, work.folder, work.outputs, tell=work.tell, notes=notes.append)
        return {"films": [_told(film)], "notes": notes}
    return {"films": _rows(spec, files, cast, work, notes), "notes": list(dict.fromkeys(notes))}


def _rows(spec: FilmSpec, files: dict[str, Path], cast: Cast, work: Work, notes: list[str]) -> list[dict[str, Any]]:
    """A film for each row; one that fails stops none, and one that is there is not made again."""
    rows = read_rows(files[spec.rows], spec)
    films: list[dict[str, Any]] = []
    became: list[tuple[Row, str, str]] = []
    for number, row in enumerate(rows):

        def tell(share: float, sentence: str, number: int = number) -> None:
            work.tell((number + share) / len(rows), f"Film {number + 1} of {len(rows)}: {sentence}")

        film, error = _row(row, files, cast, work, tell, notes)
        films.append({"row": row.number, "name": row.name} | (_told(film) if film else {"error": error}))
        became.append((row, film.file.name if film else "", error))
    half = work.outputs / f".{REPORT}"
    half.write_text(report(became), encoding="utf-8")
    half.rename(work.outputs / REPORT)
    return films


def _row(row: Row, files: dict[str, Path], cast: Cast, work: Work, tell: Any, notes: list[str]) -> tuple[Film | None, str]:
    if row.spec is None:
        return None, row.error
    folder = work.folder / f"row-{row.number}"
    done = work.folder / f"row-{row.number}.done"
    if done.is_file() and (file := work.outputs / done.read_text()).is_file():
        return Film(file, (file,), 0, 0, 0, 0), ""
    try:
        film = make(row.spec, files, cast, folder, work.outputs, name=row.name, tell=tell, notes=notes.append)
    except TalkingHeadError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return None, visitors_sentence(error)
    shutil.rmtree(folder, ignore_errors=True)
    done.write_text(film.file.name)
    return film, ""


def _told(film: Film) -> dict[str, Any]:
    return {
        "file": film.file.name,
        "seconds": round(film.seconds, 3),
        "frames": film.frames,
        "width": film.width,
        "height": film.height,
    }
