"""Presenters behind the interface that other programs already speak: ``/v1/models``, ``/v1/chat/completions`` and
``/v1/audio/speech``.

A *model* is a presenter: its persona, its knowledge, its voice. The subset that is answered is that of the OpenAI API reference
of 2025: messages of text in, one choice out, whole or as server-sent events; text in, sound out.
"""

from __future__ import annotations

import asyncio
import io
import json
import secrets
import time
import wave
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Any, Literal, TypeVar

import numpy as np
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from talking_head.audio.recital import recite
from talking_head.config import Config
from talking_head.errors import ConfigError, WeightsError
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.session.briefed import briefed
from talking_head.session.stages import Stages
from talking_head.session.steps import iterate, step
from talking_head.text.clauses import check, check_spoken, split
from talking_head.types import F32, TICKS_PER_SECOND, Message

T = TypeVar("T", bound=BaseModel)
MAX_BODY = 256 * 1024
MAX_MESSAGES = 200


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant"]
    content: str

    @field_validator("content", mode="before")
    @classmethod
    def _joined(cls, content: Any) -> Any:
        """Clients send texts in parts, too; of pictures and sounds nothing is understood here."""
        if not isinstance(content, list):
            return content
        texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        if len(texts) != len(content) or not all(isinstance(text, str) for text in texts):
            raise ValueError("only parts of the type text are understood")
        return "\n".join(map(str, texts))


class _Ended:
    """Why an answer ended, known once it has: "stop", or "length" where it was cut at the caller's or the server's limit."""

    reason = "stop"


class ChatRequest(BaseModel):
    """What is read of a chat completion's body; other fields are ignored."""

    model_config = ConfigDict(extra="ignore")
    model: str = ""
    messages: list[_Said] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream: bool = False
    max_tokens: int | None = Field(default=None, ge=1, validation_alias=AliasChoices("max_completion_tokens", "max_tokens"))


class SpeechRequest(BaseModel):
    """What is read of a speech request's body. ``voice`` names a voice of ``GET /voices``, or it or ``model`` the presenter
    whose voice it is. ``speed``: 0.5 to 2.
    """

    model_config = ConfigDict(extra="ignore")
    model: str = ""
    input: str
    voice: str = ""
    speed: float = Field(default=1.0, ge=0.5, le=2)
    response_format: Literal["wav", "pcm", "flac", "opus", "mp3"] = "wav"


def openai_routes(app: FastAPI, container: AppContainer, config: Config) -> None:
    """Add the routes to ``app``."""

    @app.get("/v1/models", tags=["programs"])
    async def models() -> dict[str, Any]:
        """The presenters, as models."""
        return {
            "object": "list",
            "data": [{"id": n, "object": "model", "owned_by": "talking-head"} for n in container.faces.names()],
        }

    @app.post("/v1/chat/completions", tags=["programs"])
    async def chat(request: Request) -> Response:
        """Answer a chat as the presenter that ``model`` names would."""
        wanted = _read(ChatRequest, await http.read_body(request, MAX_BODY))
        if sum(len(said.content) for said in wanted.messages) > 4 * config.limits.text_chars:
            raise http.Refused(413, f"These messages have more than {4 * config.limits.text_chars} characters.")
        if wanted.messages[-1].role != "user":
            raise http.Refused(422, "The last message must be the user's.")
        check(wanted.messages[-1].content, config.limits.text_chars)
        name, stages = await _presenter(container, wanted.model)
        ended, who = _Ended(), secrets.token_hex(8)
        costs = await step(stages.reply_executor, who, lambda: _costs(stages, wanted))
        pieces = _answer(stages, wanted, _fitting(stages, wanted, costs), who, ended)
        head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": name}
        if wanted.stream:
            return StreamingResponse(_events(head, pieces, ended), media_type="text/event-stream")
        async with aclosing(pieces):
            text = "".join([piece async for piece in pieces])
        spent = await step(stages.reply_executor, who, lambda: stages.reply.count_tokens(text))
        used = {"prompt_tokens": sum(costs[1:]), "completion_tokens": spent}
        choice = {"index": 0, "message": {"role": "assistant", "content": text.strip()}, "finish_reason": ended.reason}
        usage = {**used, "total_tokens": sum(used.values())}
        return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": usage})

    @app.post("/v1/audio/speech", tags=["programs"])
    async def speech(request: Request) -> Response:
        """Speak a text in the voice of a presenter."""
        wanted = _read(SpeechRequest, await http.read_body(request, MAX_BODY))
        text = check(wanted.input, config.limits.text_chars)
        named = wanted.voice if container.voices.has(wanted.voice) else ""
        presenter = wanted.voice if wanted.voice in container.faces.names() else wanted.model
        if wanted.voice and not named and presenter != wanted.voice and presenter not in container.faces.names():
            who = f"Presenters are: {', '.join(container.faces.names())}; GET /voices lists the voices."
            raise http.Refused(404, f"There is no voice or presenter “{wanted.voice[:60]}”. {who}")
        _, stages = await _presenter(container, presenter, named, wanted.speed)
        who, sound = secrets.token_hex(8), list[F32]()
        await asyncio.to_thread(check_spoken, text, stages.splitter(0), config.limits.text_chars)
        for span in await asyncio.to_thread(split, text, 0, stages.language, stages.pronunciations):
            pieces = iterate(stages.speech_executor, who, partial(recite, stages.speech, span))
            async with aclosing(pieces):
                sound += [piece.pcm async for piece in pieces if len(piece.pcm)]
        if not sound:
            raise http.Refused(422, "There is nothing to say in this text: write some words.")
        data, kind = await asyncio.to_thread(_encoded, np.concatenate(sound), wanted.response_format)
        return Response(data, media_type=kind)


def _read(kind: type[T], body: bytes) -> T:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise http.Refused(422, f"This request cannot be used: {_problem(error)}") from None


def _problem(error: ValidationError) -> str:
    """What is wrong, in our words."""
    first = error.errors(include_url=False, include_input=False)[0]
    where, limits = ".".join(str(part) for part in first["loc"])[:60], first.get("ctx", {})
    match first["type"]:
        case "json_invalid" | "model_type":
            return "its body must be a JSON object in UTF-8."
        case "missing":
            return f"“{where}” is missing."
        case "literal_error":
            return f"“{where}” must be {limits['expected']}."
        case "value_error":
            return f"of “{where}”, {limits['error']}."
        case "too_short" | "too_long":
            return f"“{where}” must hold 1 to {MAX_MESSAGES}."
        case "greater_than_equal":
            return f"“{where}” must be at least {limits['ge']:g}."
        case "less_than_equal":
            return f"“{where}” must be at most {limits['le']:g}."
    return f"“{where}” is not what it should be."


async def _presenter(container: AppContainer, name: str, voice: str = "", speed: float = 1.0) -> tuple[str, Stages]:
    names = container.faces.names()
    name = name if name and name != "default" else container.default
    if name not in names:
        raise http.unknown_avatar(name, names)
    try:
        return name, await asyncio.to_thread(container.stages_for, name, voice, speed)
    except (ConfigError, WeightsError) as error:
        raise http.Refused(404, str(error)) from error


def _costs(stages: Stages, wanted: ChatRequest) -> list[int]:
    """Tokens of the persona's prompt and of each message. Long texts take their time: not for the event loop."""
    return [stages.reply.count_tokens(text) for text in (stages.system_prompt, *(said.content for said in wanted.messages))]


def _fitting(stages: Stages, wanted: ChatRequest, costs: list[int]) -> list[Message]:
    """What the model is shown: the persona's prompt, then the latest messages within the budget, and always the last. The
    caller's system messages come after the persona: they add to it.
    """
    first, left = len(wanted.messages) - 1, stages.history_tokens - costs[0] - costs[-1]
    while first > 0 and costs[first] <= left:  # costs begin with the prompt: this is the message before
        left -= costs[first]
        first -= 1
    said = [Message(each.role.replace("developer", "system"), each.content) for each in wanted.messages[first:]]
    return [Message("system", stages.system_prompt), *said]


async def _answer(
    stages: Stages, wanted: ChatRequest, messages: list[Message], who: str, ended: _Ended
) -> AsyncGenerator[str, None]:
    """The presenter's answer to ``messages``, piece by piece; ``who``: on the executors."""
    question, briefing = wanted.messages[-1].content, None
    if stages.brief is not None:
        brief = stages.brief
        before = [said.content for said in wanted.messages[:-1] if said.role == "user"]
        briefing = await step(stages.reply_executor, who, lambda: brief(question, before))
        if briefing.text:
            yield briefing.text
            return
    left = min(stages.max_pieces, wanted.max_tokens or stages.max_pieces)
    async with aclosing(iterate(stages.reply_executor, who, partial(briefed, stages.reply, messages, briefing))) as pieces:
        async for piece in pieces:
            if piece and left <= 0:
                ended.reason = "length"
                return
            if piece:
                yield piece
                left -= 1


async def _events(head: dict[str, Any], pieces: AsyncIterator[str], ended: _Ended) -> AsyncIterator[str]:
    def event(delta: dict[str, str], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n"

    yield event({"role": "assistant", "content": ""})
    async for piece in pieces:
        yield event({"content": piece})
    yield event({}, ended.reason)
    yield "data: [DONE]\n\n"


def _encoded(pcm: F32, kind: str) -> tuple[bytes, str]:
    whole = (np.clip(pcm, -1, 1) * 32767).round().astype("<i2")
    if kind == "pcm":
        return whole.tobytes(), f"audio/pcm;rate={TICKS_PER_SECOND}"
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
