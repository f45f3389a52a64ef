"""Chats to learn from: one JSON object a line, checked before anything is trained.

A line is ``{"messages": [{"role": …, "content": …}, …], "passage": …, "tags": […]}``. Roles are system, user and assistant;
user and assistant take turns, the first who speaks is the user, the last the assistant, and a system message stands at the
beginning or before a question. ``passage`` (a text or a list; "Heading\\nText" where it has one) is put before the last
question in the words in which a session hands a passage over.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talking_head.errors import InputError, reason
from talking_head.knowledge.answer import instructions
from talking_head.knowledge.chunks import Passage
from talking_head.train.reply.secrets import secret
from talking_head.types import Message

MAX_CHARS = 20_000  # of a chat: nobody speaks so much, so it is a file that is no chat


@dataclass(frozen=True, slots=True)
class Chat:
    """One dialogue as the model reads it. ``line``: where it stands in its file, from 1."""

    messages: tuple[Message, ...]
    tags: tuple[str, ...] = ()
    line: int = 0

    @property
    def turns(self) -> int:
        """Answers in it."""
        return sum(message.role == "assistant" for message in self.messages)


def read(file: Path, *, emails: bool = False) -> list[Chat]:
    """The chats of ``file``. Raises InputError, which names the line: no JSON, no chat, or a secret in it.

    ``emails``: addresses are meant to be in it.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"The chats {file} cannot be read: {reason(error)}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is no text in UTF-8. Save it as UTF-8.") from None
    chats = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                chats.append(_chat(json.loads(line), number, emails))
            except json.JSONDecodeError as error:
                raise InputError(f"{file}, line {number}: this is not JSON ({error.msg}).") from None
            except InputError as error:
                raise InputError(f"{file}, line {number}: {error}") from None
    if not chats:
        raise InputError(f"{file} holds no chats. Write one JSON object a line; docs/training.md shows one.")
    return chats


def _chat(entry: Any, number: int, emails: bool) -> Chat:
    if not isinstance(entry, dict) or not isinstance(entry.get("messages"), list):
        raise InputError("a chat is an object with “messages”, a list.")
    unknown = set(entry) - {"messages", "passage", "tags"}
    if unknown:
        raise InputError(f"unknown keys {', '.join(sorted(unknown))}; known are messages, passage and tags.")
    tags = entry.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise InputError("“tags” is a list of words.")
    messages = [_message(m) for m in entry["messages"]]
    if entry.get("passage"):
        messages.insert(len(messages) - 2, Message("system", instructions(_passages(entry["passage"]))))
    _in_turn([message.role for message in messages])
    text = "\n".join(message.content for message in messages)
    if len(text) > MAX_CHARS:
        raise InputError(f"a chat has at most {MAX_CHARS} characters, this one {len(text)}.")
    found = secret(text, emails=emails)
    if found:
        raise InputError(f"there is {found} in it. A model can be made to say what it learned, so take it out.")
    return Chat(tuple(messages), tuple(tags), number)


def _message(entry: Any) -> Message:
    if not isinstance(entry, dict) or set(entry) != {"role", "content"} or not isinstance(entry["content"], str):
        raise InputError("a message is an object with “role” and “content”, and nothing else.")
    if entry["role"] not in {"system", "user", "assistant"}:
        raise InputError(f"the role “{entry['role']}” is none of system, user and assistant.")
    if not entry["content"].strip():
        raise InputError(f"a message of the {entry['role']} is empty.")
    return Message(entry["role"], entry["content"])


def _in_turn(roles: list[str]) -> None:
    spoken = [role for role in roles if role != "system"]
    if not spoken or spoken != ["user", "assistant"] * (len(spoken) // 2):
        raise InputError("user and assistant take turns; the user begins and the assistant has the last word.")
    if any(now == "system" and then == "assistant" for now, then in itertools.pairwise(roles)):
        raise InputError("a system message stands at the beginning or before a question, not before an answer.")


def _passages(given: Any) -> tuple[Passage, ...]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise InputError("“passage” is a text or a list of texts.")
    parts = [text.strip().partition("\n") for text in texts]
    return tuple(Passage("", head if body else "", (body or head).strip()) for head, _, body in parts)
