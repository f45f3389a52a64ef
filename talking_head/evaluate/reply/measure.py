"""Ask a reply model all prompts, judge its answers, and write them beside another model's."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from talking_head.evaluate.reply.rules import Prompt, Verdict, judge
from talking_head.protocols import ReplyGenerator


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer to a prompt, its verdict, and the seconds to its first word."""

    prompt: Prompt
    answer: str
    verdict: Verdict
    first_s: float


def alone(model: ReplyGenerator) -> Callable[[Prompt], Iterable[str]]:
    """``model`` without anything around it: it is asked every prompt, and reads the passage itself."""
    return lambda prompt: model.stream(prompt.messages())


def ask(answer_of: Callable[[Prompt], Iterable[str]], prompts: Sequence[Prompt]) -> list[Asked]:
    """The answers to ``prompts``, one after the other; ``answer_of`` gives the pieces of one."""
    out = []
    for prompt in prompts:
        begun = time.perf_counter()
        first, pieces = 0.0, []
        for piece in answer_of(prompt):
            if piece and not first:
                first = time.perf_counter() - begun
            pieces.append(piece)
        answer = "".join(pieces).strip()
        out.append(Asked(prompt, answer, judge(prompt, answer), first))
    return out


def distinct(texts: Sequence[str], n: int) -> float:
    """Share of runs of ``n`` words that are unlike all others (Li and others 2016, "A Diversity-Promoting Objective Function
    for Neural Conversation Models"): low where a model says the same to everybody."""
    runs = [
        tuple(words[i : i + n])
        for text in texts
        if (words := re.findall(r"[\w']+", text.lower()))
        for i in range(len(words) - n + 1)
    ]
    return len(set(runs)) / len(runs) if runs else 0.0


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Passed in all and by kind, distinct-1 and -2, median words, median milliseconds to the first word."""
    kinds = Counter(a.prompt.kind for a in asked)
    right = Counter(a.prompt.kind for a in asked if a.verdict.passed)
    answers = [a.answer for a in asked]
    return {
        "passed": sum(right.values()),
        "of": len(asked),
        "kinds": {kind: [right[kind], number] for kind, number in kinds.items()},
        "distinct_1": round(distinct(answers, 1), 3),
        "distinct_2": round(distinct(answers, 2), 3),
        "words": median(len(answer.split()) for answer in answers),
        "first_ms": round(1000 * median(a.first_s for a in asked)),
    }


def table(runs: Mapping[str, Sequence[Asked]]) -> str:
    """Answers side by side as Markdown: one column a model, ✗ with the broken rules where one did not pass."""
    names = list(runs)
    lines = ["| kind | asked | " + " | ".join(names) + " |", "| --- | --- |" + " --- |" * len(names)]
    for rows in zip(*runs.values(), strict=True):
        cells = [rows[0].prompt.kind, _cell(rows[0].prompt.ask)]
        cells += [
            _cell(row.answer) + ("" if row.verdict.passed else f" ✗ *{_cell('; '.join(row.verdict.broken))}*") for row in rows
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
