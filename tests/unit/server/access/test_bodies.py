"""Bodies that do not come: whoever reads them, the client is told so, and nothing is a fault of the server."""

from __future__ import annotations

import asyncio
import logging

import pytest
from fastapi import FastAPI, Request, UploadFile
from pydantic import BaseModel
from starlette.types import Message

from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import Auth, Tokens
from talking_head.server.access.limits import RateLimits
from talking_head.server.access.security import AccessMiddleware, Policy


class Form(BaseModel):
    """What a route takes as JSON."""

    text: str


def app_of(policy: Policy) -> FastAPI:
    """Routes that read their bodies in every way there is, one in a mounted app that knows none of our errors."""
    app, other = FastAPI(), FastAPI()

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/limited")
    async def limited(request: Request) -> int:
        return len(await http.read_body(request, 1000))

    @app.post("/json")
    async def json(form: Form) -> str:
        return form.text

    @app.post("/drafts")
    async def file(photo: UploadFile) -> int:
        return len(await photo.read())

    @app.post("/early")
    async def early() -> str:
        return "done"

    @other.post("/raw")
    async def mounted(request: Request) -> int:
        return len(await request.body())

    app.mount("/gradio", other)
    http.install(app)
    app.add_middleware(AccessMiddleware, policy=policy, auth=Auth(None, Tokens()), limits=RateLimits({}), audit=Audit())
    return app


async def sent(app: FastAPI, path: str, kind: str, pieces: list[Message], waits: bool) -> tuple[int, bytes, dict[bytes, bytes]]:
    """Status, body and headers for a request with a body of ``pieces``, after which the client ``waits`` or goes."""
    queue, answer = list(pieces), list[Message]()

    async def receive() -> Message:
        if queue:
            return queue.pop(0)
        if waits:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answer.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", kind.encode()), (b"content-length", b"500")]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b""}
    async with asyncio.timeout(60):
        await app({**scope, "headers": headers, "server": None, "client": None, "scheme": "http"}, receive, send)
    assert [each["type"] for each in answer] == ["http.response.start", "http.response.body"]
    return answer[0]["status"], answer[1]["body"], dict(answer[0]["headers"])


KINDS = [
    ("/raw", "text/plain"),
    ("/limited", "text/plain"),
    ("/json", "application/json"),
    ("/drafts", "multipart/form-data; boundary=x"),
    ("/gradio/raw", "text/plain"),
]


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(("path", "kind"), KINDS)
async def test_a_body_that_does_not_come_is_a_408(path: str, kind: str, begun: bool, caplog: pytest.LogCaptureFixture) -> None:
    pieces: list[Message] = [{"type": "http.request", "body": b"--x\r\n", "more_body": True}] if begun else []
    status, body, headers = await sent(app_of(Policy(chunk_s=0.05)), path, kind, pieces, waits=True)
    assert status == 408
    assert b"did not come in time" in body
    assert headers[b"connection"] == b"close"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(("path", "kind"), KINDS)
async def test_who_leaves_in_the_middle_is_no_fault_of_ours(path: str, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    pieces: list[Message] = [{"type": "http.request", "body": b"--x\r\n", "more_body": True}]
    await sent(app_of(Policy()), path, kind, pieces, waits=False)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_body_without_an_end_is_a_413_whoever_reads_it() -> None:
    for path in ("/raw", "/gradio/raw"):
        pieces: list[Message] = [{"type": "http.request", "body": bytes(100_000), "more_body": True} for _ in range(30)]
        status, body, _ = await sent(app_of(Policy()), path, "text/plain", pieces, waits=False)
        assert status == 413
        assert b"larger than the 2000 kB" in body


async def test_an_answer_that_needs_no_body_is_not_waited_with() -> None:
    status, body, _ = await sent(app_of(Policy(chunk_s=0.05)), "/early", "text/plain", [], waits=True)
    assert (status, body) == (200, b'"done"')
