"""``POST /v1/chat/completions``: messages of text in, a presenter's answer out, whole or as server-sent events."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from talking_head.config import Config
from talking_head.errors import TalkingHeadError
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.server.routes.openai.bodies import MAX_BODY, MAX_MESSAGES, presenter, read
from talking_head.session.briefed import briefed
from talking_head.session.stages import Stages
from talking_head.session.steps import iterate, step
from talking_head.text.clauses import check
from talking_head.types import Message

log = logging.getLogger(__name__)


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


class _StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class ChatRequest(BaseModel):
    """What is read of a chat completion's body; other fields are ignored."""

    model_config = ConfigDict(extra="ignore")
    model: str = ""
    messages: list[_Said] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream: bool = False
    stream_options: _StreamOptions | None = None
    max_tokens: int | None = Field(default=None, ge=1, validation_alias=AliasChoices("max_completion_tokens", "max_tokens"))


def chat_route(app: FastAPI, container: AppContainer, config: Config) -> None:
    """Add the route to ``app``."""

    @app.post("/v1/chat/completions", tags=["programs"])
    async def chat(request: Request) -> Response:
        """Answer a chat as the presenter that ``model`` names would."""
        wanted = read(ChatRequest, await http.read_body(request, MAX_BODY))
        if sum(len(said.content) for said in wanted.messages) > 4 * config.limits.text_chars:
            raise http.Refused(413, f"These messages have more than {4 * config.limits.text_chars} characters.")
        if wanted.messages[-1].role != "user":
            raise http.Refused(422, "The last message must be the user's.")
        check(wanted.messages[-1].content, config.limits.text_chars)
        name, stages = await presenter(container, wanted.model)
        ended, who = _Ended(), secrets.token_hex(8)
        costs = await step(stages.reply_executor, who, lambda: _costs(stages, wanted))
        pieces = _answer(stages, wanted, _fitting(stages, wanted, costs), who, ended)
        head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": name}

        async def usage(text: str) -> dict[str, int]:
            spent = await step(stages.reply_executor, who, lambda: stages.reply.count_tokens(text))
            asked = sum(costs[1:])
            return {"prompt_tokens": asked, "completion_tokens": spent, "total_tokens": asked + spent}

        if wanted.stream:
            counted = usage if wanted.stream_options and wanted.stream_options.include_usage else None
            return StreamingResponse(_events(head, pieces, ended, counted), media_type="text/event-stream")
        async with aclosing(pieces):
            text = "".join([piece async for piece in pieces])
        choice = {"index": 0, "message": {"role": "assistant", "content": text.strip()}, "finish_reason": ended.reason}
        return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": await usage(text)})


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


async def _events(
    head: dict[str, Any],
    pieces: AsyncIterator[str],
    ended: _Ended,
    usage: Callable[[str], Awaitable[dict[str, int]]] | None,
) -> AsyncIterator[str]:
    """The answer as events. What fails on the way is an event, too: clients raise its sentence, where a line that ends would
    look like a broken network. With ``usage``, which counts the tokens of the text, they stand in a last event without choices.
    """

    def event(delta: dict[str, str], finish: str | None = None) -> str:
        return line({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def line(more: dict[str, Any]) -> str:
        return f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', **more})}\n\n"

    said = []
    yield event({"role": "assistant", "content": ""})
    try:
        async for piece in pieces:
            said.append(piece)
            yield event({"content": piece})
        yield event({}, ended.reason)
        if usage is not None:
            yield line({"choices": [], "usage": await usage("".join(said))})
    except TalkingHeadError as error:
        log.warning("a chat of /v1 failed: %s", error)
        yield f"data: {json.dumps(http.problem_of(error))}\n\n"
        return
    yield "data: [DONE]\n\n"
