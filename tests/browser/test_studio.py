"""The studio in Chromium: a photo becomes a presenter with consent, on a desktop, on a phone, and by keyboard alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import av
import pytest
from PIL import Image
from playwright.sync_api import Browser, Dialog, Page

from tests.paths import ROOT
from tests.serving import Server

pytestmark = [pytest.mark.models, pytest.mark.timeout(290)]

PHOTO = ROOT / "avatars" / "marcus" / "portrait.png"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def server(server_apart: Server) -> Server:
    """A server whose presenters and jobs are the test's own."""
    return server_apart


def _open(browser: Browser, server: Server, **context: object) -> tuple[Page, list[str]]:
    page = browser.new_context(**context).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(90_000)
    page.goto(f"{server.url}/studio/")
    page.wait_for_selector("body[data-ready]")
    return page, problems


def _agree(page: Page, name: str) -> None:
    page.fill("input[name=shown]", "Marcus Example")
    page.fill("input[name=agreed]", "he himself")
    page.fill("input[name=name]", name)


def _fits(page: Page) -> bool:
    """Whether nothing sticks out at the side. A phone's ``innerWidth`` grows with what does, its viewport does not."""
    assert page.viewport_size is not None
    return int(page.evaluate("document.documentElement.scrollWidth")) <= page.viewport_size["width"]


@pytest.mark.parametrize("kind", ["desktop", "phone"])
def test_a_photo_becomes_a_presenter(browser: Browser, server: Server, kind: str) -> None:
    other, _ = _open(browser, server)  # another page that is open meanwhile
    page, problems = _open(browser, server, **(PHONE if kind == "phone" else {"viewport": {"width": 1280, "height": 900}}))
    assert _fits(page)
    page.set_input_files("#source", PHOTO)
    page.wait_for_selector(".crop-frame:visible")
    assert page.locator(".crop svg circle").count() == 478
    assert _fits(page)
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as moved:
        page.locator("input[name=crop-side]").evaluate(
            "slider => { slider.value = 1000; slider.dispatchEvent(new Event('input')); }"
        )
    assert moved.value.json()["crop"]["side"] == 1000
    page.click("#keep")
    page.wait_for_selector("#maker-notice:visible")
    assert "cannot name" in page.inner_text("#maker-notice")
    box = page.locator("#maker-notice").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < page.evaluate("innerHeight")  # in sight, though the button stands below the whole form
    assert page.evaluate("document.activeElement.matches('input[name=name][aria-invalid=true][aria-describedby=maker-notice]')")
    _agree(page, kind)
    assert page.locator("[aria-invalid=true]").count() == 0
    assert "Marcus Example" in page.input_value("textarea[name=statement]")
    page.set_input_files("#source", {"name": "other.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.wait_for_selector("#maker-notice:visible")
    assert f"still “{PHOTO.name}”" in page.inner_text("#maker-notice")  # a second file that is refused is not what is shown
    assert f"“{PHOTO.name}”" in page.inner_text(".said")
    page.select_option("select[name=background]", "blur")
    page.click("#keep")
    page.wait_for_selector("#kept")
    for each in (page, other):
        each.wait_for_selector(f"[data-presenter={kind}]")
    other.click(f"[data-presenter={kind}] summary")
    other.fill(f"[data-presenter={kind}] [name=title]", "Half typed")
    with other.expect_response(lambda answer: answer.url.endswith("/avatars")) as drawn:
        change = "const form = new FormData(); form.append('title', 'Elsewhere');"
        page.evaluate(f"() => {{ {change} return fetch('/presenters/{kind}', {{ method: 'PATCH', body: form }}); }}")
    drawn.value.finished()
    page.wait_for_selector(f"[data-presenter={kind}] h3:text('Elsewhere')")
    other.wait_for_timeout(300)
    assert other.input_value(f"[data-presenter={kind}] [name=title]") == "Half typed"
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    other.once("dialog", stay)
    other.click(f"[data-presenter={kind}] a:has-text('Talk')")
    other.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert other.input_value(f"[data-presenter={kind}] [name=title]") == "Half typed"
    record = json.loads(page.evaluate(f"fetch('/presenters/{kind}/consent').then((answer) => answer.text())"))
    assert (record["problem"], record["record"]["uses"]) == ("", ["films", "live"])
    assert _fits(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click(f"[data-presenter={kind}] .danger")
    other.wait_for_selector(f"[data-presenter={kind}]", state="detached")
    assert problems == []


def test_a_video_says_how_far_it_is_searched(browser: Browser, server: Server, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "me.mp4"), "w") as film, Image.open(PHOTO) as portrait:
        picture = av.VideoFrame.from_image(portrait.convert("RGB").resize((512, 512)))
        stream = film.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 512
        for _ in range(25 * 25):
            film.mux(stream.encode(picture))
        film.mux(stream.encode())
    page, problems = _open(browser, server, locale="zh-CN")
    page.set_input_files("#source", tmp_path / "me.mp4")
    page.wait_for_selector(".looking:visible")
    assert "正在查看视频" in page.inner_text(".looking [role=status]")
    page.wait_for_function("() => document.querySelector('.looking progress').value > 0")
    assert re.fullmatch(r"\d+ %", page.inner_text(".looking span"))
    page.wait_for_selector(".crop-frame:visible", timeout=200_000)
    assert page.is_hidden(".looking")
    assert "“me.mp4”" in page.inner_text(".said")
    assert "docs/voices.md" in page.inner_text("label:has([name=voice])")  # its sound is not taken for a voice
    assert problems == []


def test_by_keyboard_alone(browser: Browser, server: Server) -> None:
    """The file dialog is the browser's own; everything else is reached with Tab, arrows and Enter."""
    page, problems = _open(browser, server)
    # Playwright takes file dialogs over from now on: begun beside the key below, Enter won the race on a busy machine.
    page.on("filechooser", lambda _: None)

    def until_focused(selector: str) -> None:
        for _ in range(120):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"{selector} cannot be reached with Tab")

    until_focused("#tab-presenters")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-films"
    page.wait_for_selector("#film-form:visible")
    page.keyboard.press("ArrowLeft")
    until_focused("#source")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(PHOTO)
    page.wait_for_selector(".crop-frame:visible")
    until_focused("input[name=crop-top]")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("ArrowRight")
    until_focused("input[name=shown]")
    page.keyboard.type("Marcus Example")
    page.keyboard.press("Tab")
    page.keyboard.type("he himself")
    until_focused("input[name=name]")
    page.keyboard.type("keyboard")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-presenter=keyboard]")
    assert page.evaluate("document.activeElement.id") == "kept"  # the button that was pressed is gone
    until_focused("[data-presenter=keyboard] .danger")
    whom = "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
    assert page.evaluate(whom) == "keyboard"
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-presenter=keyboard]", state="detached")
    assert page.evaluate("document.activeElement.matches('#presenters h2')")  # not at the top of the page again
    assert problems == []


def test_chinese_words_and_an_import_that_is_none(browser: Browser, server: Server, tmp_path: Path) -> None:
    page, problems = _open(browser, server, locale="zh-CN")
    assert page.inner_text("#tab-presenters") == "主持人"
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 nothing")
    page.set_input_files("#import", tmp_path / "bad.zip")
    page.wait_for_selector("#notice:visible")
    assert "这不是主持人文件" in page.inner_text("#notice")
    page.set_input_files("#source", PHOTO)
    page.wait_for_selector(".crop-frame:visible")
    told = page.locator(".said").inner_text().replace(PHOTO.name, "")
    page.click("#keep")
    page.wait_for_selector("#maker-notice:visible")
    for words in (told, page.inner_text("#maker-notice")):
        assert re.search(r"[\u4e00-\u9fff]", words)
        assert not re.search(r"[a-z]{4}", words), words  # no sentence of the server's in English
    made = page.evaluate("""async () => {
        const headers = { "Content-Type": "application/json" };
        return (await fetch("/films", { method: "POST", headers, body: JSON.stringify({ text: "Hi." }) })).json(); }""")
    page.click("#tab-history")
    state = page.locator(f"[data-job='{made['id']}'] .hint")
    state.wait_for()
    assert re.fullmatch(r"(等待中|进行中|已完成)( · \d+ %)?", state.inner_text())
    page.evaluate("job => fetch(`/jobs/${job}`, { method: 'DELETE' })", made["id"])
    assert problems == []


def test_a_server_that_does_not_answer_is_told_of_until_it_does(browser: Browser, server: Server) -> None:
    page, problems = _open(browser, server)
    page.click("#tab-history")
    page.wait_for_selector("#history li")
    page.context.set_offline(True)
    page.wait_for_selector("#notice:visible")
    assert "does not answer" in page.inner_text("#notice")
    page.context.set_offline(False)
    page.wait_for_selector("#notice", state="hidden")
    assert problems == []


def test_a_film_is_made_and_its_download_plays(browser: Browser, server: Server, tmp_path: Path) -> None:
    """Upright, with captions in the picture and a background, of a shipped presenter."""
    page, problems = _open(browser, server, accept_downloads=True)
    page.click("[data-presenter=mei] button:has-text('Make a film')")
    assert page.input_value("select[name=presenter]") == "mei"
    page.click("#make-film")
    page.wait_for_selector("#notice:visible")
    assert "says nothing" in page.inner_text("#notice")
    page.focus("textarea[name=text]")
    page.keyboard.insert_text("word " * 1000)
    assert len(page.input_value("textarea[name=text]")) == 5000  # a long script is not cut without a word
    page.fill("textarea[name=text]", "Good morning.")
    page.select_option("select[name=frame]", "9:16")
    page.select_option("select[name=lines]", "480")
    page.select_option("select[name=captions]", "burn")
    page.select_option("#film-form select[name=background]", "picture")
    page.click("#make-film")
    page.wait_for_selector("#notice:has-text('Choose the picture')")  # it was made before the photo's own
    page.select_option("#film-form select[name=background]", "colour")
    page.click("#make-film")
    page.wait_for_selector("[data-state=done]", timeout=240_000)
    with page.expect_download() as download:
        page.click("a[download$='.mp4']")
    film = tmp_path / "film.mp4"
    download.value.save_as(film)
    with av.open(str(film)) as made:
        picture = made.streams.video[0]
        assert picture.width * 16 == pytest.approx(picture.height * 9, abs=32)
        assert sum(1 for _ in made.decode(video=0)) > 10
    seconds = page.evaluate(
        "async () => { const video = document.querySelector('[data-state=done] video'); video.muted = true;"
        " await video.play(); await new Promise((done) => setTimeout(done, 700)); return video.currentTime; }"
    )
    assert seconds > 0, "it plays in the page, too"
    kept = page.locator("[data-job]").count()  # other tests leave theirs
    page.dblclick("[data-state=done] button:has-text('Make again')")
    page.wait_for_function("kept => document.querySelectorAll('[data-job]').length > kept", arg=kept)
    page.click("[data-state=done] button:has-text('Delete')")
    page.wait_for_timeout(1500)  # nobody said yes, and the list was read anew
    assert page.locator("[data-job]").count() == kept + 1  # two clicks make one film
    page.focus("[data-state=running] button")
    told = page.inner_text("[data-state=running] .hint")
    page.wait_for_function("told => document.querySelector('[data-state=running] .hint').textContent !== told", arg=told)
    assert page.evaluate("document.activeElement.matches('[data-state=running] button')"), "progress takes the keyboard away"
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-state=running]", state="detached")
    assert page.locator("[data-state=done]").count() == 1
    assert problems == []
