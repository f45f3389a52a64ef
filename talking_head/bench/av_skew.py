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

from talking_head.bench import flash
from talking_head.bench.pipeline import CHROMIUM_FLAGS, find_chromium
from talking_head.config import Config
from talking_head.errors import BackendError
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from talking_head.types import TICKS_PER_SECOND
from talking_head.webrtc.encoder import OPUS_DELAY_S, VIDEO_RATE

F64 = np.ndarray[Any, np.dtype[np.float64]]


def bench(seconds: float = 60.0, stall_s: float = 2.0) -> dict[str, Any]:
    """Measure for ``seconds`` with a stall of ``stall_s`` in the middle.

    Skews are in ms, flash displayed minus beep audible (positive: sound first): ``skew_ms`` {p5 p50 p95 worst}, of the half
    before the stall and of the half after it; ``within_40ms`` their share; ``beeps`` heard, ``unmatched`` without a flash.

    The ear is a WebAudio worklet, which hears a sound later than the device plays it: between leaving the jitter buffer and
    the ear lie ``ear_ms`` (by RTP timestamps, the median), between it and the device ``device_ms`` (the browser's own figure).
    The difference is taken off. BackendError if the browser does not give these figures.
    """
    from playwright.sync_api import sync_playwright

    with served(seconds) as (url, animator), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))
        page = browser.new_page(bypass_csp=True)  # the worklet is made in the page
        page.goto(f"{url}/healthz")
        page.evaluate(Path(__file__).with_name("client.js").read_text())
        # The page waits some seconds for its buffers before it starts; the stall comes half-way through what it measures.
        timer = threading.Timer(seconds / 2 + 3, animator.stall, [stall_s])
        timer.start()
        seen = page.evaluate(Path(__file__).with_name("skew_page.js").read_text(), seconds)
        timer.cancel()
        browser.close()
    if seen["device_ms"] is None or not seen["played"]:
        raise BackendError("This browser does not say when it plays sound; the bench needs a newer Chromium.")
    heard, flashes = np.array(seen["beeps"]), np.array([at for at, _ in seen["flashes"]])
    ear_ms = ear_delay(seen, heard)
    beeps = heard - (ear_ms - seen["device_ms"])
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
        "ear_ms": round(ear_ms, 1),
        "device_ms": round(seen["device_ms"], 1),
        "audio_buffer_ms": round(seen["audio_buffer_ms"], 1),
        "video_buffer_ms": round(seen["video_buffer_ms"], 1),
    }


def ear_delay(seen: dict[str, Any], heard: F64) -> float:
    """Median of the ms between a beep's leaving the jitter buffer and its being ``heard`` by the ear.

    A flash's RTP timestamp gives the media time of its beep, and the other origin the beep's own RTP timestamp; ``played``
    says when the browser took that out of the jitter buffer.
    """
    stamps, when = np.array(seen["played"], np.float64).T
    stamps = np.unwrap(stamps, period=2**32)
    delays = []
    for at, rtp in seen["flashes"]:
        media_s = ((rtp - seen["video_rtp_origin"]) % 2**32) / VIDEO_RATE
        beep = (seen["audio_rtp_origin"] + (media_s + OPUS_DELAY_S) * TICKS_PER_SECOND) % 2**32
        beep += round((stamps[0] - beep) / 2**32) * 2**32
        near = heard[np.abs(heard - at) < 200]
        if len(near) == 1 and stamps[0] <= beep <= stamps[-1]:
            delays.append(float(near[0] - np.interp(beep, stamps, when)))
    if not delays:
        raise BackendError("No beep was heard beside its flash.")
    return float(np.median(delays))


def _summary(skew: F64) -> dict[str, float] | None:
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

    def build(config: Config, stage: str) -> Any:
        makers: dict[str, Callable[[], Any]] = {
            "reply": flash.Nobody,
            "speech": lambda: flash.Beeps(seconds),
            "motion": flash.LoudnessMotion,
        }
        return animator if stage == "animator" else makers.get(stage, object)()

    config = Config.model_validate({"avatar": {"name": "flash"}, "loop": {"capacity": 1}})
    container = AppContainer(config, build=build)
    container.faces.add(flash.portrait())
    container.start()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(container, config), log_level="error"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), name="server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", animator
        finally:
            server.should_exit = True
            thread.join()
            container.close()
