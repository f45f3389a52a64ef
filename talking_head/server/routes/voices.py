"""Voices over HTTP: the list, and a sample of each to listen to. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
import io
import wave
from typing import Any

import numpy as np
from fastapi import FastAPI, Response

from talking_head.config import Config
from talking_head.errors import ConfigError, WeightsError
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.speech.voices import Voice, sample
from talking_head.types import F32, TICKS_PER_SECOND


def voice_routes(app: FastAPI, container: AppContainer, config: Config) -> None:
    """Add the routes under ``/voices``."""
    samples: dict[str, bytes] = {}  # made once a voice

    @app.get("/voices")
    async def listed() -> list[dict[str, Any]]:
        return await asyncio.to_thread(lambda: [_describe(voice) for voice in container.voices.all()])

    @app.head("/voices/{name}.wav", include_in_schema=False)
    @app.get("/voices/{name}.wav")
    async def heard(name: str) -> Response:
        try:
            voice = container.voices.find(name)
        except ConfigError as error:
            raise http.Refused(404, str(error)) from error
        if voice.name not in samples:
            try:
                job = container.executor_of(voice).submit("sample", lambda: sample(container.voices, voice))
                samples[voice.name] = _wav(await asyncio.wrap_future(job))
            except WeightsError as error:
                raise http.Refused(404, str(error)) from error
        return Response(samples[voice.name], media_type="audio/wav", headers={"Cache-Control": "max-age=3600"})


def _describe(voice: Voice) -> dict[str, Any]:
    about = {key: getattr(voice, key) for key in ("name", "title", "gender", "language", "heavy", "here")}
    return about | {"sample": f"/voices/{voice.name}.wav"}


def _wav(pcm: F32) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TICKS_PER_SECOND)
        file.writeframes((np.clip(pcm, -1, 1) * 32767).round().astype("<i2").tobytes())
    return data.getvalue()
