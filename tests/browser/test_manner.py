"""The page's dialog of how the face performs, and its way to the face."""

from __future__ import annotations

import pytest

from tests.browser.face import FacePage

pytestmark = pytest.mark.models

PERFORMED = (
    "(() => { const seen = []; const send = RTCDataChannel.prototype.send; RTCDataChannel.prototype.send = function (text) {"
    " seen.push(JSON.parse(text)); return send.call(this, text); }; return (globalThis.performed = seen); })()"
)


def test_the_face_performs_as_the_dialog_says(face: FacePage) -> None:
    page = face.page
    page.evaluate(PERFORMED)
    page.click("#open-manner")
    assert page.locator("#manner [name=mood]").input_value() == "friendly"  # as the server told
    page.select_option("#manner [name=mood]", "serious")
    page.locator("#manner [name=expressiveness]").fill("0.5")
    assert page.locator("#manner [name=expressiveness]").get_attribute("aria-valuetext") == "a newsreader"
    asked = [event for event in page.evaluate("performed") if event["type"] == "perform"]
    assert asked[-1] == {"type": "perform", "mood": "serious", "expressiveness": 0.5, "articulation": 1}
    page.keyboard.press("Escape")
    assert not page.locator("#manner").is_visible()
    face.type("Good evening. These are the news.", mode="say")
    face.reaches("speaking")
    assert face.sounds()
    assert page.locator("#notice").is_hidden()  # the server took it
