"""Replies from any endpoint that speaks OpenAI's chat completions: vLLM, Ollama, llama.cpp, a cloud.

The request is a stream of server-sent events. It is retried only before the first word, and closing the iterator closes the
connection at once, so nobody pays for words that nobody hears: see ``system/http_endpoint.py``.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from typing import Any

import httpx

from talking_head.errors import BackendError, ConfigError
from talking_head.system.http_endpoint import HttpEndpoint
from talking_head.types import Message


class OpenAIReply:
    """A chat model behind ``base_url`` (up to and including "/v1").

    ``key_env``: the environment variable that holds the key; none is sent when it is not set. Seconds: ``connect_s`` to
    reach the server, ``stall_s`` without a sign of life before or within the answer. ``retries``: further attempts before the
    first word. ``extra``: more fields of the request.
    """

    def __init__(
        self,
        base_url: str = "",
        model: str = "",
        *,
        key_env: str = "OPENAI_API_KEY",
        max_tokens: int = 200,
        temperature: float | None = None,
        connect_s: float = 5.0,
        stall_s: float = 20.0,
        retries: int = 2,
        extra: dict[str, Any] | None = None,
    ) -> None:
        if not base_url or not model:
            raise ConfigError(
                "The reply backend “openai” needs reply.options.base_url (such as http://127.0.0.1:11434/v1) "
                "and reply.options.model."
            )
        self._endpoint = HttpEndpoint(
            "reply", base_url, "/chat/completions", key_env=key_env, connect_s=connect_s, stall_s=stall_s, retries=retries
        )
        self._fields: dict[str, Any] = {**(extra or {}), "model": model, "max_tokens": max_tokens, "stream": True}
        if temperature is not None:
            self._fields["temperature"] = temperature

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer to ``messages`` as it arrives; "" while the server is silent. BackendError says what failed."""
        body = {**self._fields, "messages": [{"role": m.role, "content": m.content} for m in messages]}
        return self._endpoint.post(body, self._answer, "")

    def count_tokens(self, text: str) -> int:
        """An estimate, a token for four bytes: the endpoint's tokenizer is not known here."""
        return -(-len(text.encode()) // 4)

    async def _answer(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        """Text of the events; also of a plain JSON answer from a server that does not stream."""
        if response.headers.get("content-type", "").startswith("application/json"):
            await response.aread()
            for text in _text(self._parse(response.text), "message"):
                yield text
            return
        events = finished = 0
        async for raw in response.aiter_lines():
            if not raw.startswith("data:"):
                continue  # comments that keep the line open, event names, blank lines
            data = raw[5:].strip()
            if data == "[DONE]":
                return
            event = self._parse(data)
            events += 1
            for text in _text(event, "delta"):
                yield text
            finished += any(isinstance(c, dict) and c.get("finish_reason") for c in event.get("choices") or [])
        if not events:
            raise BackendError(f"{self._endpoint.name} answers with something that is not a chat; {_CHECK}")
        if not finished:
            raise httpx.RemoteProtocolError("the stream ended before the answer did")

    def _parse(self, data: str) -> dict[str, Any]:
        try:
            event = json.loads(data)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            raise BackendError(f"{self._endpoint.name} sent something that is not JSON; the answer was stopped.")
        if event.get("error"):
            raise self._endpoint.reported(event)
        if not isinstance(event.get("choices"), list):
            raise BackendError(f"{self._endpoint.name} answers with something that is not a chat; {_CHECK}")
        return event


_CHECK = "is reply.options.base_url right?"


def _text(event: dict[str, Any], part: str) -> Iterator[str]:
    for choice in event["choices"][:1]:
        content = (choice.get(part) or {}).get("content") if isinstance(choice, dict) else None
        if isinstance(content, str) and content:
            yield content
