"""From the visitor's text to a face that moves its lips: ``talking-head bench pipeline``.

A real server with the default models in its own process, and a real Chromium that shows it. What is measured in the browser is
measured where a person would notice it: the first frame of an answer when it is *displayed* (found by its RTP timestamp), and
silence when the page has turned its player down, or the last loud sample has left the jitter buffer.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.bench.served import Served, by_thread
from talking_head.errors import BackendError

PROMPTS = (
    "Hello! Who are you?",
    "Tell me something nice about the sea.",
    "What is a good breakfast?",
    "Why is the sky blue?",
    "How do I give a good presentation?",
    "What do you like about trains?",
    "Can you explain what a computer does?",
    "What should I cook tonight?",
    "Tell me about the moon.",
    "How can I sleep better?",
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


def bench(turns: int = 20, arguments: list[str] | None = None, speak_ms: int = 500) -> dict[str, Any]:
    """Chat ``turns`` times, interrupting each answer after ``speak_ms`` of speech. ``arguments``: further ones of ``serve``.

    Returns ``first_audio_ms`` (server: text in → first sound handed to the network; ``stages_ms``: on the way there),
    ``first_frame_ms`` (browser: text sent → first frame of the answer displayed), ``first_sound_ms`` (browser),
    ``interrupt_ms`` (browser: interrupt sent → nothing is heard, because the page's ``muter.js`` turned the player down or the
    buffer ran dry), ``interrupt_buffer_ms`` (→ last loud sample out of the jitter buffer, heard or not), each {p50 p95}; shares
    of late frames, ``cpu`` (cores used, by thread), ``memory_mb``. BackendError without Chromium.
    """
    chromium = find_chromium()
    from playwright.sync_api import sync_playwright

    with Served(arguments or []) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(bypass_csp=True)  # the worklet is made in the page
        page.goto(f"{server.url}/healthz")
        page.evaluate(Path(__file__).with_name("client.js").read_text())
        page.evaluate(Path(__file__).with_name("page.js").read_text())
        before, began = server.cpu_seconds(), time.monotonic()
        stages: list[dict[str, Any]] = []
        rounds: list[dict[str, Any]] = []
        for number in range(turns):
            rounds.append(page.evaluate("([text, ms]) => window.turn(text, ms)", [PROMPTS[number % len(PROMPTS)], speak_ms]))
            page.wait_for_timeout(1100)  # statistics come once a second
            stages.append(page.evaluate("() => window.figures()")["server"])
        elapsed = time.monotonic() - began
        used = {name: spent - before.get(name, 0.0) for name, spent in server.cpu_seconds().items()}
        memory = server.memory_mb()
        figures = page.evaluate("() => window.figures()")
        page.evaluate("() => window.leave()")
        browser.close()
    stats = figures["server"]
    return {
        "turns": turns,
        "first_audio_ms": percentiles([stage.get("first_audio_ms") for stage in stages]),
        "first_frame_ms": percentiles([r["first_frame_ms"] for r in rounds]),
        "first_sound_ms": percentiles([r["first_sound_ms"] for r in rounds]),
        "first_answer_ms": round(rounds[0]["first_frame_ms"], 1),
        "interrupt_ms": percentiles([r["interrupt_ms"] for r in rounds]),
        "interrupt_buffer_ms": percentiles([r["buffer_ms"] for r in rounds]),
        "interrupt_told_ms": percentiles([r["told_ms"] for r in rounds]),
        "stages_ms": {
            name: percentiles([stage.get(f"first_{name}_ms") for stage in stages]) for name in ("token", "clause", "speech")
        },
        "frames": stats["frames"],
        "late_frames": stats["late_frames"],
        "late_share": round(stats["late_frames"] / max(stats["frames"], 1), 4),
        "browser": {
            key: round(value, 1) if isinstance(value, float) else value for key, value in figures.items() if key != "server"
        },
        "codec": stats["codec"],
        "cpu": by_thread(used, elapsed),
        "cores": round(sum(used.values()) / elapsed, 2),
        "memory_mb": round(memory),
        "page_s": round(server.page_s, 1),
        "start_s": round(server.start_s, 1),
    }


def percentiles(values: list[float | None]) -> dict[str, float] | None:
    """``{"p50", "p95", "n"}`` of what is known."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"p50": round(float(np.percentile(known, 50)), 1), "p95": round(float(np.percentile(known, 95)), 1), "n": len(known)}


def find_chromium() -> str:
    """Path of Chromium; BackendError says how to get it."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise BackendError("This bench needs Chromium. On Debian: apt-get install chromium.")
    return chromium
