"""Do sound and picture arrive together, and stay together? ``talking-head bench skew``.

Flashes and beeps (``flash.py``) run through session, inference loop, pacer, encoders and WebRTC into Chromium, which notes when
each beep is audible and each flash displayed. In the middle the generator stands still for some seconds.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from talking_head.config import Config
from talking_head.evaluate import flash
from talking_head.evaluate.bench_pipeline import CHROMIUM_FLAGS, find_chromium
from talking_head.session.studio import Studio
from talking_head.stream.app import create_app


def bench(seconds: float = 60.0, stall_s: float = 2.0) -> dict[str, Any]:
    """Measure for ``seconds`` with a stall of ``stall_s`` in the middle.

    Skews are in ms, flash displayed minus beep audible (positive: sound first): ``skew_ms`` {p5 p50 p95 worst}, of the half
    before the stall and of the half after it; ``within_40ms`` their share; ``beeps`` heard, ``unmatched`` without a flash.
    """
    from playwright.sync_api import sync_playwright

    with served(seconds) as (url, animator), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))
        page = browser.new_page()
        page.goto(f"{url}/healthz")
        page.evaluate(Path(__file__).with_name("bench_client.js").read_text())
        # The page waits some seconds for its buffers before it starts; the stall comes half-way through what it measures.
        timer = threading.Timer(seconds / 2 + 3, animator.stall, [stall_s])
        timer.start()
        seen = page.evaluate(Path(__file__).with_name("skew_page.js").read_text(), seconds)
        timer.cancel()
        browser.close()
    beeps, flashes = np.array(seen["beeps"]), np.array(seen["flashes"])
    nearest = flashes[np.abs(flashes[None] - beeps[:, None]).argmin(1)] if len(flashes) else np.full(len(beeps), np.inf)
    skew = nearest - beeps
    matched = np.abs(skew) < 200
    half = seen["began"] + seconds * 500
    before, after = skew[matched & (beeps < half)], skew[matched & (beeps > half + stall_s * 1000)]
    return {
        "seconds": seconds,
        "stall_s": stall_s,
        "beeps": len(beeps),
        "unmatched": int((~matched).sum()),
        "skew_ms": _summary(skew[matched]),
        "before_stall_ms": _summary(before),
        "after_stall_ms": _summary(after),
        "within_40ms": round(float((np.abs(skew[matched]) <= 40).mean()), 3) if matched.any() else 0.0,
        "audio_buffer_ms": round(seen["audio_buffer_ms"], 1),
        "video_buffer_ms": round(seen["video_buffer_ms"], 1),
    }


def _summary(skew: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float] | None:
    if not len(skew):
        return None
    return {
        **{f"p{q}": round(float(np.percentile(skew, q)), 1) for q in (5, 50, 95)},
        "abs_p95": round(float(np.percentile(np.abs(skew), 95)), 1),
        "worst": round(float(skew[np.abs(skew).argmax()]), 1),
    }


@contextmanager
def served(seconds: float) -> Iterator[tuple[str, flash.FlashAnimator]]:
    """A server on a thread of this process whose face flashes; its address and its animator."""
    animator = flash.FlashAnimator()

    def build(stage: str, name: str, **options: Any) -> Any:
        makers: dict[str, Callable[[], Any]] = {
            "reply": flash.Nobody,
            "speech": lambda: flash.Beeps(seconds),
            "motion": flash.LoudnessMotion,
        }
        return animator if stage == "animator" else makers.get(stage, object)()

    config = Config.model_validate({"avatar": {"name": "flash"}, "loop": {"capacity": 1}})
    studio = Studio(config, build=build)
    studio.add_portrait(flash.portrait())
    studio.start()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(studio, config), log_level="error"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), name="server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", animator
        finally:
            server.should_exit = True
            thread.join()
            studio.close()
