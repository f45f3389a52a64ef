"""The screenshots of docs/: the page on a desktop, on a phone, and while it records, of a running server.

talking-head serve, and beside it: python scripts/screenshots.py [ADDRESS] [page|recording …]
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parents[1] / "docs"
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
    Image.open(io.BytesIO(page.screenshot())).crop(BELOW_FACE).save(DOCS / "recording.webp", quality=82, method=6)
    page.click("#recording-mark button")
    page.wait_for_selector("#recording-mark a")
    page.locator("#recording-mark button").first.click()
    page.wait_for_selector("#recording-mark", state="hidden")
    page.context.close()


def main() -> None:
    """Take all, or those named, of the server at the address given, the default one without."""
    parts = {"page": _page, "recording": _recording}
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
