"""The whole server on fake stages, and a guard against leaked tasks and threads."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest
import uvicorn

from talking_head.config import Config
from talking_head.folders import home
from talking_head.jobs import JobRunner
from talking_head.knowledge.embedder import Embedder, MiniLmEmbedder
from talking_head.knowledge.library import Library
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from talking_head.server.state import Server
from tests.session import fakes

# Of ``running``: the same server in one way only. What goes over HTTP alone, or ends before a connection begins, never meets
# the process that sends packets: once is enough.
ONE_PROCESS = pytest.mark.parametrize("running", [-1], ids=["one process"], indirect=True)
MEDIA_APART = pytest.mark.parametrize("running", [1], ids=["media apart"], indirect=True)


@dataclass
class Running:
    """A served studio: ``http`` talks to it, ``server`` is its inside."""

    http: httpx.AsyncClient
    server: Server
    container: AppContainer
    jobs: JobRunner


@pytest.fixture(autouse=True)
async def no_leaks() -> AsyncIterator[None]:
    """Fail a test that leaves tasks or threads of ours behind."""
    before = set(threading.enumerate())
    yield
    for _ in range(100):
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task() and not task.done()]
        threads = [t for t in threading.enumerate() if t not in before and not t.name.startswith(("asyncio_", "tqdm_monitor"))]
        if not tasks and not threads:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"left behind: tasks {tasks}, threads {threads}")


@cache
def embedder(place: Path) -> Embedder:
    """The one with the models of ``place``, which is a cache folder: loaded once, and not for every server anew."""
    return MiniLmEmbedder()


@pytest.fixture(params=[-1, 1], ids=["one process", "media apart"])
async def running(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    """The real app, loop and stream over fake stages, on a free port; packets are sent by it, or by a process of their own."""
    config = Config.model_validate(
        {
            "avatar": {"name": "nobody"},
            "animator": {"processes": -1},
            "stream": {"processes": request.param},
            "loop": {"capacity": 8},
            "motion": {"seed": 1},
            "listen": {"tone": True},
            "jobs": {"priority": "normal"},
        }
    )
    container = AppContainer(config, build=fakes.build, splitter=fakes.Splitter)
    container.faces.add(fakes.portrait())
    container.presenters.library = Library(lambda: embedder(home()))
    container.start()
    app = create_app(container, config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        uvicorn_server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        task = asyncio.create_task(uvicorn_server.serve(sockets=[listener]))
        while not (uvicorn_server.started and all(process.ready for process in app.state.server.connections.processes)):
            await asyncio.sleep(0.01)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            yield Running(http, app.state.server, container, app.state.jobs)
        uvicorn_server.should_exit = True
        await task
    container.close()
