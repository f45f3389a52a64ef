"""How soon a visitor is told, and served anew, after the media process that sends to them was killed; in Chromium.

python scripts/measure/media_process_killed.py [TIMES]: starts a server of its own; the last line is JSON, seconds by the
page's clock.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from talking_head.bench.served import Served

FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
PATIENCE_MS = 180_000
WATCH = """() => {
  window.told = window.back = 0;
  const message = document.querySelector(".player-message");
  const player = document.querySelector(".player");
  const look = () => {
    const state = player.dataset.state;
    if (!window.told && message.textContent && state !== "idle" && state !== "listening") window.told = Date.now();
    if (window.told && !window.back && (state === "idle" || state === "listening")) window.back = Date.now();
  };
  new MutationObserver(look).observe(player, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def _sender(server: Served) -> psutil.Process:
    (found,) = [
        child
        for child in server.process.children(recursive=True)
        if "talking_head.webrtc.media_process.worker" in child.cmdline()
    ]
    return found


def _once(page: Page, server: Served) -> tuple[float, float, str]:
    """Seconds until the page said so and until the face was back, and what it said."""
    page.wait_for_selector(".player:is([data-state=idle], [data-state=listening])")
    page.evaluate(WATCH)
    killed = time.time()
    _sender(server).kill()
    page.wait_for_function("() => window.told")
    said = page.inner_text(".player-message")
    page.wait_for_function("() => window.back")
    told, back = page.evaluate("[window.told, window.back]")
    return told / 1000 - killed, back / 1000 - killed, said


def main(times: int) -> None:
    """Kill it so often, and print the figures."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("There is no Chromium on this machine: install it first (Debian: apt-get install chromium).")
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "one.toml"
        settings.write_text("[stream]\nprocesses = 1\n")
        with Served(["--config", str(settings)]) as server, sync_playwright() as playwright:
            page = playwright.chromium.launch(executable_path=browser, args=FLAGS).new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(server.url)
            found = []
            for _ in range(times):
                found.append(_once(page, server))
                print(f"told after {found[-1][0]:.2f} s, back after {found[-1][1]:.2f} s: {found[-1][2]}", flush=True)
    told, back = [each[0] for each in found], [each[1] for each in found]
    print(
        json.dumps(
            {
                "times": times,
                "told_s": {"median": round(statistics.median(told), 2), "worst": round(max(told), 2)},
                "back_s": {"median": round(statistics.median(back), 2), "worst": round(max(back), 2)},
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
