"""Recording in Chromium: a conversation that the visitor agrees to have recorded, and consent read aloud into the camera.

The camera and the microphone are Chromium's own false ones: a moving test picture, and a beep every second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, Playwright, Route

from talking_head.provenance.verify import verify
from tests.browser.conftest import FLAGS, SOUND, until
from tests.browser.face import FacePage
from tests.paths import ROOT
from tests.serving import Server

pytestmark = [pytest.mark.models, pytest.mark.timeout(290)]

PHOTO = ROOT / "avatars" / "marcus" / "portrait.png"
FALSE_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def server(server_apart: Server) -> Server:
    """A server whose presenters and recordings are the test's own."""
    return server_apart


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium with a camera and a microphone."""
    running = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, SOUND, *FALSE_DEVICES])
    yield running
    running.close()


def test_a_conversation_is_recorded_only_when_the_visitor_agrees(face: FacePage, server: Server, tmp_path: Path) -> None:
    page = face.page
    kept = _home(server) / "recordings"
    page.click("#open-recording")
    page.wait_for_selector("#recording[open]")
    page.click("#recording [name=no]")
    assert not page.is_visible("#recording-mark")
    assert not kept.exists()

    answer = page.request.post(f"{server.url}/sessions/{face.session}/recording")  # now the owner asks
    assert answer.status == 202, answer.text()
    page.wait_for_selector("#recording[open] .asked:visible")
    page.click("#recording [type=submit]")
    page.wait_for_selector("#recording-mark[data-state=on]")
    assert page.evaluate("document.activeElement.matches('#recording-mark button')"), (
        "what was pressed is shut, and the focus lost"
    )
    assert "without your voice" in page.inner_text("#recording-mark")
    assert "depicts nobody" in page.inner_text("#recording-mark")
    face.type("This sentence is in the film.", mode="say")
    face.reaches("speaking")
    face.rests()
    page.dblclick("#recording-mark button")  # where “Stop” was, “Delete” comes to stand
    page.wait_for_selector("#recording-mark a[download]")
    assert page.evaluate("document.activeElement.matches('#recording-mark a')")
    url = page.get_attribute("#recording-mark a", "href")
    assert page.evaluate(
        """async (url) => {
          const video = document.createElement("video");
          video.muted = true;
          video.src = url;
          await video.play();
          await new Promise((resolve) => video.addEventListener("timeupdate", () => video.currentTime > 0.5 && resolve()));
          return video.videoWidth;
        }""",
        url,
    )
    with page.expect_download() as download:
        page.click("#recording-mark a")
    film = tmp_path / "film.mp4"
    download.value.save_as(film)
    assert download.value.suggested_filename.startswith("clara-")
    assert verify(film).credentials.state == "valid"
    with av.open(str(film)) as container:
        assert container.duration is not None
        assert container.duration > 1_500_000
    page.reload()
    face.live()
    page.wait_for_selector(f"#recording-mark a[href='{url}']")  # nobody else has the link, and without it nobody could delete
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("#recording-mark button:has-text('Delete')")
    assert page.is_visible(f"#recording-mark a[href='{url}']")  # it is asked for, and no means no
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#recording-mark button:has-text('Delete')")
    page.wait_for_selector("#recording-mark", state="hidden")
    assert page.request.get(f"{server.url}{url}").status == 404
    assert not list(kept.iterdir())
    assert face.problems == []


def test_a_film_is_waited_for_while_its_server_begins_anew(face: FacePage) -> None:
    page, loading = face.page, [503, 503]

    def answer(route: Route) -> None:
        if loading:
            route.fulfill(status=loading.pop())
        else:
            route.continue_()

    page.route("**/recordings/*", answer)
    page.click("#open-recording")
    page.click("#recording [type=submit]")
    page.wait_for_selector("#recording-mark[data-state=on]")
    face.type("This sentence is in the film.", mode="say")
    face.reaches("speaking")
    face.rests()
    page.click("#recording-mark button")
    page.wait_for_selector("#recording-mark a[download]")  # it said “It could not be made.”, and the film was there
    assert not loading


def _home(server: Server) -> Path:
    """The server's own folder."""
    return server.log.parent


def test_consent_is_read_aloud_into_the_camera(browser: Browser, server: Server, tmp_path: Path) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(90_000)
    page.goto(f"{server.url}/studio/")
    page.wait_for_selector("body[data-ready]")
    page.set_input_files("#source", PHOTO)
    page.wait_for_selector(".crop-frame:visible")
    page.fill("input[name=shown]", "Marcus Example")
    page.fill("input[name=agreed]", "he himself")
    page.fill("input[name=name]", "readaloud")
    page.fill("textarea[name=statement]", "")
    page.click("button:has-text('into the microphone')")
    page.wait_for_timeout(500)
    page.click("button:has-text('Stop recording')")
    page.wait_for_function("() => document.querySelector('video.recording').src.startsWith('blob:')")
    page.click("button:has-text('into the camera')")  # instead of that one
    page.wait_for_function("() => document.querySelector('video.recording').currentTime > 1.5")
    page.click("#keep")  # while it records: what was read aloud is not lost
    page.wait_for_selector("[data-presenter=readaloud]")
    told = json.loads(page.evaluate("fetch('/presenters/readaloud/consent').then((answer) => answer.text())"))
    assert told["problem"] == ""
    assert len(told["record"]["recording"]) == 64
    (recording,) = (_home(server) / "avatars" / "readaloud").glob("consent-recording.*")
    with av.open(str(recording)) as container:
        kinds = sorted(stream.type for stream in container.streams)
        pictures = sum(1 for _ in container.decode(video=0))
    assert kinds == ["audio", "video"]
    assert pictures > 2  # how many a busy machine takes in a second and a half is not the test
    recording.write_bytes(recording.read_bytes()[:-1])  # another recording than the one that was signed
    told = json.loads(page.evaluate("fetch('/presenters/readaloud/consent').then((answer) => answer.text())"))
    assert "recording of the consent" in told["problem"]
    assert problems == []
    until(lambda: server.call("/healthz")[1]["sessions"] == 0, "a session was opened")
