"""Messages → the one text that a chat model was trained on, by the template that the model brings."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from talking_head.errors import BackendError, WeightsError
from talking_head.types import Message

_MARKS = " .,;:!?…-—\n"
_LAST = 200  # characters of a message that tell whether it ends
_STOP = re.compile(r" *(?:[.!?…]|\n)")  # tokens such as "." and "?\"" and "\n\n"

_HERE = "⁂"  # stands for a question nobody has asked yet

# ChatML, which most small chat models were trained on; for models that bring no template.
CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


class ChatTemplate:
    """The template of the model in ``folder`` (chat_template.jinja or tokenizer_config.json), run in a sandbox."""

    def __init__(self, folder: Path) -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        config: dict[str, Any] = {}
        try:
            if (folder / "tokenizer_config.json").is_file():
                config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
            own = folder / "chat_template.jinja"
            source = own.read_text(encoding="utf-8") if own.is_file() else config.get("chat_template") or CHATML
            environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
            self._template = environment.from_string(source)
        except (OSError, ValueError, TypeError, TemplateError) as error:
            raise WeightsError(f"The chat template in {folder} cannot be read: {error}") from error
        self.eos = _token(config.get("eos_token"))
        self._bos = _token(config.get("bos_token"))

    def render(self, messages: Sequence[Message], *, answer: bool = True) -> str:
        """The prompt; with ``answer`` it ends where the model goes on as the assistant."""
        plain = [{"role": m.role, "content": m.content} for m in messages]
        return str(
            self._template.render(
                messages=plain, add_generation_prompt=answer, bos_token=self._bos, eos_token=self.eos, tools=None
            )
        )


class Prompts:
    """Chats as the tokens of the model in ``folder`` (tokenizer.json and a template), control tokens of visitors left out.

    ``ends``: tokens that end an answer. What is encoded comes as a ``tokenizers.Encoding``, with ``ids`` and ``tokens``.
    Raises WeightsError, or whatever the tokenizer says of its file.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._template = ChatTemplate(folder)
        self._markers = [t.content for t in self.tokenizer.get_added_tokens_decoder().values() if t.special]
        self.ends = [t for t in (self._template.eos, "<|im_end|>", "<|endoftext|>") if t in self._markers]

    def count(self, text: str) -> int:
        """Tokens of ``text`` as the model sees them."""
        return len(self._encode(text).ids)

    def before_answer(self, messages: Sequence[Message], most: int) -> Any:
        """The prompt that an answer to ``messages`` follows. Raises BackendError where it has more than ``most`` tokens."""
        prompt = self._encode(self._template.render(without_markers(messages, self._markers)))
        if len(prompt.ids) > most:
            raise BackendError(f"This chat has {len(prompt.ids)} tokens and the reply model takes {most}. Write less.")
        return prompt

    def before_question(self, messages: Sequence[Message]) -> Any:
        """What a prompt begins with that goes on from ``messages`` with a visitor's question."""
        return self._encode(self._template.render(without_markers(messages, self._markers), answer=False))

    def up_to_question(self, messages: Sequence[Message]) -> Any:
        """As :meth:`before_question`, and what stands before the question itself; its last token may be another in a prompt."""
        asked = [*without_markers(messages, self._markers), Message("user", _HERE)]
        whole = self._template.render(asked, answer=False)
        return self._encode(whole[: whole.rindex(_HERE)])

    def unfinished(self, text: str) -> Any:
        """A message that has come as far as ``text``, without what stands at its end as punctuation."""
        (message,) = without_markers([Message("user", text)], self._markers)
        words = message.content.rstrip(_MARKS)
        if len(words) > _LAST:
            words = words[-_LAST:].partition(" ")[2]
        whole = self._template.render([Message("system", ""), Message("user", words)], answer=False)
        return self._encode(whole[: whole.rindex(words) + len(words)])

    def answers(self, texts: Sequence[str]) -> list[list[int]]:
        """Each of ``texts`` as the tokens of a whole answer, with the one that ends it."""
        end = [self.tokenizer.token_to_id(self.ends[0])] if self.ends else []
        return [[*found.ids, *end] for found in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    @cached_property
    def stops(self) -> list[int]:
        """Numbers of the tokens that end a message, or a sentence of it."""
        tokenizer, ends = self.tokenizer, set(self.ends)
        texts = tokenizer.decode_batch([[n] for n in range(tokenizer.get_vocab_size())], skip_special_tokens=False)
        return [number for number, text in enumerate(texts) if text in ends or _STOP.match(text)]

    def _encode(self, text: str) -> Any:
        return self.tokenizer.encode(text, add_special_tokens=False)


def without_markers(messages: Sequence[Message], markers: Sequence[str]) -> list[Message]:
    """``messages`` without the model's control tokens: nobody shall type the end of their turn and a new system prompt."""
    out = []
    for message in messages:
        content = message.content
        while any(marker in content for marker in markers):  # again: removing one may join two halves of another
            for marker in markers:
                content = content.replace(marker, "")
        out.append(Message(message.role, content))
    return out


def _token(value: Any) -> str:
    return str(value.get("content", "")) if isinstance(value, dict) else str(value or "")
