"""Choosing another face, and bringing one's own photo."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.face import FacePage
from tests.paths import ROOT
from tests.serving import Server

pytestmark = pytest.mark.models

WOMAN = ROOT / "avatars" / "marcus" / "portrait.png"


def _png(image: Image.Image, name: str, folder: Path) -> Path:
    path = folder / name
    image.save(path)
    return path


def _bad_photos(folder: Path) -> dict[str, tuple[Path, str]]:
    """Name → file and a word of the sentence that must come."""
    woman = Image.open(WOMAN).convert("RGB")
    two = Image.new("RGB", (woman.width * 2, woman.height))
    two.paste(woman, (0, 0))
    two.paste(woman, (woman.width, 0))
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8))
    data = io.BytesIO()
    woman.save(data, "JPEG")
    (folder / "text.jpg").write_text("I am not a photo.")
    (folder / "cut.jpg").write_bytes(data.getvalue()[: len(data.getvalue()) // 3])
    return {
        "text": (folder / "text.jpg", "not a picture"),
        "truncated": (folder / "cut.jpg", "cut off"),
        "tiny": (_png(woman.resize((20, 20)), "tiny.png", folder), "pixels"),
        "nobody": (_png(noise, "noise.png", folder), "face"),
        "two": (_png(two, "two.png", folder), "face"),
    }


def test_another_face_can_be_chosen(face: FacePage) -> None:
    before, picture = face.session, face.page.evaluate("probe.picture()")
    face.type("Whoever is sent away in the middle of a long sentence has not said all of it, and the log tells.", mode="say")
    face.page.wait_for_selector("#log .line.face:has-text('Whoever is sent away')")  # its first clause is out
    face.page.click("#open-faces")
    face.page.click(".face-option:has-text('Mei')")
    face.renewed(before)
    assert "Stopped" in face.page.inner_text("#log .line.face:has-text('Whoever is sent away')")
    after = face.page.evaluate("probe.picture()")
    assert np.abs(np.array(after, float) - picture).mean() > 3
    face.type("Hello from me, who has quite another face, and a lot to say about it when there is time.", mode="say")
    face.reaches("speaking")
    assert face.sounds()


def test_a_face_is_listed_by_its_title_and_says_no_unknown_terms(face: FacePage) -> None:
    own = {"name": "my_aunt", "image": "/avatars/mei.png", "licence": "unknown"}
    listed = [own | {"title": "Aunt Em, from Kansas"}, own | {"title": "my_aunt"}, own | {"title": "Mei", "licence": "MIT"}]
    listed.append(own | {"title": "David", "licence": "MIT", "job": "who helps customers"})
    face.page.route("**/avatars", lambda route: route.fulfill(json=listed))
    face.page.click("#open-faces")
    face.page.wait_for_selector(".face-option")
    shown = face.page.locator(".face-option").all_inner_texts()
    assert shown == ["Aunt Em, from Kansas", "My aunt", "Mei\nMIT", "David\nwho helps customers"]


def test_photos_that_do_not_work_say_why_and_a_good_one_then_works(face: FacePage, server: Server, tmp_path: Path) -> None:
    page = face.page
    before = face.session
    page.click("#open-faces")
    page.click("#use-photo")
    assert "Choose a photo" in page.inner_text("#upload-notice")
    for name, (path, word) in _bad_photos(tmp_path).items():
        page.set_input_files("#photo", path)
        page.check("#consent")
        page.click("#use-photo")
        page.wait_for_selector("#upload-notice:not([hidden])")
        sentence = page.inner_text("#upload-notice")
        assert word in sentence, f"{name}: {sentence}"
        assert sentence.endswith(".")
    assert face.session == before, "the live session goes on meanwhile"

    page.set_input_files("#photo", WOMAN)
    page.uncheck("#consent")
    page.click("#use-photo")
    assert "confirm" in page.inner_text("#upload-notice")
    page.check("#consent")
    page.click("#use-photo")
    page.wait_for_selector("#faces", state="hidden")
    face.renewed(before)
    assert "uploaded photo" in page.inner_text("#credit")
    face.type("This is my own photo, which is a good one, and it speaks for as long as this sentence goes on.", mode="say")
    face.reaches("speaking")
    assert face.sounds()
    assert server.call("/healthz")[0] == 200
