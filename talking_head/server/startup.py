"""What answers while the models are being loaded: the page's files, and for everything else 503 in a sentence.

The server listens from its first second. Whoever comes early sees the page, which connects by itself as soon as it can; a
program reads in ``/healthz`` that it has to wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from talking_head.folders import shipped
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import Auth, Tokens
from talking_head.server.access.limits import RateLimits
from talking_head.server.access.security import AccessMiddleware, Policy

WEB = shipped("web")
LOADING = "The models are being loaded, which takes some seconds. Please wait a moment."
_RETRY = {"Retry-After": "1", "Cache-Control": "no-store"}
# For pages that are not files, such as Gradio's: they load anew until they are there.
_PATIENCE = f"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="1"><title>Talking head</title>
<link rel="stylesheet" href="/docs.css"><main><p role="status">{LOADING}</p></main></html>"""

log = logging.getLogger(__name__)


class StartupApp:
    """An ASGI app that becomes another one.

    ``build``: makes that app, in a thread of its own; ``ended(error)``: called once on the event loop, with None when the app
    has taken over, else with what ``build`` raised; ``home`` False: ``/`` is not a file, but belongs to the app. ``policy``:
    what requests have to satisfy until then; the app sees to it itself.
    """

    def __init__(
        self,
        build: Callable[[], FastAPI],
        ended: Callable[[Exception | None], None],
        *,
        home: bool = True,
        policy: Policy = Policy(),  # noqa: B008 - it cannot be changed
    ) -> None:
        self._build, self._ended, self._home = build, ended, home
        self._app: FastAPI | None = None
        self._open = AsyncExitStack()
        self._files = StaticFiles(directory=WEB, html=True, check_dir=False)
        self._early = AccessMiddleware(self._answer, policy, Auth(None, Tokens()), RateLimits({}), Audit())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        else:
            await self._early(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._meanwhile(scope)
        await response(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        building = asyncio.create_task(self._become(), name="loading")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await building
        await self._open.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _become(self) -> None:
        try:
            app = await asyncio.to_thread(self._build)
            await self._open.enter_async_context(app.router.lifespan_context(app))
        except Exception as error:  # whoever runs the server tells it
            self._ended(error)
        else:
            self._app = app
            self._ended(None)

    async def _meanwhile(self, scope: Scope) -> Response:
        request = Request(scope)
        path = request.url.path
        if path == "/healthz":
            return JSONResponse({"status": "loading"}, 503, _RETRY)
        if path != "/" or self._home:
            try:
                return await self._files.get_response(self._files.get_path(scope), scope)
            except HTTPException:  # no file, or no GET
                pass
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(_PATIENCE, 503, _RETRY)
        return http.answer(503, "loading", LOADING, _RETRY)
