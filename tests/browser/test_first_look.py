"""What somebody sees who comes for the first time: nothing jumps or flashes, it fits the screen, and a wrong address is no
dead end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.face import MOUTH, PATIENCE_MS, FacePage
from tests.serving import Server

pytestmark = pytest.mark.models

_BOX = "() => { const { x, y, width } = document.querySelector('#player').getBoundingClientRect(); return [x, y, width]; }"


def _hold_back(page: Page) -> None:
    """The server says nothing of itself until ``page.evaluate("answer()")``: what is shown until then stays."""
    page.add_init_script(
        "const ask = fetch; let go; const asked = new Promise((resolve) => { go = resolve; }); globalThis.answer = () => go();"
        "globalThis.fetch = async (...what) => { await asked; return ask(...what); };"
    )


def test_what_is_chosen_can_be_told_in_forced_colours(browser: Browser, server: Server) -> None:
    """Neither backgrounds nor shadows are drawn there: what they alone tell is lost."""
    page = browser.new_context(forced_colors="active").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(server.url)
    modes = page.locator(".mode span")
    drawn = [modes.nth(each).evaluate("span => getComputedStyle(span).backgroundColor") for each in range(2)]
    assert drawn[0] != drawn[1]
    page.wait_for_selector(".player[data-live=true]")
    page.click("#open-faces")
    page.wait_for_selector(".face-option")
    assert page.locator("#faces").evaluate("sheet => getComputedStyle(sheet).borderTopWidth") == "1px"
    chosen = page.locator(".face-option img").evaluate_all("all => all.map((image) => getComputedStyle(image).outlineStyle)")
    assert sorted(chosen) == ["none", "none", "none", "solid"]
    page.goto(f"{server.url}/studio/")
    page.wait_for_selector("body[data-ready]")
    lines = page.locator("[role=tab]").evaluate_all("all => all.map((tab) => getComputedStyle(tab).borderBottomColor)")
    assert lines[0] != lines[1] == lines[2]


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


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (844, 390), (740, 360), (640, 400), (768, 1024)])
def test_fits_the_screen(browser: Browser, server: Server, width: int, height: int) -> None:
    face = FacePage.open(browser, server.url, viewport={"width": width, "height": height})
    try:
        for scheme in ("dark", "light"):
            face.page.emulate_media(color_scheme=scheme)
            face.page.wait_for_function(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
            assert face.page.evaluate("document.documentElement.scrollWidth") <= width
            for part in (".player-video", "#text", "#send"):
                box = face.page.locator(part).bounding_box()
                assert box is not None
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width
                assert box["y"] + box["height"] <= height
            face_box, bar = (face.page.locator(part).bounding_box() for part in (".player-video", ".bar"))
            assert face_box is not None
            assert bar is not None
            assert face_box["width"] > 0.55 * min(width, height), "a face to look at, also on a phone on its side"
            assert bar["height"] < 72, "the tools in one row"
    finally:
        face.leave()


def test_a_long_clause_stays_below_the_mouth(face: FacePage) -> None:
    """On a low window three lines of words lay over the lower lip."""
    face.page.set_viewport_size({"width": 1280, "height": 690})
    text = "Bring a warm jacket, because the wind on deck is cold even in June, and you will want to see the seals up north."
    face.type(f"Our ferry leaves at noon. {text}", mode="say")
    caption = face.page.locator(".player-caption:not([hidden])", has_text="seals")
    caption.wait_for()
    words, frame = caption.bounding_box(), face.page.locator(".player-video").bounding_box()
    assert words is not None
    assert frame is not None
    assert words["y"] - frame["y"] > (MOUTH[1] + MOUTH[3]) * frame["height"]
