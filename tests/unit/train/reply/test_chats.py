"""Chats are read with care: what is no chat, or holds a secret, is refused with its line; near-duplicates stay together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from talking_head.errors import InputError
from talking_head.evaluate.reply import rules
from talking_head.knowledge.answer import instructions
from talking_head.knowledge.chunks import Passage
from talking_head.train.reply import chats, split
from talking_head.train.reply.preparation import write_sides
from tests.paths import ROOT
from tests.unit.train.reply.models import chat, some_chats, write_chats

SHIPPED = ROOT / "talking_head" / "train" / "reply" / "dialogues"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ([], "object"),
        ({"messages": "Hello"}, "list"),
        ({"messages": []}, "take turns"),
        (chat("Hello"), "last word"),
        (chat("Hello", "Hi", "Bye"), "last word"),
        (chat("Hello", " "), "empty"),
        ({"messages": [{"role": "bot", "content": "Hi"}]}, "role “bot”"),
        ({"messages": [{"role": "user", "content": 3}]}, "content"),
        (chat("Hello", "Hi", answer="Hi"), "unknown keys answer"),
        (chat("Hello", "Hi", tags="greeting"), "tags"),
        (chat("Hello", "Hi", passage=[""]), "passage"),
        (chat("My key is", "sk-abcdefghijklmnop1234"), "key"),
        (chat("My card is 4111 1111 1111 1111", "Thank you"), "card number"),
        (chat("Write to anna@example.org", "I will"), "e-mail"),
        (chat("-----BEGIN RSA PRIVATE KEY-----", "Oh"), "key"),
        (chat("Remember it: password: hunter2hunter2", "I forget it"), "key or password"),
    ],
)
def test_what_is_refused_and_why(row: Any, says: str, tmp_path: Path) -> None:
    file = write_chats(tmp_path / "chats.jsonl", [chat("Hello", "Hi"), row])
    with pytest.raises(InputError, match=f"line 2: .*{says}") as refused:
        chats.read(file)
    assert "4111" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_broken_json_and_an_empty_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"messages":')
    with pytest.raises(InputError, match="line 1: this is not JSON"):
        chats.read(tmp_path / "a")
    (tmp_path / "b").write_text("\n")
    with pytest.raises(InputError, match="no chats"):
        chats.read(tmp_path / "b")
    with pytest.raises(InputError, match="cannot be read"):
        chats.read(tmp_path / "absent")


def test_numbers_that_are_no_cards_and_addresses_that_are_meant_pass(tmp_path: Path) -> None:
    rows = [chat("What is 1234567890123 plus 1?", "That is too much for me."), chat("Mail?", "Write to shop@example.org.")]
    file = write_chats(tmp_path / "chats.jsonl", rows)
    assert len(chats.read(file, emails=True)) == 2


def test_a_passage_stands_where_a_session_puts_it(tmp_path: Path) -> None:
    row = chat("Hello", "Hi", "When are you open?", "At nine.", passage="Hours\nWe open at nine.")
    (read,) = chats.read(write_chats(tmp_path / "chats.jsonl", [row]))
    assert [m.role for m in read.messages] == ["user", "assistant", "system", "user", "assistant"]
    assert read.messages[2].content == instructions((Passage("", "Hours", "We open at nine."),))
    assert read.turns == 2


def test_near_duplicates_go_to_one_side_whatever_else_is_there(tmp_path: Path) -> None:
    rows = some_chats(36)
    twins = [chat(f"Please tell me the way to the old station of town {n}", "Go left, then right.") for n in range(8)]
    both = chats.read(write_chats(tmp_path / "all.jsonl", [*rows, *twins]))
    groups = split.duplicates(both)
    assert len(set(groups[36:])) == 1, "only a number differs"
    assert len(set(groups)) > 25
    train, test = split.split(both, 0.3)
    assert train
    assert test
    sides = {chat.line: side for side, part in (("train", train), ("test", test)) for chat in part}
    assert len({sides[n] for n in range(37, 45)}) == 1
    fewer = chats.read(write_chats(tmp_path / "fewer.jsonl", rows[:12]))
    for side, part in zip(("train", "test"), split.split(fewer, 0.3), strict=True):
        assert all(sides[chat.line] == side for chat in part)


def test_the_sides_are_written_as_they_came(tmp_path: Path) -> None:
    rows = [*some_chats(36), chat("Grüße!", "Grüß dich.", passage="Only one line", tags=["greeting"])]
    file = write_chats(tmp_path / "chats.jsonl", rows)
    write_sides(file, tmp_path / "out", emails=False)
    lines = [line for name in ("train", "test") for line in (tmp_path / "out" / f"{name}.jsonl").read_text().splitlines()]
    assert sorted(lines) == sorted(json.dumps(row, ensure_ascii=False) for row in rows)


def test_the_shipped_chats_are_fit_and_many() -> None:
    shipped = chats.read(SHIPPED / "chats.jsonl")
    assert sum(chat.turns for chat in shipped) >= 1500
    tags = {tag for chat in shipped for tag in chat.tags}
    assert {"greeting", "who", "passage", "passage-unknown", "unknown", "sad", "insult", "injection", "sum", "date"} <= tags
    answers = [m.content for chat in shipped for m in chat.messages if m.role == "assistant"]
    assert max(len(answer.split()) for answer in answers) <= 45
    assert not any(rules.judge(rules.Prompt(kind="any", name="A", ask="a"), answer).broken for answer in answers)


def test_no_prompt_of_the_evaluation_is_in_the_shipped_chats() -> None:
    """By the same measure of likeness that keeps near-duplicates together, and by their presenters' names."""
    shipped = chats.read(SHIPPED / "chats.jsonl")
    asked = [" ".join(split.plain(m.content)) for chat in shipped for m in chat.messages if m.role == "user"]
    known = set(asked)
    marks = [split.runs(line) for line in known]
    text = " ".join(m.content for chat in shipped for m in chat.messages)
    for prompt in (*rules.read(), *rules.read(rules.PROMPTS.with_name("tuning.toml"))):
        assert " ".join(split.plain(prompt.ask)) not in known, prompt.ask
        assert prompt.name not in text.split(), prompt.name
        assert not prompt.passage or prompt.passage.partition("\n")[2][:40] not in text, prompt.passage
        runs = split.runs(prompt.ask)
        assert max(len(runs & other) / len(runs | other) for other in marks) < split.ALIKE, prompt.ask
