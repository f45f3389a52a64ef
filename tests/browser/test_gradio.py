"""The Gradio demo: all four tabs, from a click to a playing face and a playing download."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, Page

from talking_head.face import avatars
from tests.browser.face import FacePage
from tests.paths import ROOT
from tests.serving import Server

pytestmark = [pytest.mark.models, pytest.mark.timeout(600)]

SLOW = 120_000  # ms; only against waiting for ever


@pytest.fixture(scope="module")
def demo(browser: Browser, server: Server) -> Iterator[FacePage]:
    """One visitor who goes through the tabs."""
    face = FacePage(browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True).new_page())
    face.page.goto(f"{server.url}/gradio/", timeout=SLOW)
    face.live()
    yield face
    face.leave()


def test_the_browser_has_nothing_to_say_about_the_page(browser: Browser, server: Server) -> None:
    """Nothing that it misses (an icon), nothing that the page's policy refuses (its base)."""
    page = browser.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{server.url}/gradio/", wait_until="load", timeout=SLOW)
    page.wait_for_selector("#tabs", timeout=SLOW)
    page.context.close()
    assert said == []


def test_a_screen_reader_hears_which_words_are_in_which_language(browser: Browser, server: Server) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{server.url}/gradio/", wait_until="load", timeout=SLOW)
    page.wait_for_selector(".embed[lang=zh-CN]", timeout=SLOW)
    page.wait_for_function("document.documentElement.lang === 'en'")  # of the tabs, labels and hints around it
    page.context.close()


def test_on_a_phone_the_face_and_the_place_to_write_stand_on_one_screen(browser: Browser, server: Server) -> None:
    screen = {"width": 390, "height": 844}
    phone = FacePage.open(browser, f"{server.url}/gradio/", viewport=screen, has_touch=True, is_mobile=True)
    try:
        lowest = phone.page.evaluate("document.querySelector('#face-live .composer').getBoundingClientRect().bottom")
        assert 0 < lowest <= 844
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        phone.leave()


def _tab(page: Page, name: str) -> None:
    page.click(f"button[role=tab]:has-text('{name}')")


# How bright a colour is (WCAG 2): of the tab that is chosen, its text and what is behind it.
_CONTRAST = """() => {
  const bright = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const tab = document.querySelector("#tabs [role=tab][aria-selected=true]");
  const [text, ground] = [getComputedStyle(tab).color, getComputedStyle(document.body).backgroundColor].map(bright);
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chosen_tab_can_be_read_and_every_button_has_a_name(browser: Browser, server: Server, scheme: str) -> None:
    page = browser.new_context(color_scheme=scheme).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(SLOW)
    page.goto(f"{server.url}/gradio/")
    page.wait_for_selector("#tabs")
    for name in ("Script", "Your face", "Under the hood"):
        _tab(page, name)
        page.locator("#tabs [role=tab][aria-selected=true]", has_text=name).wait_for()
        page.wait_for_function(f"() => ({_CONTRAST})() >= 4.5")
        assert 'button ""' not in (tree := page.locator("#tabs").aria_snapshot()), tree
        assert "- button:" not in tree, tree
    page.context.close()


def test_live_answers_an_example_on_the_first_click_and_can_be_stopped(demo: FacePage) -> None:
    demo.page.click("button:has-text('Tell me a short story.')")
    demo.reaches("speaking", 120)
    assert demo.sounds()
    assert demo.clauses
    demo.page.click("#face-live .stop")
    demo.rests()
    assert "Tell me a short story." in demo.page.inner_text("#face-live .log")
    demo.page.fill("#face-live textarea", "Typed by hand.")
    demo.page.click("#face-live .mode label:has-text('Say it')")
    demo.page.press("#face-live textarea", "Enter")
    demo.page.wait_for_function("() => probe.clauses.at(-1) === 'Typed by hand.'", timeout=SLOW)
    demo.rests()


def test_the_lists_of_faces_hear_of_a_new_one_and_of_one_that_is_gone(demo: FacePage) -> None:
    """It comes and goes on the disk, as by the command line; the page is told of it."""
    page = demo.page

    def offered() -> list[str]:
        page.click("#masthead h1")
        page.click("#tabs input[aria-label='Face'] >> visible=true")
        page.wait_for_selector("[role=option]")
        return [name.strip().removeprefix("✓").strip() for name in page.locator("[role=option]").all_inner_texts()]

    def until(there: bool) -> None:
        for _ in range(60):
            if ("Newcomer" in offered()) is there:
                return
            page.wait_for_timeout(250)
        raise AssertionError(offered())

    until(False)
    made = avatars.user_folder() / "newcomer"
    try:
        shutil.copytree(ROOT / "avatars" / "marcus", made)
        (made / "avatar.toml").write_text('name = "newcomer"\ntitle = "Newcomer"\n')
        until(True)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    until(False)


def test_under_the_hood_shows_landmarks_sound_and_the_last_turn(demo: FacePage) -> None:
    _tab(demo.page, "Under the hood")
    demo.page.click("#look")
    for part in ("#hood-face img", "#hood-sound img", "#hood-timings img"):
        demo.page.wait_for_selector(part, timeout=SLOW)
        demo.page.wait_for_function("(s) => document.querySelector(s).naturalWidth > 200", arg=part, timeout=SLOW)


def test_a_script_becomes_a_film_that_plays_and_can_be_downloaded(demo: FacePage, tmp_path: Path) -> None:
    page = demo.page
    _tab(page, "Script")
    page.fill("#script textarea", "Good morning, and welcome.")
    page.check("#framing input[value='9:16']")
    page.check("#subtitles input")
    page.click("#make")
    page.wait_for_selector("#film video", timeout=SLOW)
    page.wait_for_function("() => document.querySelector('#film video').readyState >= 2", timeout=SLOW)
    page.evaluate("() => { const film = document.querySelector('#film video'); film.muted = true; return film.play(); }")
    page.wait_for_function("() => document.querySelector('#film video').currentTime > 0.3", timeout=SLOW)
    assert page.evaluate(
        "(() => { const v = document.querySelector('#film video'); return [v.videoWidth, v.videoHeight]; })()"
    ) == [
        512,
        910,
    ]
    files = page.locator("#files a[href*='/file=']")
    names = [files.nth(i).get_attribute("href") or "" for i in range(files.count())]
    assert any(name.endswith(".mp4") for name in names)
    assert any(name.endswith(".srt") for name in names)
    film = tmp_path / "film.mp4"
    film.write_bytes(page.request.get(next(name for name in names if name.endswith(".mp4"))).body())
    with av.open(str(film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        frames = sum(1 for _ in container.decode(video))
    assert frames > 25
    words = page.request.get(next(name for name in names if name.endswith(".srt"))).text()
    assert "Good morning" in words
    assert "-->" in words


def test_a_photo_is_checked_and_then_speaks(demo: FacePage, tmp_path: Path) -> None:
    page = demo.page
    _tab(page, "Your face")
    page.wait_for_selector("#face-mine .player[data-state=empty]", timeout=SLOW)
    assert "Choose a photo" in page.inner_text("#face-mine .player-message")
    page.click("#meet")
    page.wait_for_selector("#face-problem .problem", timeout=SLOW)
    assert "Choose a photo" in page.inner_text("#face-problem")

    wrong = tmp_path / "text.jpg"
    wrong.write_text("I am not a photo.")
    with page.expect_response(lambda response: "/upload" in response.url):
        page.set_input_files("#photo input[type=file]", wrong)
    page.check("#consent input")
    page.click("#meet")
    page.wait_for_function("() => document.querySelector('#face-problem').innerText.includes('not a picture')", timeout=SLOW)

    page.locator("#face-examples .gallery-item").last.click()
    page.wait_for_selector("#checked img", timeout=SLOW)
    page.wait_for_selector("#face-mine .player[data-state=speaking]", timeout=SLOW)
    assert page.locator("#face-problem .problem").count() == 0
    page.wait_for_selector("#face-mine .player:is([data-state=idle], [data-state=listening])", timeout=SLOW)


def test_nothing_was_fetched_from_elsewhere_and_nothing_is_offered_there(demo: FacePage, server: Server) -> None:
    assert demo.page.locator("[aria-label*=share i], [title*=share i]").count() == 0
    assert {host for host in demo.hosts if host} <= {server.url.removeprefix("http://")}


def test_the_source_tree_is_left_as_it_was(demo: FacePage) -> None:
    assert not list((ROOT / "talking_head").rglob("*.pyi"))
