"""The pages of ``docs/embedding.md``, word for word: two on another origin than the server's, one on its own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.face import PATIENCE_MS
from tests.paths import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.models


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: what was asked for is no news."""


@pytest.fixture(scope="module")
def site(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, Server]]:
    """A folder, the origin that serves it, and a server that the origin's pages may show and call."""
    folder = tmp_path_factory.mktemp("site")
    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    origin = f"http://localhost:{pages.server_port}"  # another site than 127.0.0.1: what it frames gets no storage
    thread = threading.Thread(target=pages.serve_forever)
    thread.start()
    config = folder / "config.toml"
    config.write_text(f'[server]\nembed_origins = ["{origin}"]\norigins = ["{origin}"]\n[loop]\ncapacity = 4\n')
    try:
        with serving(folder / "log.txt", config=config) as server:
            yield folder, origin, server
    finally:
        pages.shutdown()
        pages.server_close()
        thread.join()


def _lay(site: tuple[Path, str, Server], mark: str) -> str:
    """Put the page of the document that has ``mark`` in it there; its address."""
    folder, origin, server = site
    pages = re.findall(r"```html\n(.*?)```", (ROOT / "docs/embedding.md").read_text("utf-8"), re.DOTALL)
    (page,) = (page for page in pages if mark in page)
    (folder / "page.html").write_text("<!doctype html>" + page.replace("http://127.0.0.1:8000", server.url), "utf-8")
    return f"{origin}/page.html"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a visitor's own; at its end no script in it has failed."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
        assert not problems
    finally:
        context.close()


def test_a_frame_in_a_page_of_others_answers(site: tuple[Path, str, Server], page: Page) -> None:
    page.goto(_lay(site, "<iframe"))
    frame = page.frame_locator("iframe")
    frame.locator(".player[data-live=true]").wait_for()
    assert not frame.locator("#studio-link").is_visible()
    frame.locator("#language").select_option("zh")  # what cannot be kept lasts as long as the page
    frame.locator("#text").fill("Hello!")
    frame.locator("#text").press("Enter")
    frame.locator(".player[data-state=speaking]").wait_for()
    assert frame.locator("#send").inner_text().strip() == "发送"


def _start(page: Page) -> None:
    """Press Start as often as the page, in the server's words, asks for it: a busy server may say that it is full."""
    said: list[str] = []
    for _ in range(20):
        page.click("#start")
        page.locator("#ask:visible, #start:enabled").wait_for()
        if page.locator("#ask").is_visible():
            return
        said.append(page.inner_text("#words"))
        page.wait_for_timeout(3000)
    pytest.fail(f"the page never spoke with its server: {said}")


def test_a_player_of_ones_own_answers(site: tuple[Path, str, Server], page: Page) -> None:
    page.goto(_lay(site, "RTCPeerConnection"))
    _start(page)
    page.fill("input[name=text]", "What is your name?")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('words').textContent.includes('Mei')")
    page.wait_for_function("document.querySelector('video').videoWidth > 0 && document.querySelector('video').currentTime > 1")


def test_a_player_whose_connection_fails_says_so_and_is_started_again(site: tuple[Path, str, Server], page: Page) -> None:
    page.add_init_script("globalThis.RTCPeerConnection = class extends RTCPeerConnection { last = (globalThis.peer = this); };")
    page.goto(_lay(site, "RTCPeerConnection"))
    _start(page)
    page.evaluate("Object.defineProperty(peer, 'connectionState', { value: 'failed' })")
    page.evaluate("peer.dispatchEvent(new Event('connectionstatechange'))")
    assert page.inner_text("#words") == "The connection was lost. Please try again."
    assert not page.is_visible("#ask")
    _start(page)


def test_parts_of_the_page_greet_in_the_presenters_place(site: tuple[Path, str, Server], page: Page) -> None:
    """On the server's own origin, as behind a proxy. The greeting is the presenter's: nobody typed it."""
    folder, _, server = site
    _lay(site, "/embed.js")
    page.route("**/mine.html", lambda route: route.fulfill(path=folder / "page.html", content_type="text/html"))
    page.goto(f"{server.url}/mine.html")
    page.locator("#mei .player[data-state=speaking]").wait_for()
    page.locator("#mei .player:is([data-state=idle], [data-state=listening])").wait_for()
    assert page.locator("#mei .line").all_inner_texts() == ["Hello, I am Mei."]
    assert page.locator("#mei .line.you").count() == 0
