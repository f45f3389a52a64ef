"""Speech from any endpoint like OpenAI's `POST /v1/audio/speech`: a cloud, or a server of one's own (Kokoro, LocalAI, …).

While the server is silent, pieces of no sound are yielded, so that closing the iterator is possible at any time; it closes the
connection at once: see ``system/http_endpoint.py``.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from typing import Any

import httpx
import numpy as np

from talking_head.audio.pcm import resample
from talking_head.errors import BackendError, ConfigError, TextError
from talking_head.speech.finish import finish, louder, mark_of
from talking_head.system.http_endpoint import HttpEndpoint
from talking_head.types import F32, PLAIN, TICKS_PER_SECOND, Delivery, Utterance

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
        self._endpoint = HttpEndpoint(
            "speech", base_url, "/audio/speech", key_env=key_env, connect_s=connect_s, stall_s=stall_s, retries=retries
        )
        self._fields = {**(extra or {}), "model": model, "voice": voice, "response_format": format}
        self._speed = speed
        self._format, self._rate = format, pcm_rate

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """Yield the clause's sound; empty pieces while the server works. BackendError says in a sentence what failed."""
        if not any(character.isalnum() for character in text):
            raise TextError("There is nothing in this text that can be spoken.")
        fields = {**self._fields, "input": text, "speed": self._speed * delivery.rate}
        with closing(self._endpoint.post(fields, self._whole, b"")) as answers:
            for answer in answers:
                yield self._utterance(answer, text, delivery) if answer else Utterance(np.zeros(0, np.float32))

    async def _whole(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        data = bytearray()
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > _LARGEST:
                raise BackendError(f"{self._endpoint.name} sent more than {_LARGEST >> 20} MB for one clause.")
        if not data:
            raise BackendError(f"{self._endpoint.name} sent no sound.")
        yield bytes(data)

    def _utterance(self, data: bytes, text: str, delivery: Delivery) -> Utterance:
        pcm, rate = self._decode(data)
        mark = "" if delivery.runs_on else mark_of(text)
        return louder(finish(resample(pcm, rate, TICKS_PER_SECOND), (), mark), delivery.gain_db)

    def _decode(self, data: bytes) -> tuple[F32, int]:
        """Sound and sample rate of an answer. A WAV that is streamed has a length of −1 in its header: its end counts."""
        rate, channels, body = self._rate, 1, data
        if self._format == "wav":
            rate, channels, body = _wav(data, self._endpoint.name)
        usable = len(body) // (2 * channels) * 2 * channels
        pcm = np.frombuffer(body[:usable], "<i2").reshape(-1, channels).mean(axis=1) / 32_768
        if not pcm.any():
            raise BackendError(f"{self._endpoint.name} sent no sound.")
        return pcm.astype(np.float32), rate


def _wav(data: bytes, service: str) -> tuple[int, int, bytes]:
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
    raise BackendError(f"{service} sent something that is not a 16-bit WAV file.")
