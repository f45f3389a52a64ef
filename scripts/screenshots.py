"""The screenshots of docs/: the page on a desktop, on a phone, and while it records, and the studio, of a running server.

talking-head serve, and beside it: python scripts/screenshots.py [ADDRESS] [page|recording|studio …]

One of them is in Chinese: it needs a font that has it (Debian: fonts-wqy-microhei).
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
QUESTION = "Hello! Who are you, and what can you help me with?"
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
BELOW_FACE = (140, 440, 712, 732)  # of the page on the desk: the mouth, and what stands below the picture
PATIENCE_MS = 120_000
SPOKEN_MS = 1300  # into the answer: the mouth is busy and the caption stands


def _open(browser: Browser, address: str, **context: object) -> Page:
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    return page


def _speaks(page: Page, player: str) -> None:
    page.wait_for_selector(f"{player}[data-state=speaking]")
    page.wait_for_timeout(SPOKEN_MS)


def _page(browser: Browser, address: str) -> None:
    for name, context in (("screenshot.png", DESK), ("screenshot-phone.png", PHONE)):
        page = _open(browser, address, **context)
        page.wait_for_selector(".player:is([data-state=idle], [data-state=listening])")
        page.fill("#text", QUESTION)
        page.press("#text", "Enter")
        _speaks(page, ".player")
        page.screenshot(path=DOCS / name)
        page.context.close()


def _recording(browser: Browser, address: str) -> None:
    """A conversation that is recorded: the mark with what both sides agreed to. What was recorded is deleted again."""
    page = _open(browser, address, **DESK)
    page.wait_for_selector(".player:is([data-state=idle], [data-state=listening])")
    page.click("#open-recording")
    page.click("#recording [type=submit]")
    page.wait_for_selector("#recording-mark[data-state=on]")
    page.fill("#text", QUESTION)
    page.press("#text", "Enter")
    _speaks(page, ".player")
    _small(page.screenshot(), "recording", BELOW_FACE)
    page.click("#recording-mark button")
    page.wait_for_selector("#recording-mark a")
    page.locator("#recording-mark button").first.click()
    page.wait_for_selector("#recording-mark", state="hidden")
    page.context.close()


def _small(shot: bytes, name: str, box: tuple[int, int, int, int] | None = None) -> None:
    picture = Image.open(io.BytesIO(shot))
    picture.crop(box or (0, 0, *picture.size)).save(DOCS / f"{name}.webp", quality=82, method=6)


def _studio(browser: Browser, address: str) -> None:
    """A presenter being made, who is not kept; the form of a film in Chinese; a film that is done, which is deleted again."""
    studio = f"{address}/studio/"
    page = _open(browser, studio, viewport={"width": 1000, "height": 800})
    page.wait_for_selector("body[data-ready]")
    page.set_input_files("#source", ROOT / "avatars" / "marcus" / "portrait.png")
    page.wait_for_selector(".crop-frame:visible")
    page.fill("input[name=shown]", "Marcus Example")
    page.fill("input[name=agreed]", "he himself")
    page.fill("input[name=name]", "marcus2")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_load_state("networkidle")
    _small(page.screenshot(full_page=True), "studio-desktop")
    page.context.close()
    page = _open(browser, studio, **PHONE, locale="zh-CN")
    page.wait_for_selector("body[data-ready]")
    page.click("#tab-films")
    _small(page.screenshot(full_page=True, scale="css"), "studio-phone")
    page.context.close()
    page = _open(browser, studio, viewport={"width": 560, "height": 800})
    page.wait_for_selector("body[data-ready]")
    page.click("[data-presenter=mei] button:has-text('Make a film')")
    page.fill("textarea[name=text]", "Good morning, and welcome!")
    for name, value in (("frame", "9:16"), ("captions", "burn"), ("background", "colour")):
        page.select_option(f"#film-form select[name={name}]", value)
    page.click("#make-film")
    film = page.locator("[data-job]").first
    page.wait_for_selector("[data-job]:first-child[data-state=done] video", timeout=5 * PATIENCE_MS)  # others go first
    film.locator("video").evaluate("video => { video.currentTime = 0.8; }")
    page.wait_for_timeout(SPOKEN_MS)
    _small(film.screenshot(), "studio-history")
    film.locator("button.danger").click()
    page.wait_for_selector("[data-job]:first-child[data-state=done] video", state="detached")
    page.context.close()


def main() -> None:
    """Take all, or those named, of the server at the address given, the default one without."""
    parts = {"page": _page, "recording": _recording, "studio": _studio}
    wanted = [each for each in sys.argv[1:] if each in parts] or list(parts)
    address = next((each for each in sys.argv[1:] if each not in parts), "http://127.0.0.1:8000").rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        for part in wanted:
            parts[part](browser, address)
        browser.close()


if __name__ == "__main__":
    main()
