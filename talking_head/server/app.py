"""The web server: pages, WHEP, and a small HTTP interface for programs. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from talking_head import __version__
from talking_head.config import Config
from talking_head.jobs import JobRunner
from talking_head.server import http
from talking_head.server.access.routes import auth_routes
from talking_head.server.access.security import AccessMiddleware
from talking_head.server.access.settings import limits_of, policy_of
from talking_head.server.container import AppContainer
from talking_head.server.jobs import job_runner
from talking_head.server.presenter.watch import watch_presenters
from talking_head.server.recording.store import watch_recordings
from talking_head.server.routes.avatars import avatar_routes
from talking_head.server.routes.films import film_routes
from talking_head.server.routes.jobs import described, job_routes
from talking_head.server.routes.knowledge import knowledge_routes
from talking_head.server.routes.memory import memory_routes
from talking_head.server.routes.openai import openai_routes
from talking_head.server.routes.recordings import recording_routes
from talking_head.server.routes.status import status_routes
from talking_head.server.routes.studio import studio_routes
from talking_head.server.routes.verify import verify_routes
from talking_head.server.routes.voices import voice_routes
from talking_head.server.routes.whep import whep_routes
from talking_head.server.routes.words import word_routes
from talking_head.server.startup import WEB
from talking_head.server.state import Server
from talking_head.server.webhooks import Webhooks


def create_app(container: AppContainer, config: Config, jobs: JobRunner | None = None) -> FastAPI:
    """The ASGI app. ``container`` must be started; it is not closed by the app. ``jobs``: None makes what ``config`` says."""
    server = Server(container, config)
    runner = jobs or job_runner(config)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watches = [
            asyncio.create_task(each)
            for each in (
                server.metrics.watch_event_loop(),
                server.connections.watch(),
                server.load.watch(),
                watch_presenters(container.presenters),
                changes.watch(),
                watch_recordings(server.recordings),
            )
        ]
        hooks = Webhooks(config.films, partial(described, runner))
        runner.listen(hooks.heard)
        await asyncio.to_thread(runner.start)
        yield
        await asyncio.to_thread(hooks.close)
        await asyncio.to_thread(runner.close)
        for watch in watches:
            watch.cancel()
        for close in app.state.closing:
            await close()
        await server.close()

    app = FastAPI(
        title="Talking head",
        version=__version__,
        description="Sound and picture over WHEP, words over HTTP. The data channel is described in web/PROTOCOL.md.",
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,  # its pages come from elsewhere
        redoc_url=None,
    )
    app.state.server = server
    app.state.jobs = runner
    app.state.closing = []  # what was mounted, to be awaited at the end
    http.install(app)
    if config.server.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(config.server.origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Link", "Retry-After"],
        )
    app.add_middleware(  # the last to be added is the first to be passed
        AccessMiddleware, policy=policy_of(config), auth=server.auth, limits=limits_of(config), audit=server.audit
    )
    whep_routes(app, server)
    status_routes(app, server)
    word_routes(app, server.peer, config.limits.text_chars)
    recording_routes(app, server.recordings, server.peer)
    avatar_routes(app, container, config, server.audit)
    knowledge_routes(app, container, config, server.audit)
    changes = studio_routes(app, container, config, server.audit)
    memory_routes(app, container)
    voice_routes(app, container, config)
    verify_routes(app, config)
    job_routes(app, runner)
    film_routes(app, container, config, runner)
    auth_routes(app, server.auth, config, server.audit)
    openai_routes(app, container, config)
    if WEB.is_dir():
        app.add_api_route("/favicon.ico", _icon, methods=["GET", "HEAD"], include_in_schema=False)
        app.mount("/", StaticFiles(directory=WEB, html=True), name="web")
    return app


async def _icon() -> FileResponse:
    """What browsers ask for where a page names no icon, as Gradio's does."""
    return FileResponse(WEB / "icon.svg")
