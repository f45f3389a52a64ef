"""What somebody sees who comes for the first time: nothing jumps or flashes, and a wrong address is no dead end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server
from tests.browser.face import PATIENCE_MS

pytestmark = pytest.mark.models

_BOX = "() => { const { x, y, width } = document.querySelector('#player').getBoundingClientRect(); return [x, y, width]; }"


def _hold_back(page: Page) -> None:
    """The server says nothing of itself until ``page.evaluate("answer()")``: what is shown until then stays."""
    page.add_init_script(
        "const ask = fetch; let go; const asked = new Promise((resolve) => { go = resolve; }); globalThis.answer = () => go();"
        "globalThis.fetch = async (...what) => { await asked; return ask(...what); };"
    )


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_face_stays_where_it_was_and_no_light_flashes_in_the_dark(
    browser: Browser, server: Server, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        _hold_back(page)
        page.goto(server.url)
        page.wait_for_selector(".player-frame")
        before = page.evaluate(_BOX)
        colour = page.evaluate("getComputedStyle(document.querySelector('.player-frame')).backgroundColor")
        assert max(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 80
        page.evaluate("answer()")
        page.wait_for_selector(".player[data-live=true]")
        page.wait_for_function("document.querySelector('#credit').textContent.includes('Licence')")
        assert page.evaluate(_BOX) == before
        assert not [text for text in said if "Policy" in text]  # a header that this browser does not know
    finally:
        context.close()


def test_a_link_to_a_face_that_is_gone_says_so_and_leads_to_another(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="zh-CN")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{server.url}/?avatar=nobody")
        page.wait_for_selector(".player-message:has-text('请换一张脸')")
        page.wait_for_selector(".player-poster", state="hidden")
        page.click(".player-retry")
        page.wait_for_selector(".player[data-live=true]")
    finally:
        context.close()


def test_the_description_of_the_calls_shows_no_markup(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{server.url}/docs")
        page.wait_for_selector("section code:has-text('speed')")
        assert "`" not in page.inner_text("main")
    finally:
        context.close()


def test_a_reload_and_a_link_keep_the_face_that_was_chosen(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(server.url)
        page.wait_for_selector(".player[data-live=true]")
        page.click("#open-faces")
        page.click(".face-option:has-text('Mei')")
        page.wait_for_url("**/?avatar=mei")
        page.reload()
        page.wait_for_selector(".player[data-live=true]")
        poster = page.get_attribute(".player-poster", "src")
        assert poster is not None
        assert poster.endswith("/mei.png")
    finally:
        context.close()
