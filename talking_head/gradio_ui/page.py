"""The Gradio demo: four tabs over the same studio, WHEP and recorder that the page and the command line use.

Importing Gradio takes seconds, so :func:`mount` puts a small ASGI app in its place that builds the demo when the first visitor
asks for it: the page starts as fast as without it.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from talking_head.server.container import AppContainer
from talking_head.system import gc_tuning

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)

PATH = "/gradio"
_MASTHEAD = """<h1>Talking head</h1>
<p>Type, and a face answers out loud. Everything runs on the machine that serves this page.</p>"""


def build_demo(container: AppContainer) -> gr.Blocks:
    """The demo's Blocks over a started ``studio``. Live faces need this server's WHEP on the same origin."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    from talking_head.film.service import FilmService
    from talking_head.gradio_ui.face import face_tab
    from talking_head.gradio_ui.hood import hood_tab
    from talking_head.gradio_ui.live import live_tab
    from talking_head.gradio_ui.video import video_tab

    films = FilmService(container)
    demo: gr.Blocks
    with gr.Blocks(title="Talking head", analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        gr.HTML(_MASTHEAD, elem_id="masthead")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Live", id="live"):
                live_tab(container)
            with gr.Tab("Script → video", id="video"):
                video_tab(container, films)
            with gr.Tab("Your face", id="face"):
                face_tab(container)
            with gr.Tab("Under the hood", id="hood"):
                hood_tab(container, films)
    return demo


def mount(app: FastAPI, container: AppContainer, *, home: bool = False) -> None:
    """Serve the demo of ``studio`` at ``/gradio`` of ``app``, before any catch-all route; ``home``: ``/`` leads there."""
    app.router.routes.insert(0, Mount(PATH, app=_Late(container), name="gradio"))
    if home:
        app.router.routes.insert(0, Route("/", lambda _: RedirectResponse(f"{PATH}/")))


class _Late:
    """An ASGI app that becomes the Gradio app. Built once, in a thread; its lifespan is entered in the event loop."""

    def __init__(self, container: AppContainer) -> None:
        self._container = container
        self._building: asyncio.Task[ASGIApp] | None = None
        self._open = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._building is None:
            self._building = asyncio.create_task(self._build(), name="gradio")
        app = await asyncio.shield(self._building)
        await app(scope, receive, send)

    async def _build(self) -> ASGIApp:
        host = await asyncio.to_thread(self._create)
        # Entered here and left with the process: a mounted app's lifespan is not run by the app around it.
        await self._open.enter_async_context(host.router.lifespan_context(host))
        inner = next(route for route in host.routes if isinstance(route, Mount))
        return inner.app

    def _create(self) -> FastAPI:
        demo = build_demo(self._container)
        import gradio as gr

        from talking_head.gradio_ui.style import CSS, theme

        options: dict[str, Any] = {
            "theme": theme(),
            "css": CSS,
            "footer_links": [],
            "run_history": False,
            "ssr_mode": False,
            "root_path": PATH,
            "pwa": False,
            "mcp_server": False,
            "max_file_size": self._container.config.limits.photo_bytes,
        }
        host = FastAPI()
        gr.mount_gradio_app(host, demo, path=PATH, **options)
        gc_tuning.freeze()
        return host
