"""While models are being loaded the page is there already, all else asks for patience; then the app takes over."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from talking_head.config import Config
from talking_head.errors import MissingModelError
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from talking_head.server.startup import StartupApp
from tests.paths import ROOT
from tests.session import fakes


@asynccontextmanager
async def opened(
    build: Callable[[], FastAPI], *, home: bool = True
) -> AsyncIterator[tuple[httpx.AsyncClient, list[Exception | None]]]:
    """A server that builds its app with ``build``; what became of that."""
    ends: list[Exception | None] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(StartupApp(build, ends.append, home=home), log_level="warning"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as http:
            yield http, ends
        server.should_exit = True
        await task


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen within 20 s")


async def test_the_page_is_there_before_the_models_are() -> None:
    config = Config.model_validate({"avatar": {"name": "nobody"}, "animator": {"processes": -1}, "loop": {"capacity": 2}})
    loaded = threading.Event()
    studios = []

    def build() -> FastAPI:
        def slowly(config: Config, stage: str) -> object:
            assert loaded.wait(60)
            return fakes.build(config, stage)

        container = AppContainer(config, build=slowly, splitter=fakes.Splitter)
        studios.append(container)
        container.faces.add(fakes.portrait())
        container.start()
        return create_app(container, config)

    try:
        async with opened(build) as (http, ends):
            page = await http.get("/", headers={"Accept": "text/html"})
            assert page.status_code == 200
            assert "client.js" in page.text
            assert (await http.get("/client.js")).status_code == 200

            health = await http.get("/healthz")
            assert health.status_code == 503
            assert health.json() == {"status": "loading"}
            assert int(health.headers["Retry-After"]) > 0

            offer = http.build_request("POST", "/whep", content="v=0", headers={"Content-Type": "application/sdp"})
            for request in (
                offer,
                http.build_request("GET", "/config"),
                http.build_request("POST", "/sessions/x/say", json={}),
            ):
                answer = await http.send(request)
                assert answer.status_code == 503
                assert int(answer.headers["Retry-After"]) > 0
                assert answer.json()["error"]["code"] == "loading"
                assert "wait" in answer.json()["error"]["message"]
            assert ends == []

            loaded.set()
            await until(lambda: ends != [])
            assert ends == [None]
            assert (await http.get("/healthz")).json()["status"] == "ok"
            assert (await http.get("/config")).json()["default_avatar"] == "nobody"
            assert (await http.post("/sessions/x/say", json={"text": "Hello."})).status_code == 404
            assert (await http.get("/")).text == page.text
    finally:
        loaded.set()
        for container in studios:
            container.close()


async def test_a_page_of_the_app_itself_loads_anew_until_it_is_there() -> None:
    loaded = threading.Event()
    app = FastAPI()
    app.get("/")(lambda: "here")

    def build() -> FastAPI:
        assert loaded.wait(60)
        return app

    async with opened(build, home=False) as (http, ends):
        for path in ("/", "/gradio/"):
            early = await http.get(path, headers={"Accept": "text/html"})
            assert early.status_code == 503
            assert "refresh" in early.text
            assert "being loaded" in early.text
        loaded.set()
        await until(lambda: ends == [None])
        assert (await http.get("/", headers={"Accept": "text/html"})).json() == "here"


async def test_the_app_lives_and_dies_with_the_server() -> None:
    life: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        life.append("born")
        yield
        life.append("gone")

    async with opened(lambda: FastAPI(lifespan=lifespan)) as (_, ends):
        await until(lambda: ends == [None])
        assert life == ["born"]
    assert life == ["born", "gone"]


async def test_what_fails_is_told_and_the_server_can_still_be_ended() -> None:
    def build() -> FastAPI:
        raise MissingModelError("Nothing here; `talking-head pull` fetches it.")

    async with opened(build) as (http, ends):
        await until(lambda: ends != [])
        assert isinstance(ends[0], MissingModelError)
        assert (await http.get("/healthz")).status_code == 503


@pytest.mark.models
def test_ctrl_c_ends_a_server_that_is_still_loading() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "talking_head.cli.main", "serve", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A run in the background of a shell ignores SIGINT, and its children would, too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as server:
        signal.signal(signal.SIGINT, before)
        while server.poll() is None:
            try:
                assert httpx.get(f"http://127.0.0.1:{port}/healthz").json()["status"] == "loading"
                break
            except httpx.TransportError:
                time.sleep(0.05)
        server.send_signal(signal.SIGINT)
        _, told = server.communicate(timeout=120)
        assert server.returncode == 130
        assert "Traceback" not in told
        assert "Ready" not in told
