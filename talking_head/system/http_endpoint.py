"""A service of OpenAI's kind behind an HTTP address: one request with retries, cancelling, and failures in sentences.

Requests are made with httpx on an event loop (see ``blocking_iterator.py``): closing an answer cancels its task, which closes
the socket, wherever it waits. A connection whose answer was read to its end serves the next request, too, so that a clause does
not wait for another handshake. The key comes from the environment and is never written anywhere.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import ssl
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

import httpx

from talking_head.errors import BackendError, ConfigError
from talking_head.system.blocking_iterator import on_the_event_loop, start_on_the_event_loop
from talking_head.system.network import route

T = TypeVar("T")
Read = Callable[[httpx.Response], AsyncGenerator[T, None]]
"""What a backend makes of an answer with status 200, piece by piece."""
Files = Mapping[str, tuple[str, bytes, str]]
"""Of each field that is a file: its name, its bytes, and their media type."""

_AGAIN = frozenset({408, 429, 500, 502, 503, 504})  # statuses after which another attempt may succeed
_LONGEST_WAIT_S = 10.0
_KEPT, _KEPT_S = 4, 15.0  # connections that wait for the next request, and for how long; servers drop them sooner or later


class HttpEndpoint:
    """``path`` of ``base_url`` (up to and including "/v1"), asked for by ``stage`` ("reply", "speech", "listen").

    ``key_env``: the environment variable that holds the key; none is sent when it is not set. Seconds: ``connect_s`` to reach
    the server, ``stall_s`` without a sign of life before or within the answer. ``retries``: further attempts before the first
    piece of an answer. Raises ConfigError for an address that is none.
    """

    def __init__(
        self, stage: str, base_url: str, path: str, *, key_env: str, connect_s: float, stall_s: float, retries: int
    ) -> None:
        try:
            self._url = httpx.URL(base_url.rstrip("/") + path)
        except httpx.InvalidURL as error:
            raise ConfigError(f"{stage}.options.base_url = “{base_url}” is not an address: {error}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise ConfigError(f"{stage}.options.base_url = “{base_url}” must begin with http:// or https://.")
        self.name = f"The {stage} service at {self._url.host}"
        self._option, self._key_env = f"{stage}.options.base_url", key_env
        self._timeout = httpx.Timeout(stall_s, connect=connect_s)
        self._stall_s, self._retries = stall_s, retries
        self._client: httpx.AsyncClient | None = None

    def post(self, body: Mapping[str, Any], read: Read[T], nothing: T, files: Files | None = None) -> Generator[T, None, None]:
        """What ``read`` makes of the answer to ``body``; ``nothing`` while the server is silent. BackendError says what failed,
        RefusedError where the service is there and does not want this request.

        ``body`` is sent as JSON; with ``files``, as the fields of a form beside them. Closing the generator hangs up at once.
        """
        return on_the_event_loop(lambda: self._attempts(body, files, read), nothing)

    async def _attempts(self, body: Mapping[str, Any], files: Files | None, read: Read[T]) -> AsyncGenerator[T, None]:
        for attempt in range(self._retries + 1):
            begun = False
            try:
                async with aclosing(self._attempt(body, files, read)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except _PassingError as failure:
                if begun or attempt == self._retries:
                    raise BackendError(str(failure)) from failure
                await asyncio.sleep(min(failure.after_s or 0.5 * 2**attempt, _LONGEST_WAIT_S))

    async def _attempt(self, body: Mapping[str, Any], files: Files | None, read: Read[T]) -> AsyncGenerator[T, None]:
        key = os.environ.get(self._key_env, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        content: dict[str, Any] = {"data": body, "files": files} if files else {"json": body}
        begun = False
        try:
            async with self._connections().stream("POST", self._url, headers=headers, **content) as response:
                if response.status_code != httpx.codes.OK:
                    raise await self._refusal(response, body)
                async with aclosing(read(response)) as pieces:  # its reader ends before the connection does
                    async for piece in pieces:
                        begun = True
                        yield piece
        except httpx.ConnectTimeout as error:
            raise _PassingError(f"{self.name} could not be reached in time.") from error
        except httpx.TimeoutException as error:
            raise _PassingError(f"{self.name} was silent for {self._stall_s:g} s.") from error
        except httpx.ConnectError as error:
            raise _PassingError(f"{self.name} cannot be reached; is it running, and is {self._option} right?") from error
        except httpx.TransportError as error:
            place = " in the middle of the answer" if begun else ""
            raise _PassingError(f"{self.name} broke off the connection{place}.") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            raise BackendError(f"{self.name} cannot be used: {error}") from error

    def _connections(self) -> httpx.AsyncClient:
        """This endpoint's open connections; they are closed when nobody has the endpoint any more. On the event loop only."""
        if self._client is None:
            limits = httpx.Limits(max_keepalive_connections=_KEPT, keepalive_expiry=_KEPT_S)
            self._client = httpx.AsyncClient(timeout=self._timeout, limits=limits, verify=_tls(), **route(str(self._url)))
            weakref.finalize(self, start_on_the_event_loop, self._client.aclose).atexit = False
        return self._client

    async def _refusal(self, response: httpx.Response, body: Mapping[str, Any]) -> Exception:
        """What an answer other than 200 means."""
        code = response.status_code
        if code in {401, 403}:  # its own message may repeat the key
            return BackendError(f"{self.name} refused the key ({code}). Set the environment variable {self._key_env}.")
        detail = _message(await _json(response))
        if code == 404:
            what = f"knows no model “{body.get('model', '')}”, or {self._option} is wrong (404)."
        elif code == 429:
            what = "takes no more requests for now (429). Try again later."
        elif code >= 500:
            what = f"has a fault ({code}); try again later."
        else:
            what = f"refused the request ({code})."
        sentence = f"{self.name} {what} {detail}".strip()
        return _PassingError(sentence, _retry_after(response)) if code in _AGAIN else RefusedError(sentence, code)

    def reported(self, event: dict[str, Any]) -> BackendError:
        """The error that the service itself reports within an answer."""
        return BackendError(f"{self.name} reports: {_message(event)}")


class RefusedError(BackendError):
    """The service is there and does not want this request; ``status`` is its answer's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _PassingError(Exception):
    """This attempt failed in a way that another may not; ``after_s`` is what the server asked for (0: nothing)."""

    def __init__(self, message: str, after_s: float = 0.0) -> None:
        super().__init__(message)
        self.after_s = after_s


@functools.cache
def _tls() -> ssl.SSLContext:
    """Reading the certificates takes longer than a handshake: once."""
    return httpx.create_ssl_context()


async def _json(response: httpx.Response) -> Any:
    try:
        await response.aread()
        return json.loads(response.text)
    except (ValueError, httpx.HTTPError):
        return ""


def _message(event: Any) -> str:
    """The service's own words, on one line and not too many."""
    error = event.get("error", event) if isinstance(event, dict) else event
    text = error.get("message", "") if isinstance(error, dict) else error
    return " ".join(str(text).split())[:200]


def _retry_after(response: httpx.Response) -> float:
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0
