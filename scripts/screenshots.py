"""The screenshots of docs/: the page on a desktop and on a phone, and Gradio's four tabs, of a server that runs.

talking-head serve, and beside it: python scripts/screenshots.py [ADDRESS]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parents[1] / "docs"
QUESTION = "Hello! Who are you, and what can you help me with?"
LINE = "Good morning, and welcome. Today I would like to show you around."
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
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


def _gradio(browser: Browser, address: str) -> None:
    page = _open(browser, f"{address}/gradio", viewport={"width": 1280, "height": 940})

    def tab(name: str) -> None:
        page.click(f"button[role=tab]:has-text('{name}')")

    def shot(name: str) -> None:
        page.screenshot(path=DOCS / f"screenshot-gradio-{name}.png", full_page=True)

    page.wait_for_selector("#face-live .player:is([data-state=idle], [data-state=listening])")
    page.click("button:has-text('Tell me something nice about the sea.')")
    _speaks(page, "#face-live .player")
    shot("live")
    page.click("#face-live .stop")
    tab("Under the hood")
    page.click("#look")
    for part in ("#hood-face img", "#hood-sound img", "#hood-timings img"):
        page.wait_for_function("part => document.querySelector(part)?.naturalWidth > 200", arg=part)
    shot("hood")
    tab("Script")
    page.fill("#script textarea", LINE)
    page.click("#make")
    page.wait_for_function("() => document.querySelector('#film video')?.readyState >= 2")
    page.evaluate("() => { const film = document.querySelector('#film video'); film.muted = true; return film.play(); }")
    page.wait_for_timeout(SPOKEN_MS)
    shot("video")
    tab("Your face")
    page.check("#consent input")
    page.locator("#face-examples .gallery-item").last.click()
    _speaks(page, "#face-mine .player")
    shot("face")
    page.context.close()


def main() -> None:
    """Take all six of the server at the address given, the default one without."""
    address = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        _page(browser, address)
        _gradio(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
