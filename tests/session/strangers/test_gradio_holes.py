"""What strangers send to the demo: no file of this machine leaves it, and nothing is fetched for them."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from talking_head.config import Config
from talking_head.face.avatars import SHIPPED
from talking_head.gradio_ui import guard, page
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from tests.session import fakes

pytestmark = pytest.mark.timeout(600)

SECRET = "the secret of this machine"
MARK = {"_type": "gradio.FileData"}


@pytest.fixture(autouse=True)
async def no_leaks() -> None:
    """In the place of the guard: Gradio's queue ends with the event loop."""


@pytest.fixture
async def demo(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The demo over fake stages. A proxy that nobody can speak to is set, as on some companies' machines."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    config = Config.model_validate({"avatar": {"name": "nobody"}, "animator": {"processes": -1}, "loop": {"capacity": 2}})
    container = AppContainer(config, build=fakes.build, splitter=fakes.Splitter)
    container.faces.add(fakes.portrait())
    container.start()
    app = create_app(container, config)
    page.mount(app, container)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False, follow_redirects=True) as http:
            yield http
        server.should_exit = True
        await task
    container.close()


async def call(http: httpx.AsyncClient, name: str, *data: Any) -> str:
    """What comes of a call as programs make it: the answer to it, and the events that follow."""
    asked = await http.post(f"/gradio/gradio_api/call/{name}", json={"data": list(data)})
    if asked.status_code != 200:
        return asked.text
    return (await http.get(f"/gradio/gradio_api/call/{name}/{asked.json()['event_id']}")).text


def kept(what: bytes) -> list[Path]:
    return [
        file for file in guard.folder().rglob("*") if file.is_file() and not file.is_symlink() and what in file.read_bytes()
    ]


async def test_strangers_read_no_file(demo: httpx.AsyncClient, tmp_path: Path) -> None:
    page_ = await demo.get("/gradio")
    assert page_.status_code == 200
    assert str(page_.url).endswith("/gradio/")
    assert os.environ.get("ALL_PROXY") is None
    policy = page_.headers["content-security-policy"]
    assert "'sha256-" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "<base " in page_.text
    assert "base-uri 'self'" in policy

    secret = tmp_path / "secret.png"
    secret.write_text(SECRET)
    link = guard.folder() / "a" / "link.png"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(secret)
    files: list[dict[str, Any]] = [
        {"path": str(secret), "meta": MARK},
        {"path": str(secret)},
        {"path": f"{guard.folder()}/../{secret}", "meta": MARK},
        {"path": str(link), "meta": MARK},
        {"path": "/proc/self/environ", "meta": MARK},
        {"path": "http://127.0.0.1:1/x.png", "meta": MARK},
        {"path": None, "url": "http://127.0.0.1:1/x.png", "meta": MARK},
        {"path": {"path": str(secret), "meta": MARK}},
    ]
    for file in files:
        for name, data in (
            ("meet", (file, True, "Hello.", None)),
            ("meet", (None, True, "Hello.", file)),
            ("make", ("Hello.", file, "nobody", "1:1", False)),
            ("look", ("nobody", "Hello.", file)),
        ):
            told = await call(demo, name, *data)
            assert SECRET not in told
            assert str(tmp_path) not in told
            assert str(guard.folder()) not in told
            assert "not uploaded" in told or "error" in told
    assert kept(SECRET.encode()) == []
    up = "../" * 20
    for path in (
        *(str(secret), "/etc/passwd", str(link), "http://127.0.0.1:1/", "https://example.com/x.png"),
        *("/proc/self/environ", f"/proc/self/root{secret}", "/proc/self/cwd/pyproject.toml", "pyproject.toml", ".", "/"),
        *(f"{guard.folder()}/{up}{secret}", f"{guard.folder()}/%2e%2e/%2e%2e{secret}", f"{SHIPPED}/../pyproject.toml"),
        *(f"{secret}%00.png", f"{guard.folder()}/%00", f"{guard.folder()}/{'x' * 5_000}", str(guard.folder())),
    ):
        answer = await demo.get(f"/gradio/gradio_api/file={path}")
        assert answer.status_code in (403, 404), path
        assert SECRET not in answer.text


async def test_only_what_the_demo_needs_is_there(demo: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/gradio/gradio_api/proxy=http://127.0.0.1:1/"),
        ("POST", "/gradio/gradio_api/component_server"),
        ("POST", "/gradio/gradio_api/process_recording"),
        ("POST", "/gradio/gradio_api/vibe-edit"),
        ("GET", "/gradio/monitoring"),
        ("GET", "/gradio/gradio_api/dev/reload"),
        ("PUT", "/gradio/"),
    ):
        assert (await demo.request(method, path)).status_code == 404, path
    for body, status in (("[" * 20_000, 400), ("{", 400), ("x" * 300_000, 413), (json.dumps({"data": "x" * 300_000}), 413)):
        assert (await demo.post("/gradio/gradio_api/queue/join", content=body)).status_code == status


async def test_an_upload_is_taken_and_an_svg_is_no_page(demo: httpx.AsyncClient) -> None:
    await demo.get("/gradio/")
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    answer = await demo.post("/gradio/gradio_api/upload", files={"files": ("x.svg", drawing, "image/svg+xml")})
    assert answer.status_code == 200
    (path,) = answer.json()
    assert guard.uploaded(path).read_bytes() == drawing
    told = await call(demo, "meet", {"path": path, "meta": MARK}, True, "Hello.", None)
    assert "picture" in told
    assert path not in told
    shown = await demo.get(f"/gradio/gradio_api/file={path}")
    assert "svg" not in shown.headers["content-type"]
    assert "attachment" in shown.headers["content-disposition"]
    many = await demo.post("/gradio/gradio_api/upload", files={"files": ("x.bin", b"x" * 21_000_000)})
    assert many.status_code == 413


async def test_an_upload_that_the_disk_cannot_take_is_refused_before_it_comes(
    demo: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await demo.get("/gradio/")
    monkeypatch.setattr(guard, "free", lambda: 3_000_000)
    answer = await demo.post("/gradio/gradio_api/upload", files={"files": ("x.bin", b"the disk is small" * 100_000)})
    assert answer.status_code == 507
    assert "disk of this server is full" in answer.json()["error"]["message"]
    assert kept(b"the disk is small") == []
    assert (await demo.post("/gradio/gradio_api/upload", files={"files": ("x.bin", b"little")})).status_code == 200
