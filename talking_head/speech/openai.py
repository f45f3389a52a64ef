"""Speech from any endpoint like OpenAI's `POST /v1/audio/speech`: a cloud, or a server of one's own (Kokoro, LocalAI, …).

While the server is silent, pieces of no sound are yielded, so that closing the iterator is possible at any time; it shuts the
connection. The key comes from the environment and is never written anywhere.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np

from talking_head.audio.pcm import resample
from talking_head.errors import BackendError, ConfigError, TextError
from talking_head.speech.finish import finish, mark_of
from talking_head.system.blocking_iterator import in_background
from talking_head.types import F32, TICKS_PER_SECOND, Utterance

_AGAIN = {408, 429, 500, 502, 503, 504}
_LARGEST = 64 * 1024 * 1024  # a clause is seconds long; more than this is not speech


class OpenAISynthesizer:
    """A voice behind ``base_url`` (up to and including "/v1").

    ``format``: "wav" (the header says the rate) or "pcm" (16-bit mono at ``pcm_rate``). ``key_env``: environment variable
    with the key; none is sent when it is not set. Seconds: ``connect_s`` to reach the server, ``stall_s`` without a sign of
    life. ``retries``: further attempts after a broken line or a busy server. ``extra``: more fields of the request.
    """

    def __init__(
        self,
        base_url: str = "",
        model: str = "",
        voice: str = "alloy",
        *,
        speed: float = 1.0,
        format: str = "wav",
        pcm_rate: int = 24_000,
        key_env: str = "OPENAI_API_KEY",
        connect_s: float = 5.0,
        stall_s: float = 20.0,
        retries: int = 2,
        extra: dict[str, Any] | None = None,
    ) -> None:
        if not base_url or not model:
            raise ConfigError(
                "The speech backend “openai” needs speech.options.base_url (such as http://127.0.0.1:8880/v1)"
                " and speech.options.model."
            )
        if format not in {"wav", "pcm"}:
            raise ConfigError(f"speech.options.format is “wav” or “pcm”, not “{format}”.")
        try:
            self._url = httpx.URL(base_url.rstrip("/") + "/audio/speech")
        except httpx.InvalidURL as error:
            raise ConfigError(f"speech.options.base_url = “{base_url}” is not an address: {error}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise ConfigError(f"speech.options.base_url = “{base_url}” must begin with http:// or https://.")
        self._fields = {**(extra or {}), "model": model, "voice": voice, "response_format": format, "speed": speed}
        self._format, self._rate, self._key_env = format, pcm_rate, key_env
        self._timeout, self._retries, self._stall_s = httpx.Timeout(stall_s, connect=connect_s), retries, stall_s

    def synthesize(self, text: str) -> Iterator[Utterance]:
        """Yield the clause's sound; empty pieces while the server works. BackendError says in a sentence what failed."""
        if not any(character.isalnum() for character in text):
            raise TextError("There is nothing in this text that can be spoken.")
        line = _Line()
        silence = Utterance(np.zeros(0, np.float32))
        return in_background(lambda: self._speak(text, line), silence, line.abort)

    def _speak(self, text: str, line: _Line) -> Iterator[Utterance]:
        for attempt in range(self._retries + 1):
            try:
                data = self._ask(text, line)
            except _Again as again:
                if attempt == self._retries:
                    raise BackendError(str(again)) from again
                if line.aborted.wait(min(again.after_s or 0.5 * 2**attempt, 10.0)):
                    return
                continue
            except httpx.HTTPError as error:
                raise BackendError(f"The speech service at {self._url.host} cannot be used: {error}") from error
            pcm, rate = self._decode(data)
            yield finish(resample(pcm, rate, TICKS_PER_SECOND), (), mark_of(text))
            return

    def _ask(self, text: str, line: _Line) -> bytes:
        host = self._url.host
        key = os.environ.get(self._key_env, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        body, data = {**self._fields, "input": text}, bytearray()
        try:
            with (
                httpx.Client(timeout=self._timeout, trust_env=False) as client,
                client.stream("POST", self._url, json=body, headers=headers, extensions={"trace": line.trace}) as response,
            ):
                if response.status_code in _AGAIN:
                    raise _Again(
                        f"The speech service at {host} answered {response.status_code}; try again later.", _after(response)
                    )
                if response.status_code in {401, 403}:
                    raise BackendError(
                        f"The speech service at {host} refused the key ({response.status_code}); set {self._key_env}."
                    )
                if response.status_code != 200:
                    raise BackendError(f"The speech service at {host} answered {response.status_code}: {_said(response)}")
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > _LARGEST:
                        raise BackendError(f"The speech service at {host} sent more than {_LARGEST >> 20} MB for one clause.")
        except httpx.TimeoutException as error:
            late = (
                "could not be reached in time"
                if isinstance(error, httpx.ConnectTimeout)
                else f"was silent for {self._stall_s:g} s"
            )
            raise _Again(f"The speech service at {host} {late}.") from error
        except httpx.ConnectError as error:
            raise _Again(
                f"The speech service at {host} cannot be reached; is it running, and is speech.options.base_url right?"
            ) from error
        except httpx.TransportError as error:
            raise _Again(f"The connection to the speech service at {host} broke off.") from error
        return bytes(data)

    def _decode(self, data: bytes) -> tuple[F32, int]:
        """Sound and sample rate of an answer. A WAV that is streamed has a length of −1 in its header: its end counts."""
        rate, channels, body = self._rate, 1, data
        if self._format == "wav":
            rate, channels, body = _wav(data, self._url.host)
        usable = len(body) // (2 * channels) * 2 * channels
        pcm = np.frombuffer(body[:usable], "<i2").reshape(-1, channels).mean(axis=1) / 32_768
        if not pcm.any():
            raise BackendError(f"The speech service at {self._url.host} sent no sound.")
        return pcm.astype(np.float32), rate


def _wav(data: bytes, host: str) -> tuple[int, int, bytes]:
    """Rate, channels and samples of a 16-bit RIFF file."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        place, rate, channels = 12, 0, 0
        while place + 8 <= len(data):
            name, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
            body = data[place + 8 :]
            if name == b"fmt ":
                kind, channels = int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")
                rate, bits = int.from_bytes(body[4:8], "little"), int.from_bytes(body[14:16], "little")
                if kind not in {1, 0xFFFE} or bits != 16 or not 1 <= channels <= 8 or not 4_000 <= rate <= 384_000:
                    break
            elif name == b"data" and rate:
                return rate, channels, body[: min(size, len(body))]
            place += 8 + size + size % 2
    raise BackendError(f"What the speech service at {host} sent is not a 16-bit WAV file.")


class _Again(Exception):
    """This attempt failed in a way that another may not; ``after_s`` is what the server asked for."""

    def __init__(self, message: str, after_s: float = 0.0) -> None:
        super().__init__(message)
        self.after_s = after_s


class _Line:
    """The connection of one request, so that another thread can cut it."""

    def __init__(self) -> None:
        self.aborted = threading.Event()
        self._socket: Any = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.aborted.is_set():
                self.abort()

    def abort(self) -> None:
        self.aborted.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _after(response: httpx.Response) -> float:
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def _said(response: httpx.Response) -> str:
    """What the server gave as a reason, short."""
    response.read()
    try:
        reason = response.json()["error"]
        return str(reason["message"] if isinstance(reason, dict) else reason)[:200]
    except (ValueError, KeyError, TypeError):
        return response.text[:200].strip() or "no reason given"
