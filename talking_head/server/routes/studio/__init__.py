"""The studio over HTTP: drafts of photos and videos, and the presenters that are made of them. The page is ``/studio``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from fastapi import FastAPI

from talking_head.config import Config
from talking_head.server.access.audit import Audit
from talking_head.server.container import AppContainer
from talking_head.server.presenter.changes import AvatarWatch
from talking_head.server.routes.studio.drafts import draft_routes
from talking_head.server.routes.studio.presenters import presenter_routes
from talking_head.studio.service import Studio
from talking_head.system.fair_executor import FairExecutor

T = TypeVar("T")


def studio_routes(app: FastAPI, container: AppContainer, config: Config, audit: Audit) -> AvatarWatch:
    """Add the routes; what they need to be told of changes is returned, to be run."""
    studio = Studio(lambda: container.faces.landmarker, container.voices)
    watch = AvatarWatch(container)
    app.state.studio = studio
    executor = FairExecutor("studio", nice=10, limit=8, hang_s=600)  # a long video takes minutes to look through

    async def shaped(work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(executor.submit("studio", work))

    async def closed() -> None:
        executor.close()
        await asyncio.to_thread(studio.close)

    app.state.closing.append(closed)
    draft_routes(app, container, config, audit, studio, watch, shaped)
    presenter_routes(app, container, config, audit, studio, watch)
    return watch
