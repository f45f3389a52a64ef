"""Recognition by any endpoint like OpenAI's `POST /v1/audio/transcriptions`: a cloud, or a server of one's own
(speaches, LocalAI, vLLM, whisper.cpp …).

Partial words ask the endpoint several times an utterance. How it is asked: ``system/http_endpoint.py``.
"""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncGenerator
from contextlib import closing
from typing import Any

import httpx
import numpy as np

from talking_head.audio.pcm import check_pcm, resample
from talking_head.errors import BackendError, ConfigError
from talking_head.listen.plausible import plausible
from talking_head.system.http_endpoint import HttpEndpoint, RefusedError
from talking_head.types import F32, VOICE_RATE, Transcript

_SHORTEST = 1_600  # samples; services refuse less than a tenth of a second


class OpenAIRecognizer:
    """A recogniser behind ``base_url`` (up to and including "/v1").

    ``language``: "" lets the service find out. ``key_env``: environment variable with the key; none is sent when it is not
    set. Seconds: ``connect_s`` to reach the server, ``stall_s`` without a sign of life. ``retries``: further attempts after a
    broken connection or a busy server. ``verbose``: ask for probabilities (``verbose_json``), by which words imagined in noise
    are told; a service that refuses it is asked without. ``extra``: more fields of the request.
    """

    def __init__(
        self,
        base_url: str = "",
        model: str = "",
        *,
        language: str = "en",
        key_env: str = "OPENAI_API_KEY",
        connect_s: float = 5.0,
        stall_s: float = 20.0,
        retries: int = 1,
        verbose: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> None:
        if not base_url or not model:
            raise ConfigError(
                "The listen backend “openai” needs listen.options.base_url (such as http://127.0.0.1:8000/v1)"
                " and listen.options.model."
            )
        self._endpoint = HttpEndpoint(
            "listen",
            base_url,
            "/audio/transcriptions",
            key_env=key_env,
            connect_s=connect_s,
            stall_s=stall_s,
            retries=retries,
        )
        fields = {**(extra or {}), "model": model, "temperature": "0"}
        self._fields = {key: str(value) for key, value in ({**fields, "language": language} if language else fields).items()}
        self._verbose = verbose

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        """What is said in mono ``pcm`` f32[n] in −1..1; "" where nothing is. Raises AudioError, BackendError."""
        return self.recognize(pcm, sample_rate).text

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        """See :class:`talking_head.protocols.Recognizer`."""
        sound = resample(check_pcm(pcm, sample_rate), sample_rate, VOICE_RATE)
        if len(sound) < _SHORTEST or not sound.any():
            return Transcript("")
        data = _wav(sound)
        try:
            heard = self._ask(data)
        except RefusedError as refusal:
            if refusal.status != httpx.codes.BAD_REQUEST or not self._verbose:
                raise
            self._verbose = False
            heard = self._ask(data)
        return plausible(heard, len(sound) / VOICE_RATE)

    def _ask(self, data: bytes) -> Transcript:
        """What the service hears in a WAV file."""
        fields = {**self._fields, "response_format": "verbose_json" if self._verbose else "json"}
        files = {"file": ("speech.wav", data, "audio/wav")}
        with closing(self._endpoint.post(fields, self._heard, None, files)) as answers:
            for answer in answers:
                if answer is not None:
                    return answer
        raise BackendError(self._none())

    async def _heard(self, response: httpx.Response) -> AsyncGenerator[Transcript, None]:
        """The one transcription that an answer has."""
        await response.aread()
        try:
            answer = response.json()
            text, segments = answer["text"], answer.get("segments") or []
            confidence = min((float(s.get("avg_logprob", 0.0)) for s in segments), default=0.0)
            no_speech = max((float(s.get("no_speech_prob", 0.0)) for s in segments), default=0.0)
            if not isinstance(text, str):
                raise TypeError(type(text).__name__)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackendError(self._none()) from error
        yield Transcript(text.strip(), confidence, no_speech)

    def _none(self) -> str:
        return f"{self._endpoint.name} sent no transcription; is listen.options.base_url right?"


def _wav(sound: F32) -> bytes:
    """16-bit WAV of mono f32[n] at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(VOICE_RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
    return file.getvalue()
