"""From the end of the visitor's voice to a face that answers: ``talking-head bench pipeline --voice``.

A real server with the default models, and a real Chromium whose microphone plays questions that the project's own voice asks.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.audio.pcm import write_wav
from talking_head.bench.pipeline import CHROMIUM_FLAGS, PROMPTS, find_chromium, percentiles
from talking_head.bench.served import Served, by_thread, roomy
from talking_head.config import Config
from talking_head.evaluate.speech.words import word_errors
from talking_head.speech.voices import Voices, sample
from talking_head.types import TICKS_PER_SECOND

BEFORE_S = 6.0  # until the page is connected
LOOK_S = 3.0  # from one look at the memory to the next
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def bench(
    turns: int = 10,
    config: Path | None = None,
    avatar: str = "",
    microphones: int = 1,
    gap_s: float = 9.0,
    speak_ms: int = 1000,
) -> dict[str, Any]:
    """Ask ``turns`` questions aloud at each of so many open ``microphones``, one every ``gap_s`` after the other, each visitor
    in between the others. ``config``, ``avatar``: those of ``serve``, which takes as many visitors, whatever was measured here.

    Ends with the sound of the questions, whatever of them was heard: ``answered`` of ``turns`` a microphone.

    Returns ``first_words_ms`` (voice begins → first partial words on the page), ``voice_to_words_ms`` (voice ends → final
    words), ``words_to_face_ms`` (→ first frame of the answer displayed), ``voice_to_face_ms`` (voice ends → that frame), each
    {p50 p95}; ``stages_ms`` of the server; word errors; late frames. BackendError without Chromium.
    """
    chromium = find_chromium()
    prompts = [PROMPTS[number % len(PROMPTS)] for number in range(turns)]
    with (
        tempfile.TemporaryDirectory() as folder,
        roomy(config, microphones) as place,
        Served(["--config", str(place), *(["--avatar", avatar] if avatar else [])]) as server,
        ThreadPoolExecutor(microphones) as visitors,
    ):
        file = Path(folder) / "questions.wav"
        asked = _asked(prompts, gap_s)
        write_wav(file, asked)
        ready = threading.Barrier(microphones, timeout=120)

        def visit(number: int) -> list[dict[str, Any]]:
            ready.wait()
            time.sleep(number * gap_s / microphones)
            return _visit(chromium, server.url, file, turns, len(asked) / TICKS_PER_SECOND, gap_s, speak_ms)

        before, began = server.cpu_seconds(), time.monotonic()
        visits = [visitors.submit(visit, number) for number in range(microphones)]
        memory = _most_memory(server, visits)
        each = [one.result() for one in visits]
        elapsed = time.monotonic() - began
        used = {name: spent - before.get(name, 0.0) for name, spent in server.cpu_seconds().items()}
    answered = [r for rounds in each for r in rounds if r.get("server")]
    last = [heard[-1]["server"] for rounds in each if (heard := [r for r in rounds if r.get("server")])]
    wrong = [word_errors(" ".join(prompts), " ".join(r["text"] for r in rounds)) for rounds in each]
    return {
        "turns": turns,
        "microphones": microphones,
        "answered": len(answered),
        **{
            name: percentiles([r.get(name) for r in answered])
            for name in ("first_words_ms", "voice_to_words_ms", "words_to_face_ms", "voice_to_face_ms")
        },
        "stages_ms": {
            name: percentiles([r["server"].get(name) for r in answered])
            for name in ("voice_ms", "first_token_ms", "first_clause_ms", "first_speech_ms", "first_audio_ms")
        },
        "word_errors": sum(errors for errors, _ in wrong),
        "words": sum(words for _, words in wrong),
        "late_share": round(sum(s["late_frames"] for s in last) / max(sum(s["frames"] for s in last), 1), 4),
        "cpu": by_thread(used, elapsed),
        "cores": round(sum(used.values()) / elapsed, 2),
        "memory_mb": round(memory),
    }


def _visit(
    chromium: str, url: str, file: Path, turns: int, length_s: float, gap_s: float, speak_ms: int
) -> list[dict[str, Any]]:
    """One visitor in a browser of their own, whose microphone plays ``file``; what came of each question."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, *MICROPHONE, f"--use-file-for-fake-audio-capture={file}%noloop"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(bypass_csp=True)  # the worklet is made in the page
        page.goto(f"{url}/healthz")
        for script in ("client.js", "voice_page.js"):
            page.evaluate(Path(__file__).with_name(script).read_text())
        ends = time.monotonic() + length_s
        rounds: list[dict[str, Any]] = []
        while len(rounds) < turns and (wait_s := patience(ends - time.monotonic(), gap_s)):
            rounds.append(page.evaluate("([ms, s]) => window.question(ms, s)", [speak_ms, wait_s]))
        page.evaluate("() => window.leave()")
        browser.close()
    return rounds


def _most_memory(server: Served, visits: Sequence[Future[Any]]) -> float:
    """The most that the server holds, in MB, until all ``visits`` are over."""
    most = server.memory_mb()
    while wait(visits, timeout=LOOK_S).not_done:
        most = max(most, server.memory_mb())
    return most


def patience(left_s: float, gap_s: float) -> float:
    """Seconds to wait for the next question to be heard, ``left_s`` before the last sound of the file; 0: there is none."""
    return max(0.0, min(left_s, 2 * gap_s))


def _asked(prompts: list[str], gap_s: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The questions, spoken, each with silence behind it."""
    voices = Voices(Config())
    line = [np.zeros(round(BEFORE_S * TICKS_PER_SECOND), np.float32)]
    for prompt in prompts:
        line += [0.7 * sample(voices, voices.choose(), prompt), np.zeros(round(gap_s * TICKS_PER_SECOND), np.float32)]
    return np.concatenate(line).astype(np.float32)
