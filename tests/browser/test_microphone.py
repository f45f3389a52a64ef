"""Speak into the browser's microphone, and the face answers. The microphone plays a file that the project's own voice made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright

from talking_head import registry
from talking_head.audio.pcm import write_wav
from talking_head.evaluate.speech.words import word_errors
from tests.browser.conftest import FLAGS, SOUND
from tests.browser.face import FacePage
from tests.serving import Server

pytestmark = pytest.mark.models

QUESTION = "Tell me something nice about the sea."
Hears = Callable[[Path], Browser]


@pytest.fixture
def hears(playwright: Playwright, chromium: str) -> Iterator[Hears]:
    """A Chromium whose microphone plays a file once it is opened, and then is silent."""
    running: list[Browser] = []

    def launch(file: Path) -> Browser:
        fake = [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={file}%noloop",
        ]
        running.append(playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, SOUND, *fake]))
        return running[-1]

    yield launch
    for browser in running:
        browser.close()


@pytest.fixture(scope="module")
def said(models: Path) -> Callable[[str], np.ndarray]:
    voice = registry.build("speech", "piper")
    return lambda text: np.concatenate([piece.pcm for piece in voice.synthesize(text)])


def recording(file: Path, *parts: np.ndarray | float) -> Path:
    """A WAV of sound and of seconds of silence."""
    line = [np.zeros(round(48_000 * part), np.float32) if isinstance(part, float) else 0.7 * part for part in parts]
    write_wav(file, np.concatenate(line))
    return file


def switch_on(face: FacePage) -> None:
    """Through the dialog that explains."""
    face.page.click(".mic")
    dialog = face.page.locator(".mic-dialog")
    dialog.wait_for(state="visible")
    assert "nowhere else" in dialog.inner_text()
    assert "subdued" not in dialog.inner_text()  # said where the presenter minds it, which it does not unless asked to
    dialog.get_by_role("button", name="Use the microphone").click()
    dialog.wait_for(state="hidden")
    face.page.wait_for_selector(".mic[data-state=on]")


def test_a_spoken_question_is_understood_and_answered_aloud(
    hears: Hears, server: Server, said: Callable[[str], np.ndarray], tmp_path: Path
) -> None:
    face = FacePage.open(hears(recording(tmp_path / "q.wav", 1.5, said(QUESTION), 30.0)), server.url)
    try:
        partial = "() => document.querySelector('.line.you[aria-busy=true]')?.textContent.trim()"
        face.page.evaluate("globalThis.drafts = []")
        switch_on(face)
        first = face.page.wait_for_function(partial, timeout=60_000, polling=50).json_value()
        assert first
        face.page.wait_for_selector(".line.you[aria-busy=false]", timeout=60_000)
        whole = face.page.inner_text(".line.you")
        errors, words = word_errors(QUESTION, whole)
        assert errors <= words // 4, whole
        face.reaches("speaking")
        assert face.sounds()
        face.rests()
        assert face.page.inner_text(".line.face").strip()
        assert face.page.locator(".line.you").count() == 1
        face.page.click(".mic")
        face.page.wait_for_selector(".mic[data-state=off]")
        assert face.problems == []
    finally:
        face.leave()


def test_a_voice_cuts_a_long_speech(hears: Hears, server: Server, said: Callable[[str], np.ndarray], tmp_path: Path) -> None:
    browser = hears(recording(tmp_path / "stop.wav", 6.0, said("Stop, please. What time is it?"), 30.0))
    face = FacePage.open(browser, server.url)
    try:
        switch_on(face)
        face.type("The sea is wide and blue, and it never stops moving. " * 8, mode="say")
        face.reaches("speaking")
        face.page.wait_for_selector(".line.face .unheard", state="attached", timeout=60_000)
        face.page.wait_for_selector(".line.you:nth-of-type(n+2)[aria-busy=false]", timeout=60_000)
        assert face.problems == []
    finally:
        face.leave()


def test_a_microphone_that_is_unplugged_is_told_and_can_be_switched_on_again(
    hears: Hears, server: Server, tmp_path: Path
) -> None:
    face = FacePage.open(hears(recording(tmp_path / "still.wav", 30.0)), server.url)
    keep = """() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => (globalThis.held = await ask(wanted));
    }"""
    try:
        face.page.evaluate(keep)
        switch_on(face)
        face.page.evaluate("() => held.getAudioTracks()[0].dispatchEvent(new Event('ended'))")  # as Chromium does when it goes
        face.page.wait_for_selector(".mic[data-state=off]")
        mic, send = (face.page.locator(place).bounding_box() for place in (".mic", ".send"))
        assert mic is not None
        assert send is not None
        assert 0 <= send["x"] - (mic["x"] + mic["width"]) < 16  # side by side, though the button to stop has its place, too
        notice = face.page.get_by_role("alert").filter(has_text="unplugged")
        notice.wait_for(state="visible")
        face.page.click(".mic")  # without the dialog: the browser still allows it
        face.page.wait_for_selector(".mic[data-state=on]")
        notice.wait_for(state="hidden")
        assert face.problems == []
    finally:
        face.leave()


def test_without_a_secure_origin_the_page_says_what_to_do(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    face = FacePage(context.new_page())
    try:
        face.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
        face.page.goto(server.url)
        face.live()
        face.page.click(".mic")
        notice = face.page.locator(".mic-dialog .notice")
        notice.wait_for(state="visible")
        assert "https://" in notice.inner_text()
        assert not face.page.locator(".mic-go").is_visible()
        face.page.keyboard.press("Escape")
        face.type("Hello.")
        face.reaches("speaking")
    finally:
        face.leave()
