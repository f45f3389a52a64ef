"""Messages → the one text that a chat model was trained on, by the template that the model brings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from talking_head.errors import WeightsError
from talking_head.types import Message

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
