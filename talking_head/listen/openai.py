"""Recognition by any endpoint like OpenAI's `POST /v1/audio/transcriptions`: a cloud, or a server of one's own
(speaches, LocalAI, vLLM, whisper.cpp …).

The key comes from the environment and is never written anywhere. Partial words ask the endpoint several times an utterance.
"""

from __future__ import annotations

import io
import os
import wave
from typing import Any

import httpx
import numpy as np

from talking_head.audio.pcm import check_pcm, resample
from talking_head.errors import BackendError, ConfigError
from talking_head.listen.plausible import plausible
from talking_head.system.http_endpoint import AGAIN
from talking_head.system.network import route
from talking_head.types import F32, VOICE_RATE, Transcript

_SHORTEST = 1_600  # samples; services refuse less than a tenth of a second


class OpenAIRecognizer:
    """A recogniser behind ``base_url`` (up to and including "/v1").

    ``language``: "" lets the service find out. ``key_env``: environment variable with the key; none is sent when it is not
    set. ``timeout_s``: for one answer. ``retries``: further attempts after a broken connection or a busy server. ``verbose``:
    ask for probabilities (``verbose_json``), by which words imagined in noise are told; a service that refuses it is asked
    without.
    ``extra``: more fields of the request.
    """

    def __init__(
        self,
        base_url: str = "",
        model: str = "",
        *,
        language: str = "en",
        key_env: str = "OPENAI_API_KEY",
        connect_s: float = 5.0,
        timeout_s: float = 20.0,
        retries: int = 1,
        verbose: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> None:
        if not base_url or not model:
            raise ConfigError(
                "The listen backend “openai” needs listen.options.base_url (such as http://127.0.0.1:8000/v1)"
                " and listen.options.model."
            )
        try:
            self._url = httpx.URL(base_url.rstrip("/") + "/audio/transcriptions")
        except httpx.InvalidURL as error:
            raise ConfigError(f"listen.options.base_url = “{base_url}” is not an address: {error}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise ConfigError(f"listen.options.base_url = “{base_url}” must begin with http:// or https://.")
        fields = {**(extra or {}), "model": model, "temperature": "0"}
        self._fields = {key: str(value) for key, value in ({**fields, "language": language} if language else fields).items()}
        self._key_env, self._retries, self._verbose = key_env, retries, verbose
        self._client = httpx.Client(timeout=httpx.Timeout(timeout_s, connect=connect_s), **route(str(self._url)))
        self._timeout_s = timeout_s

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        """What is said in mono ``pcm`` f32[n] in −1..1; "" where nothing is. Raises AudioError, BackendError."""
        return self.recognize(pcm, sample_rate).text

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        """See :class:`talking_head.protocols.Recognizer`."""
        sound = resample(check_pcm(pcm, sample_rate), sample_rate, VOICE_RATE)
        if len(sound) < _SHORTEST or not sound.any():
            return Transcript("")
        data = _wav(sound)
        for attempt in range(self._retries + 1):
            response, trouble = self._ask(data)
            if response is not None and response.status_code == 400 and self._verbose:
                self._verbose = False
                response, trouble = self._ask(data)
            if response is not None and response.status_code not in AGAIN:
                return plausible(self._read(response), len(sound) / VOICE_RATE)
            if attempt == self._retries:
                break
        raise BackendError(trouble)

    def _ask(self, data: bytes) -> tuple[httpx.Response | None, str]:
        """The answer, or None, and what is wrong where it must be asked again."""
        host, key = self._url.host, os.environ.get(self._key_env, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        fields = {**self._fields, "response_format": "verbose_json" if self._verbose else "json"}
        try:
            response = self._client.post(
                self._url, data=fields, files={"file": ("speech.wav", data, "audio/wav")}, headers=headers
            )
        except httpx.ConnectTimeout:
            return None, f"The recognition service at {host} could not be reached in time."
        except httpx.TimeoutException:
            return None, f"The recognition service at {host} was silent for {self._timeout_s:g} s."
        except httpx.ConnectError:
            return None, (
                f"The recognition service at {host} cannot be reached; is it running, and is listen.options.base_url right?"
            )
        except httpx.TransportError:
            return None, f"The connection to the recognition service at {host} broke off."
        return response, f"The recognition service at {host} answered {response.status_code}; try again later."

    def _read(self, response: httpx.Response) -> Transcript:
        host = self._url.host
        if response.status_code in {401, 403}:
            raise BackendError(
                f"The recognition service at {host} refused the key ({response.status_code}); set {self._key_env}."
            )
        if response.status_code != 200:
            reason = " ".join(response.text.split())[:200] or "no reason given"
            raise BackendError(f"The recognition service at {host} answered {response.status_code}: {reason}")
        try:
            answer = response.json()
            text, segments = answer["text"], answer.get("segments") or []
            confidence = min((float(s.get("avg_logprob", 0.0)) for s in segments), default=0.0)
            no_speech = max((float(s.get("no_speech_prob", 0.0)) for s in segments), default=0.0)
            if not isinstance(text, str):
                raise TypeError(type(text).__name__)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackendError(
                f"The recognition service at {host} sent no transcription; is listen.options.base_url right?"
            ) from error
        return Transcript(text.strip(), confidence, no_speech)


def _wav(sound: F32) -> bytes:
    """16-bit WAV of mono f32[n] at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(VOICE_RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
    return file.getvalue()
