"""``POST /v1/audio/speech``: a text in, its sound out, in the voice of a presenter."""

from __future__ import annotations

import asyncio
import io
import re
import secrets
import wave
from contextlib import aclosing
from functools import partial
from typing import Any, Literal

import numpy as np
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from talking_head.audio.pcm import resample
from talking_head.audio.recital import recite
from talking_head.config import Config
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.server.routes.openai.bodies import MAX_BODY, presenter, read
from talking_head.session.steps import iterate
from talking_head.speech.voices import CONFIGURED
from talking_head.text.clauses import check, check_spoken, split
from talking_head.types import F32, TICKS_PER_SECOND

# Voices and models of OpenAI's, which programs send that cannot choose others: they stand for voices of here.
_WOMEN = {"alloy", "coral", "marin", "nova", "sage", "shimmer"}
_MEN = {"ash", "ballad", "cedar", "echo", "fable", "onyx", "verse"}
_MODEL = re.compile(r"(tts-1(-hd)?|gpt-[\w.]+(-mini)?-tts)(-[\d-]+)?")
_PCM_RATE = 24_000  # Hz, of "pcm": what has no header has to be what OpenAI's clients take it for


class SpeechRequest(BaseModel):
    """What is read of a speech request's body. ``voice`` names a voice of ``GET /voices``, or it or ``model`` the presenter
    whose voice it is. ``speed``: 0.5 to 2.
    """

    model_config = ConfigDict(extra="ignore")
    model: str = ""
    input: str
    voice: str = ""
    speed: float = Field(default=1.0, ge=0.5, le=2)
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"


def speech_route(app: FastAPI, container: AppContainer, config: Config) -> None:
    """Add the route to ``app``."""

    @app.post("/v1/audio/speech", tags=["programs"])
    async def speech(request: Request) -> Response:
        """Speak a text in the voice of a presenter."""
        wanted = read(SpeechRequest, await http.read_body(request, MAX_BODY))
        text = check(wanted.input, config.limits.text_chars)
        who, voice = _speaker(container, wanted)
        _, stages = await presenter(container, who, voice, wanted.speed)
        lane, sound = secrets.token_hex(8), list[F32]()
        await asyncio.to_thread(check_spoken, text, stages.splitter(0), config.limits.text_chars)
        for span in await asyncio.to_thread(split, text, 0, stages.language, stages.pronunciations):
            pieces = iterate(stages.speech_executor, lane, partial(recite, stages.speech, span))
            async with aclosing(pieces):
                sound += [piece.pcm async for piece in pieces if len(piece.pcm)]
        if not sound:
            raise http.Refused(422, "There is nothing to say in this text: write some words.", param="input")
        data, kind = await asyncio.to_thread(_encoded, np.concatenate(sound), wanted.response_format)
        return Response(data, media_type=kind)


def _speaker(container: AppContainer, wanted: SpeechRequest) -> tuple[str, str]:
    """The presenter ("": the server's own) and the voice ("": the presenter's) that are asked for.

    A voice of OpenAI's is the presenter's own where ``model`` names one, else one of here, of the same kind and of the
    language that the server's own presenter speaks. Raises Refused (404) for a voice that is none.
    """
    known, model, voice = container.faces.names(), wanted.model, wanted.voice
    if model not in known and _MODEL.fullmatch(model):
        model = ""
    if not voice or container.voices.has(voice):
        return model, voice
    if voice in known:
        return voice, ""
    if voice not in _WOMEN | _MEN:
        who = f"Presenters are: {', '.join(known)}; GET /voices lists the voices."
        raise http.Refused(404, f"There is no voice or presenter “{voice[:60]}”. {who}", "voice_not_found", "voice")
    own = container.voice_of(container.default)
    if model in known or own.name == CONFIGURED:
        return model, ""
    kind = "woman" if voice in _WOMEN else "man"
    light = [
        v.name for v in container.voices.all() if (v.gender, v.language, v.heavy) == (kind, own.language, False) and v.here
    ]
    return model, "" if own.gender == kind or not light else light[0]


def _encoded(pcm: F32, kind: str) -> tuple[bytes, str]:
    """The sound (48 kHz) as a file of this kind, and its media type."""
    if kind == "pcm":
        pcm = resample(pcm, TICKS_PER_SECOND, _PCM_RATE)
    whole = (np.clip(pcm, -1, 1) * 32767).round().astype("<i2")
    if kind == "pcm":
        return whole.tobytes(), f"audio/pcm;rate={_PCM_RATE}"
    out = io.BytesIO()
    if kind == "wav":
        with wave.open(out, "wb") as file:
            file.setparams((1, 2, TICKS_PER_SECOND, len(whole), "NONE", ""))
            file.writeframes(whole.tobytes())
        return out.getvalue(), "audio/wav"
    import av

    box, codec, media = {
        "flac": ("flac", "flac", "audio/flac"),
        "opus": ("ogg", "libopus", "audio/ogg"),
        "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
        "aac": ("adts", "aac", "audio/aac"),
    }[kind]
    with av.open(out, "w", format=box) as file:
        stream: Any = file.add_stream(codec, rate=TICKS_PER_SECOND, layout="mono")
        frame = av.AudioFrame.from_ndarray(whole[None], format="s16", layout="mono")
        frame.sample_rate = TICKS_PER_SECOND
        resampler = av.AudioResampler(stream.format, stream.layout, TICKS_PER_SECOND, frame_size=stream.frame_size or 4096)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue(), media
