"""Replies from any endpoint that speaks OpenAI's chat completions: vLLM, Ollama, llama.cpp, a cloud.

The request is a stream of server-sent events. It is retried only before the first word. Closing the iterator closes the
connection at once, also while the server is silent, so nobody pays for words that nobody hears. The key comes from the
environment and is never written anywhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import httpx

from talking_head.errors import BackendError, ConfigError
from talking_head.reply.pump import pump
from talking_head.types import Message

_AGAIN = {408, 429, 500, 502, 503, 504}


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
        try:
            url = httpx.URL(base_url.rstrip("/") + "/chat/completions")
        except httpx.InvalidURL as error:
            raise ConfigError(f"reply.options.base_url = “{base_url}” is not an address: {error}") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise ConfigError(f"reply.options.base_url = “{base_url}” must begin with http:// or https://.")
        self._url, self._model, self._key_env = url, model, key_env
        self._timeout = httpx.Timeout(stall_s, connect=connect_s)
        self._retries, self._stall_s = retries, stall_s
        self._fields: dict[str, Any] = {**(extra or {}), "model": model, "max_tokens": max_tokens, "stream": True}
        if temperature is not None:
            self._fields["temperature"] = temperature
        self._tls = httpx.create_ssl_context()  # reading the certificates takes longer than a handshake: once

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer to ``messages`` as it arrives; "" while the server is silent. BackendError says what failed."""
        line = _Line(self._timeout, self._tls)
        return pump(lambda: self._attempts(line, messages), line.abort)

    def count_tokens(self, text: str) -> int:
        """An estimate, a token for four bytes: the endpoint's tokenizer is not known here."""
        return -(-len(text.encode()) // 4)

    def _attempts(self, line: _Line, messages: Sequence[Message]) -> Iterator[str]:
        body = {**self._fields, "messages": [{"role": m.role, "content": m.content} for m in messages]}
        with line.client:
            for attempt in range(self._retries + 1):
                wait = yield from self._attempt(line, body, last=attempt == self._retries)
                if wait is None or line.aborted.wait(min(wait or 0.5 * 2**attempt, 10.0)):
                    return

    def _attempt(self, line: _Line, body: dict[str, Any], *, last: bool) -> Generator[str, None, float | None]:
        """One request. Returns None when done, else the seconds after which another attempt makes sense (0: as usual)."""
        begun = False
        key = os.environ.get(self._key_env, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            with line.client.stream(
                "POST", self._url, json=body, headers=headers, extensions={"trace": line.trace}
            ) as response:
                if response.status_code != 200:
                    if response.status_code in _AGAIN and not last:
                        return _retry_after(response)
                    raise BackendError(self._refusal(response))
                for piece in self._answer(response):
                    begun = True
                    yield piece
                return None
        except httpx.TimeoutException as error:
            late = (
                "could not be reached in time"
                if isinstance(error, httpx.ConnectTimeout)
                else f"was silent for {self._stall_s:g} s"
            )
            problem = f"The reply service at {self._url.host} {late}."
        except httpx.ConnectError:
            problem = (
                f"The reply service at {self._url.host} cannot be reached; is it running, and is reply.options.base_url right?"
            )
        except httpx.TransportError:
            problem = f"The connection to the reply service at {self._url.host} broke off" + (
                " in the middle of the answer." if begun else "."
            )
        except (httpx.HTTPError, ValueError, OSError) as error:
            raise BackendError(f"The reply service at {self._url.host} cannot be used: {error}") from error
        if begun or last:
            raise BackendError(problem)
        return 0.0

    def _answer(self, response: httpx.Response) -> Iterator[str]:
        """Text of the events; also of a plain JSON answer from a server that does not stream."""
        if response.headers.get("content-type", "").startswith("application/json"):
            response.read()
            yield from _text(self._parse(response.text), "message")
            return
        events = finished = 0
        for raw in response.iter_lines():
            if not raw.startswith("data:"):
                continue  # comments that keep the line open, event names, blank lines
            data = raw[5:].strip()
            if data == "[DONE]":
                return
            event = self._parse(data)
            events += 1
            yield from _text(event, "delta")
            finished += any(isinstance(c, dict) and c.get("finish_reason") for c in event.get("choices") or [])
        if not events:
            raise BackendError(f"What {self._url.host} answered is not a chat; is reply.options.base_url right?")
        if not finished:
            raise httpx.RemoteProtocolError("the stream ended before the answer did")

    def _parse(self, data: str) -> dict[str, Any]:
        try:
            event = json.loads(data)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            raise BackendError(
                f"The reply service at {self._url.host} sent something that is not JSON; the answer was stopped."
            )
        if event.get("error"):
            raise BackendError(f"The reply service at {self._url.host} reports: {_message(event)}")
        if not isinstance(event.get("choices"), list):
            raise BackendError(f"What {self._url.host} answered is not a chat; is reply.options.base_url right?")
        return event

    def _refusal(self, response: httpx.Response) -> str:
        host, code = self._url.host, response.status_code
        if code in {401, 403}:  # its own message may repeat the key
            return f"The reply service at {host} refused the key ({code}). Set the environment variable {self._key_env}."
        with contextlib.suppress(httpx.HTTPError):
            response.read()
        try:
            detail = _message(json.loads(response.text))
        except (ValueError, httpx.HTTPError):
            detail = ""
        if code == 404:
            what = f"knows no model “{self._model}”, or reply.options.base_url is wrong (404)"
            return f"The reply service at {host} {what}. {detail}".strip()
        if code == 429:
            return f"The reply service at {host} takes no more requests for now (429). Try again later. {detail}".strip()
        fault = "has a fault" if code >= 500 else "refused the request"
        return f"The reply service at {host} {fault} ({code}). {detail}".strip()


class _Line:
    """The connection of one answer, and a way to cut it from another thread while it is being read."""

    def __init__(self, timeout: httpx.Timeout, tls: ssl.SSLContext) -> None:
        self.client = httpx.Client(timeout=timeout, verify=tls)
        self.aborted = threading.Event()
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpcore tells what it does; of interest is the socket it opened."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")

    def abort(self) -> None:
        """Cut the line at once. ``close`` would not wake a thread that waits in ``recv``."""
        self.aborted.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _text(event: dict[str, Any], part: str) -> Iterator[str]:
    for choice in event["choices"][:1]:
        content = (choice.get(part) or {}).get("content") if isinstance(choice, dict) else None
        if isinstance(content, str) and content:
            yield content


def _message(event: Any) -> str:
    """The service's own words, on one line and not too many."""
    error = event.get("error", event) if isinstance(event, dict) else event
    text = error.get("message", "") if isinstance(error, dict) else error
    return " ".join(str(text).split())[:200]


def _retry_after(response: httpx.Response) -> float:
    try:
        return float(response.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0
