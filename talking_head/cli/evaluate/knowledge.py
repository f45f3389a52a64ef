"""`talking-head evaluate knowledge`: are the right passages found, and is what cannot be answered refused?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def evaluate_knowledge(
    documents: Annotated[list[Path] | None, typer.Argument(help="Documents; without: the sample handbook.")] = None,
    questions: Annotated[
        Path | None, typer.Option(help="CSV with the columns question and section; without: the sample's.")
    ] = None,
    multilingual: Annotated[
        bool, typer.Option("--multilingual", help="With the embedder for questions in any language.")
    ] = False,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Ask questions whose answers are known, and some that nothing answers."""
    from talking_head.evaluate import knowledge
    from talking_head.face.avatars import SHIPPED
    from talking_head.knowledge.documents import read
    from talking_head.knowledge.library import embedder
    from talking_head.knowledge.store import Store

    store = Store(":memory:", embedder("multilingual" if multilingual else ""))
    for file in documents or [SHIPPED / "david" / "knowledge" / "handbook.md"]:
        store.add(read(file))
    asked = knowledge.read_questions(questions or (knowledge.CHINESE if multilingual else knowledge.QUESTIONS))
    out = {
        part: knowledge.measure(store, [q for q in asked if q.tuning == tuning])
        for part, tuning in (("tuning", True), ("held_out", False))
    }
    for part, row in out.items():
        typer.echo(
            f"{part}: {row['questions']} questions, right section first {row['hit1']}, among three {row['hit3']}, answered "
            f"{row['answered']}; {row['unanswerable']} without an answer, refused {row['refused']}; {row['search_ms']} ms"
        )
    if json_line:
        typer.echo(json.dumps(out))
