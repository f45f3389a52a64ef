"""Type in the browser, a face answers: the whole pipeline, from the text box to the pixels and the loudspeaker."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Route

from tests.browser.conftest import until
from tests.browser.face import SILENT, FacePage
from tests.serving import Server, serving

pytestmark = pytest.mark.models

SENTENCE = "Peter Piper bought a big blue umbrella, and then he walked all the way home through the rain."
LONG = " ".join([SENTENCE] * 4)
TURN = "Now it is my turn to speak, and I will take all the time in the world for it, because nobody else is speaking here."


def test_typed_text_is_answered_with_voice_mouth_and_captions(face: FacePage) -> None:
    quiet = face.measure(2.5)
    face.type("Tell me something about the sea.")
    face.reaches("speaking")
    assert face.sounds()
    face.rests()

    states = face.states
    assert "thinking" in states
    assert states.index("thinking") < states.index("speaking")
    assert face.clauses, "no caption was shown"
    answer = face.page.inner_text(".line.face")
    assert all(clause.split()[0] in answer for clause in face.clauses)

    assert quiet.pictures > 20, "idle is a moving picture, not a still"
    assert quiet.loudest < SILENT
    assert face.problems == []


def test_mouth_moves_with_speech_and_is_still_in_silence(face: FacePage) -> None:
    quiet = face.measure(2.5)
    face.type(SENTENCE, mode="say")
    face.reaches("speaking")
    speaking = face.measure(2.5)
    face.rests()
    # Beyond what the head carries along: 0 to 0.5 grey levels at rest, 3.3 to 4.3 in speech, in eight turns.
    assert speaking.change > 2 * quiet.change
    assert speaking.change > 1
    assert " ".join(face.clauses).replace("  ", " ") == SENTENCE


@pytest.mark.parametrize("how", ["button", "escape"])
def test_stop_silences(face: FacePage, how: str) -> None:
    face.type(LONG, mode="say")
    face.reaches("speaking")
    assert face.sounds()
    if how == "button":
        face.page.click("#stop")
    else:  # the first Escape drops what an input method has proposed, as for Chinese, and stops nobody
        sent = face.page.evaluate(
            "() => { const sent = []; const send = RTCDataChannel.prototype.send;"
            " RTCDataChannel.prototype.send = function (data) { sent.push(JSON.parse(data).type); send.call(this, data); };"
            " const press = (isComposing) => document.querySelector('#text').dispatchEvent("
            "   new KeyboardEvent('keydown', { key: 'Escape', isComposing, bubbles: true }));"
            " press(true); RTCDataChannel.prototype.send = send; return sent; }"
        )
        assert "interrupt" not in sent
        face.page.keyboard.press("Escape")
    face.rests()
    assert face.falls_silent()
    assert face.page.locator(".player-caption").is_hidden()
    line = face.page.locator(".line.face").last
    assert "Stopped" in line.inner_text()
    assert "umbrella" in face.page.inner_text("#log")


def test_a_new_text_cuts_the_old_one(face: FacePage) -> None:
    face.type(LONG, mode="say")
    face.reaches("speaking")
    face.type("This is the second one.", mode="say")
    face.page.wait_for_function("() => probe.clauses.at(-1)?.endsWith('second one.')")
    face.rests()
    assert face.states[-1] == "idle"


def test_what_is_typed_while_the_models_are_loaded_is_sent_once_they_are_there(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "log.txt", answers=503) as early:
        face = FacePage(browser.new_context().new_page())
        try:
            face.page.goto(early.url)
            face.page.wait_for_selector(".player-cover:has-text('being loaded')")
            assert face.page.inner_text(".player-status") == "Loading"
            assert not face.page.is_visible(".player-retry")
            face.type("Here I am.", mode="say")
            assert "as soon as there is a connection" in face.notice()
            assert face.page.input_value("textarea") == "Here I am."
            face.live()
            face.page.wait_for_selector(".player-cover", state="hidden")
            face.reaches("speaking")
            assert face.page.input_value("textarea") == ""
            assert face.page.locator(".line.you").count() == 1
        finally:
            face.leave()


_VOLUMES = """() => {
  const video = document.querySelector(".player-video");
  globalThis.volumes = [];
  video.addEventListener("volumechange", () => volumes.push([performance.now(), video.volume, video.muted]));
}"""


_TOLD = """() => {
  const player = document.querySelector(".player");
  new MutationObserver(() => {
    if (player.dataset.live === "true" || window.told) return;
    window.said = player.querySelector(".player-message").textContent;
    window.told = Date.now();
  })
    .observe(player, { attributes: true });
}"""


@pytest.mark.parametrize("how", ["stop", "new text"])
def test_the_page_is_silent_before_the_server_is_and_heard_again(face: FacePage, how: str) -> None:
    face.type(LONG, mode="say")
    face.reaches("speaking")
    assert face.sounds()
    face.page.evaluate(_VOLUMES)
    if how == "stop":
        # In the same task as the click: no answer of the server can have come yet.
        face.page.evaluate("document.querySelector('#stop').click()")
    else:
        face.type(SENTENCE, mode="say")
    face.page.wait_for_function("() => volumes.some(([, volume]) => volume === 0)")
    face.page.wait_for_function("() => document.querySelector('.player-video').volume === 1")
    if how == "stop":
        face.type(SENTENCE, mode="say")
    face.reaches("speaking")
    assert face.page.evaluate("document.querySelector('.player-video').volume") == 1
    assert face.sounds()
    assert face.page.evaluate("volumes.at(-1)[1]") == 1
    assert not any(muted for _, _, muted in face.page.evaluate("volumes"))
    face.rests()


def test_a_text_that_is_refused_does_not_silence_the_one_that_goes_on(face: FacePage) -> None:
    face.type(LONG, mode="say")
    face.reaches("speaking")
    face.page.evaluate(_VOLUMES)
    face.type("word " * 1_500)
    assert "characters" in face.notice()
    face.page.wait_for_function("() => document.querySelector('.player-video').volume === 1")
    assert face.page.get_attribute(".player", "data-state") == "speaking"
    assert face.sounds()
    face.page.keyboard.press("Escape")
    face.rests()


def test_reload_is_a_new_session_and_the_old_one_is_gone(face: FacePage, server: Server) -> None:
    before = face.session
    assert server.call(f"/sessions/{before}/interrupt", "POST", {})[0] == 202
    face.page.reload()
    face.live()
    after = face.session
    assert after
    assert after != before
    until(lambda: server.call(f"/sessions/{before}/interrupt", "POST", {})[0] == 404, "the old session is still there")
    until(lambda: server.call("/healthz")[1]["sessions"] == 1, "there is not exactly one session")


def test_two_pages_hear_only_their_own(face: FacePage, browser: Browser, server: Server) -> None:
    other = FacePage.open(browser, server.url)
    try:
        assert other.session != face.session
        face.type(LONG, mode="say")
        face.reaches("speaking")
        assert face.sounds()
        assert other.measure(1.2).loudest < SILENT
        face.page.keyboard.press("Escape")
        face.rests()
        other.type(TURN, mode="say")
        other.reaches("speaking")
        assert other.sounds()
        assert face.measure(1.2).loudest < SILENT
        other.rests()
        assert " ".join(other.clauses) == TURN
        assert not any("my turn" in clause for clause in face.clauses)
    finally:
        other.leave()


@pytest.mark.parametrize(
    ("text", "says"),
    [("   ", "first"), ("🙂🎉🙂", "nothing to say"), ("word " * 20_000, "too long"), ("word " * 1_500, "characters")],
    ids=["empty", "emoji", "100 kB", "too long for one turn"],
)
def test_text_that_cannot_be_spoken_is_answered_with_a_sentence(face: FacePage, text: str, says: str) -> None:
    face.type(text)
    assert says in face.notice()
    face.type("Still here.", mode="say")
    face.reaches("speaking")
    face.rests()
    assert face.clauses == ["Still here."]


def test_a_session_that_the_server_ends_is_opened_anew(face: FacePage, server: Server) -> None:
    before = face.session
    server.call(f"/whep/{before}", "DELETE")
    face.renewed(before)
    face.type("Back again.", mode="say")
    face.reaches("speaking")


_EVERYTHING_TOLD = """() => {
  const told = window.everythingTold = [];
  const message = document.querySelector(".player-message");
  new MutationObserver(() => message.textContent && message.textContent !== told.at(-1) && told.push(message.textContent))
    .observe(message, { childList: true, characterData: true, subtree: true });
}"""


def test_what_a_server_says_of_itself_stays_until_it_says_something_else(face: FacePage, server: Server) -> None:
    def loading(route: Route) -> None:
        said = {"error": {"code": "loading", "message": "The models are being loaded."}}
        route.fulfill(status=503, headers={"Retry-After": "1"}, content_type="application/json", body=json.dumps(said))

    face.page.evaluate(_EVERYTHING_TOLD)
    offer = re.compile(r"/whep(\?|$)")
    face.page.route(offer, loading)
    server.call(f"/whep/{face.session}", "DELETE")
    for _ in range(4):
        with face.page.expect_response(offer):
            pass
    told = face.page.evaluate("window.everythingTold")
    assert told == ["The connection was lost. Trying again.", "The models are being loaded."]


def test_whoever_was_served_by_a_media_process_that_dies_is_told_and_served_anew(
    browser: Browser, models: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "apart.toml"
    settings.write_text("[stream]\nprocesses = 1\n[loop]\ncapacity = 4\n")
    with serving(tmp_path / "log.txt", config=settings) as server:
        face = FacePage.open(browser, server.url)
        try:
            before = face.session
            (media,) = [
                child
                for child in psutil.Process(server.process.pid).children(recursive=True)
                if "talking_head.webrtc.media_process.worker" in child.cmdline()
            ]
            face.page.evaluate(_TOLD)
            killed = time.time()
            media.kill()
            face.page.wait_for_function("() => window.told")
            print(f"the page says so {face.page.evaluate('window.told') / 1000 - killed:.1f} s after the media process died")
            assert face.page.evaluate("window.said") == "The connection was lost. Trying again."
            face.renewed(before)
            face.type(SENTENCE, mode="say")
            face.reaches("speaking")
        finally:
            face.leave()


def test_nothing_is_fetched_from_elsewhere(face: FacePage, server: Server) -> None:
    face.type("Hello.", mode="say")
    face.reaches("speaking")
    face.page.click("#open-faces")
    face.page.wait_for_selector(".face-option img")
    assert {host for host in face.hosts if host} <= {server.url.removeprefix("http://"), ""}


def test_says_what_it_is_and_whose_portrait(face: FacePage) -> None:
    assert face.page.get_attribute(".player", "data-labelled") == "true"
    assert face.page.locator(".player-label").is_hidden(), "the picture carries the label itself: once is enough"
    assert "AI-generated" in (face.page.text_content(".player-label") or "")
    credit = face.page.inner_text("#credit")
    assert "AI-generated" in credit
    assert "Licence: MIT" in credit
    assert "depicts nobody" in credit


def test_statistics_are_shown_on_request(face: FacePage) -> None:
    face.type("Hello there.", mode="say")
    face.reaches("speaking")
    face.page.click("#toggle-stats")
    face.page.wait_for_function("() => /First sound heard here\\s*\\d+ ms/.test(document.querySelector('#stats').innerText)")
    face.page.wait_for_function("() => document.querySelector('#stats').innerText.includes('512 × 512')")
    face.page.wait_for_selector("#quality[data-level=good], #quality[data-level=fair], #quality[data-level=poor]")


def test_a_slow_machine_is_no_poor_connection(face: FacePage) -> None:
    few = {"fps": 9, "loss": 0, "rtt_ms": 700}
    cases = (
        ({"fps": 25, "loss": 0, "rtt_ms": 20}, False, "good"),
        (few, False, "poor"),
        (few, True, "good"),  # the page says beside it that the machine is slow
        (few | {"loss": 0.02}, True, "fair"),
        (few | {"loss": 0.1}, True, "poor"),
    )
    judged = "async ([figures, slow]) => (await import('/stream/quality.js')).level(figures, slow)"
    for figures, slow, level in cases:
        assert face.page.evaluate(judged, [figures, slow]) == level, (figures, slow)


def test_everything_has_a_name_for_a_screen_reader_and_a_place_for_the_keyboard(face: FacePage) -> None:
    tree = face.page.locator("body").aria_snapshot()
    for role in (
        'textbox "Your message"',
        'button "Send"',
        'button "Stop speaking"',
        'log "Conversation so far"',
        'radio "Ask"',
    ):
        assert role in tree
    assert 'button ""' not in tree
    face.page.evaluate("document.activeElement.blur()")
    reached: list[str] = []
    for _ in range(30):  # the browser goes on from where the focus was: twice round is enough
        face.page.keyboard.press("Tab")
        reached.append(face.page.evaluate("document.activeElement.id || document.activeElement.className"))
    for part in ("skip", "open-faces", "toggle-stats", "log", "text", "stop", "send"):
        assert part in reached
    around = reached[reached.index("skip") :]
    assert around.index("text") < around.index("send")


# What browsers do on a page that nobody has touched yet. Done by hand: whatever Playwright evaluates counts as a touch.
_BLOCK_SOUND = """
const play = HTMLMediaElement.prototype.play;
let touched = false;
addEventListener("pointerdown", () => { touched = true; }, true);
HTMLMediaElement.prototype.play = function () {
  if (!this.muted && !touched) return Promise.reject(new DOMException("blocked", "NotAllowedError"));
  return play.call(this);
};
"""


def test_sound_that_the_browser_blocks_can_be_turned_on(browser: Browser, server: Server) -> None:
    face = FacePage(browser.new_context().new_page())
    try:
        face.page.add_init_script(_BLOCK_SOUND)
        face.page.goto(server.url)
        face.live()
        button = face.page.locator(".player-sound")
        button.filter(has_text="Turn sound on").wait_for(state="visible")
        assert face.page.evaluate("document.querySelector('video').muted") is True
        button.click()
        face.page.wait_for_function("() => !document.querySelector('video').muted")
        button.filter(has_text="Mute").wait_for(state="visible")
    finally:
        face.leave()


def test_a_forgotten_tab_says_so_and_waits_for_its_visitor(browser: Browser, models: Path, tmp_path: Path) -> None:
    settings = tmp_path / "idle.toml"
    settings.write_text("[session]\nidle_timeout_s = 6.0\n")
    with serving(tmp_path / "log.txt", config=settings) as server:
        face = FacePage.open(browser, server.url)
        try:
            before = face.session
            face.page.wait_for_selector(".player[data-state=ended]", timeout=60_000)
            assert "nothing was said" in face.page.inner_text(".player-message")
            assert face.page.inner_text(".player-retry") == "Continue"
            face.page.wait_for_timeout(4000)
            assert server.call("/healthz")[1]["sessions"] == 0  # it does not take its place again by itself
            assert face.page.get_attribute(".player", "data-state") == "ended"
            face.page.click(".player-retry")
            face.live()
            assert face.session != before
            assert face.page.is_hidden("#notice")  # nothing stale beside “Ready”
        finally:
            face.leave()
