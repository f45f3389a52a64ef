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
from talking_head.types import Message, ToolCall


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
        pieces = self.stream_with_tools(messages, ())
        try:
            for piece in pieces:
                if isinstance(piece, str):
                    yield piece
        finally:
            pieces.close()

    def stream_with_tools(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]
    ) -> Generator[str | ToolCall, None, None]:
        """As :meth:`stream`; calls of ``tools`` come when they are whole, after the words."""
        body: dict[str, Any] = {**self._fields, "messages": [_wire(message) for message in messages]}
        if tools:
            body["tools"] = list(tools)
        return self._endpoint.post(body, self._answer, "")

    def count_tokens(self, text: str) -> int:
        """An estimate, a token for four bytes: the endpoint's tokenizer is not known here."""
        return -(-len(text.encode()) // 4)

    async def _answer(self, response: httpx.Response) -> AsyncGenerator[str | ToolCall, None]:
        """Text of the events, then the calls; also of a plain JSON answer from a server that does not stream."""
        if response.headers.get("content-type", "").startswith("application/json"):
            await response.aread()
            event = self._parse(response.text)
            for text in _text(event, "message"):
                yield text
            for call in _Calls().add(event, "message").whole():
                yield call
            return
        events = finished = done = 0
        calls = _Calls()
        async for raw in response.aiter_lines():
            if not raw.startswith("data:"):
                continue  # comments that keep the line open, event names, blank lines
            data = raw[5:].strip()
            if data == "[DONE]":
                done = 1
                break
            event = self._parse(data)
            events += 1
            for text in _text(event, "delta"):
                yield text
            calls.add(event, "delta")
            finished += any(isinstance(c, dict) and c.get("finish_reason") for c in event.get("choices") or [])
        if not events:
            raise BackendError(f"{self._endpoint.name} answers with something that is not a chat; {_CHECK}")
        if not finished and not done:
            raise httpx.RemoteProtocolError("the stream ended before the answer did")
        for call in calls.whole():
            yield call

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


_MOST_CALLS, _MOST_CHARS = 32, 16_384
_CHECK = "is reply.options.base_url right?"


class _Calls:
    """Calls of tools as they arrive: their pieces carry a number, names and arguments are concatenated."""

    def __init__(self) -> None:
        self._parts: dict[int, list[str]] = {}  # id, name, arguments

    def add(self, event: dict[str, Any], part: str) -> _Calls:
        """Take in what ``event`` has of calls; shapes that are none are passed over."""
        for choice in event["choices"][:1]:
            content = choice.get(part) if isinstance(choice, dict) else None
            listed = content.get("tool_calls") if isinstance(content, dict) else None
            for place, piece in enumerate(listed if isinstance(listed, list) else ()):
                if not isinstance(piece, dict) or not isinstance(piece.get("function"), dict):
                    continue
                number = piece.get("index")
                held = self._parts.setdefault(number if isinstance(number, int) else place, ["", "", ""])
                held[0] = held[0] or str(piece.get("id") or "")
                held[1] += str(piece["function"].get("name") or "")
                held[2] += str(piece["function"].get("arguments") or "")
                if len(self._parts) > _MOST_CALLS or len(held[2]) > _MOST_CHARS:
                    raise BackendError("The reply service wants more of tools than it may; the answer was stopped.")
        return self

    def whole(self) -> list[ToolCall]:
        """The calls, in their order."""
        return [
            ToolCall(identity or f"call_{number}", name, arguments)
            for number, (identity, name, arguments) in sorted(self._parts.items())
            if name
        ]


def _wire(message: Message) -> dict[str, Any]:
    """As the interface writes it."""
    if message.calls:
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.calls
        ]
        return {"role": message.role, "content": message.content or None, "tool_calls": calls}
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
    return {"role": message.role, "content": message.content}


def _text(event: dict[str, Any], part: str) -> Iterator[str]:
    for choice in event["choices"][:1]:
        content = (choice.get(part) or {}).get("content") if isinstance(choice, dict) else None
        if isinstance(content, str) and content:
            yield content
