"""Chats as tokens: the text that the model reads at run time, and which of its tokens are the presenter's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talking_head.reply.chat import ChatTemplate, without_markers
from talking_head.train.reply.chats import Chat


@dataclass(frozen=True, slots=True)
class Sample:
    """A chat: ``ids`` i64[n], and ``learn`` bool[n], true for tokens of answers and for the mark that ends them."""

    ids: NDArray[np.int64]
    learn: NDArray[np.bool_]


class ChatTokens:
    """The tokenizer and the chat template of the model in ``folder``."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.template = ChatTemplate(folder)
        self._markers = [t.content for t in self.tokenizer.get_added_tokens_decoder().values() if t.special]

    def sample(self, chat: Chat) -> Sample:
        """``chat`` in tokens. What is learned goes from where the model begins to answer to the mark that ends its turn."""
        messages = without_markers(chat.messages, self._markers)
        ids: list[int] = []
        learn: list[bool] = []
        written = ""
        for i, message in enumerate(messages, 1):
            parts = [self.template.render(messages[:i], answer=False)]
            if message.role == "assistant":
                parts.insert(0, self.template.render(messages[: i - 1]))
            for n, text in enumerate(parts):
                new = self._encode(text[len(written) :])
                mine = message.role == "assistant" and n == 1
                ids += new
                learn += [mine] * len(new)
                if mine:  # the line break after the end of a turn is never written by the model: it has stopped
                    tail = len(self._encode(_after_mark(text[len(written) :])))
                    learn[len(learn) - tail :] = [False] * tail
                written = text
        return Sample(np.array(ids, np.int64), np.array(learn, np.bool_))

    def samples(self, chats: Sequence[Chat], longest: int) -> list[Sample]:
        """Those of ``chats`` that have at most ``longest`` tokens and something to learn."""
        made = (self.sample(chat) for chat in chats)
        return [sample for sample in made if len(sample.ids) <= longest and sample.learn.any()]

    def _encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids) if text else []


def _after_mark(text: str) -> str:
    return text[len(text.rstrip("\n")) :]
