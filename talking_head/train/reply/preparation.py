"""What can be said of chats before anything is trained: their sides, their tokens, their tags. Needs no torch."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from talking_head.models import manifest
from talking_head.train.reply import chats as chat_file
from talking_head.train.reply.split import lacking, split
from talking_head.train.reply.tokens import ChatTokens

BASE = "smollm2-135m-instruct-bf16"
SHIPPED = Path(__file__).with_name("dialogues") / "chats.jsonl"  # what the shipped model learned from


def summary(data: Path, base: str, emails: bool, longest: int) -> dict[str, Any]:
    """What `prepare chats` says of ``data``: chats, turns and tokens of each side, the longest, how many are too long, what is
    ``lacking`` (see ``split.py``), tags."""
    sides = dict(zip(("train", "test"), split(chat_file.read(data, emails=emails)), strict=True))
    tokens = ChatTokens(manifest.folder_of(base))
    figures: dict[str, Any] = {}
    for name, side in sides.items():
        made = [tokens.sample(chat) for chat in side]
        figures[name] = {
            "chats": len(side),
            "turns": sum(chat.turns for chat in side),
            "tokens": sum(len(s.ids) for s in made),
            "learned": int(sum(s.learn.sum() for s in made)),
            "longest": max((len(s.ids) for s in made), default=0),
            "too_long": sum(len(s.ids) > longest for s in made),
        }
    figures["lacking"] = lacking(sides["train"], sides["test"])
    figures["tags"] = dict(Counter(tag for side in sides.values() for chat in side for tag in chat.tags).most_common())
    return figures


def write_sides(data: Path, out: Path, emails: bool) -> None:
    """Write train.jsonl and test.jsonl: the lines of ``data`` as they are split."""
    lines = data.read_text(encoding="utf-8").splitlines()
    out.mkdir(parents=True, exist_ok=True)
    for name, side in zip(("train", "test"), split(chat_file.read(data, emails=emails)), strict=True):
        (out / f"{name}.jsonl").write_text(
            "".join(json.dumps(json.loads(lines[c.line - 1]), ensure_ascii=False) + "\n" for c in side),
            encoding="utf-8",
        )
