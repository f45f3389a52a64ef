"""How well a presenter finds what it knows: questions with the section that answers them, and some that none answers."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import InputError
from talking_head.face.avatars import SHIPPED
from talking_head.knowledge.answer import look_up
from talking_head.knowledge.search import search
from talking_head.knowledge.store import Store

QUESTIONS = SHIPPED / "david" / "questions.csv"
CHINESE = SHIPPED / "david" / "questions_zh.csv"  # over the same English handbook


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the heading of the section that answers it ("": none does). ``tuning``: thresholds were chosen on it."""

    text: str
    section: str
    tuning: bool


def read_questions(file: Path = QUESTIONS) -> list[Question]:
    """Rows of ``set,question,section``; ``set`` "tune" marks those on which thresholds were chosen. Raises InputError."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"question", "section"} <= set(rows[0]):
        raise InputError(f"{file.name} needs the columns question and section (empty where nothing answers).")
    return [Question(row["question"], row["section"] or "", row.get("set") == "tune") for row in rows]


def measure(store: Store, questions: list[Question]) -> dict[str, Any]:
    """Shares 0…1: the right section first or among three, answered of those that can be, refused of those that cannot;
    milliseconds of a look-up by the clock, and of processor time, which a busy machine does not stretch."""
    first, three, answered, refused, times, worked = [], [], [], [], [], []
    missed = []
    for question in questions:
        began, busy = time.perf_counter(), time.process_time()
        known = look_up(store, question.text).known  # first: the vector of a question is remembered
        times.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        hits = search(store, question.text)
        if not question.section:
            refused.append(not known)
        else:
            found = [hit.passage.heading.rpartition(" › ")[2] for hit in hits]
            first.append(found[:1] == [question.section])
            three.append(question.section in found)
            answered.append(known)
        if (question.section and not three[-1]) or (not question.section and known):
            missed.append(question.text)
    return {
        "questions": len(three),
        "hit1": _share(first),
        "hit3": _share(three),
        "answered": _share(answered),
        "unanswerable": len(refused),
        "refused": _share(refused),
        "search_ms": _percentiles(times),
        "processor_ms": _percentiles(worked),
        "missed": missed,
    }


def _percentiles(values: list[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(values, share)), 1) for share in (50, 95)}


def _share(values: list[bool]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
