"""Questions in other words than the passage's: how many are answered by the right sentence, and how many wrongly at all."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from talking_head.face.avatars import SHIPPED
from talking_head.knowledge.answer import look_up
from talking_head.knowledge.documents import Document, Section, read
from talking_head.knowledge.embedder import MiniLmEmbedder
from talking_head.knowledge.store import Store

PASSAGES = tomllib.loads(Path(__file__).with_name("indirect.toml").read_text(encoding="utf-8"))["passage"]


@pytest.mark.models
def test_half_are_answered_and_few_wrongly(models: Path) -> None:
    embedder, counts = MiniLmEmbedder(), Counter[str]()
    for passage in PASSAGES:
        heading, _, text = passage["text"].partition("\n")
        store = Store(":memory:", embedder)
        store.add(Document("handbook", heading, (Section(heading, text),)))
        for question, answer in passage["asked"]:
            found = look_up(store, question)
            asked = "answerable" if answer else "unanswerable"
            counts[asked] += 1
            if found.known:
                assert len(found.text.split()) <= 40
                counts["right" if answer and re.search(answer, found.text, re.I) else f"wrong, {asked}"] += 1
    assert counts["answerable"] == 60
    assert counts["unanswerable"] == 24
    assert counts["right"] >= 30  # 10 while cosine alone decided
    assert counts["wrong, unanswerable"] <= 2
    assert counts["wrong, answerable"] <= 3


@pytest.mark.models
@pytest.mark.parametrize("question", ["my kettle arrived broken, what now?", "My accordion arrived broken. What should I do?"])
def test_a_thing_of_the_visitors_that_no_document_names_is_it(models: Path, question: str) -> None:
    store = Store(":memory:", MiniLmEmbedder())
    for file in sorted((SHIPPED / "david" / "knowledge").iterdir()):
        store.add(read(file))
    assert "photos" in look_up(store, question).text
