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

from talking_head.face.avatars import SHIPPED
from talking_head.gradio_ui.guard import Guard
from talking_head.server.container import AppContainer
from talking_head.system import gc_tuning
from talking_head.system.network import take_proxies
from talking_head.system.scratch import Scratch

if TYPE_CHECKING:
    import gradio as gr

    from talking_head.gradio_ui.films import FilmService

log = logging.getLogger(__name__)

PATH = "/gradio"
QUEUE = 32  # calls that may wait
# Gradio calls its page by the browser's language, for its own few words; ours are English, whoever reads them out.
_IN_ENGLISH = "() => { document.documentElement.lang = 'en'; }"
_MASTHEAD = """<h1>Talking head</h1>
<p>Type, and a face answers out loud. Everything runs on the machine that serves this page.</p>"""


def build_demo(container: AppContainer, films: FilmService, scratch: Scratch) -> gr.Blocks:
    """The demo's Blocks over a started ``container``; films are made in ``scratch``. Live faces need this server's WHEP on the
    same origin.
    """
    import gradio as gr

    from talking_head.gradio_ui.face import face_tab
    from talking_head.gradio_ui.hood import hood_tab
    from talking_head.gradio_ui.live import keep_fresh, live_tab
    from talking_head.gradio_ui.video import video_tab

    demo: gr.Blocks
    with gr.Blocks(title="Talking head", analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        gr.HTML(_MASTHEAD, elem_id="masthead")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Live", id="live"):
                choices = [live_tab(container)]
            with gr.Tab("Script → video", id="video"):
                choices.append(video_tab(container, films, scratch))
            with gr.Tab("Your face", id="face"):
                face_tab(demo, container)
            with gr.Tab("Under the hood", id="hood"):
                choices.append(hood_tab(container, films))
        keep_fresh(demo, container, choices)
        demo.load(None, js=_IN_ENGLISH)
    demo.queue(max_size=QUEUE)
    return demo


def mount(app: FastAPI, container: AppContainer, *, home: bool = False) -> None:
    """Serve the demo of ``container`` at ``/gradio`` of ``app``, before any catch-all route; ``home``: ``/`` leads there."""
    late = _Late(container)
    app.router.routes.insert(0, Mount(PATH, app=late, name="gradio"))
    app.router.routes.insert(0, Route(PATH, lambda _: RedirectResponse(f"{PATH}/")))  # the address that is printed
    if home:
        app.router.routes.insert(0, Route("/", lambda _: RedirectResponse(f"{PATH}/")))
    app.state.closing.append(late.close)


class _Late:
    """An ASGI app that becomes the Gradio app. Built once, in a thread; its lifespan is entered in the event loop."""

    def __init__(self, container: AppContainer) -> None:
        self._container = container
        self._building: asyncio.Task[ASGIApp] | None = None
        self._open = AsyncExitStack()
        self._scratch: Scratch | None = None
        self._films: FilmService | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._building is None:
            self._building = asyncio.create_task(self._build(), name="gradio")
        try:
            app = await asyncio.shield(self._building)
        except Exception:
            self._building = None  # the next visitor tries again
            raise
        await app(scope, receive, send)

    async def close(self) -> None:
        """End the demo and take its files away."""
        if self._building is not None and not self._building.done():
            await asyncio.wait([self._building])
        await self._open.aclose()
        if self._films is not None:
            self._films.close()
        if self._scratch is not None:
            self._scratch.close()

    async def _build(self) -> ASGIApp:
        host = await asyncio.to_thread(self._create)
        # A mounted app's lifespan is not run by the app around it.
        await self._open.enter_async_context(host.router.lifespan_context(host))
        inner = next(route for route in host.routes if isinstance(route, Mount))
        config = self._container.config
        limits = config.limits
        return Guard(inner.app, PATH, limits.photo_bytes, limits.uploads_bytes, config.server.embed_origins)

    def _create(self) -> FastAPI:
        from talking_head.gradio_ui.films import FilmService

        take_proxies()  # Gradio's clients read the variables, and fail where one asks for a package that is not there
        if self._scratch is None:
            self._scratch = Scratch()
        # Before anything of Gradio's is made: each of its parts remembers this folder, which it would share with all others
        # otherwise.
        os.environ["GRADIO_TEMP_DIR"] = str(self._scratch.folder / "gradio")
        self._films = self._films or FilmService(self._container)
        demo = build_demo(self._container, self._films, self._scratch)
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
            "show_error": False,  # only our own sentences are
            "allowed_paths": [str(SHIPPED)],  # the pictures of the examples
        }
        host = FastAPI()
        gr.mount_gradio_app(host, demo, path=PATH, **options)
        # Gradio checks paths only in apps that it launched itself, and serves SVG files as pages in those that it did not.
        demo.has_launched = demo.is_running = True
        gc_tuning.freeze()
        return host
