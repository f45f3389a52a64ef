"""From the end of the visitor's voice to a face that answers: ``talking-head bench pipeline --voice``.

A real server with the default models, and a real Chromium whose microphone plays questions that the project's own voice asks.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.audio.pcm import write_wav
from talking_head.bench.pipeline import CHROMIUM_FLAGS, PROMPTS, find_chromium, percentiles
from talking_head.bench.served import Served, by_thread, roomy
from talking_head.config import Config
from talking_head.errors import ConfigError
from talking_head.evaluate.speech.words import word_errors
from talking_head.speech.voices import Voice, Voices, sample
from talking_head.types import TICKS_PER_SECOND

BEFORE_S = 6.0  # until the page is connected
# What is asked of presenters who speak another language than the default one.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "zh": (
        "你好，你是谁？",
        "今天天气怎么样？",
        "你喜欢吃什么水果？",
        "怎么才能睡得更好？",
        "你能给我讲个故事吗？",
        "什么时候坐火车最便宜？",
    ),
}
LOOK_S = 3.0  # from one look at the memory to the next
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def bench(
    turns: int = 10,
    config: Path | None = None,
    avatar: str = "",
    microphones: int = 1,
    gap_s: float = 9.0,
    speak_ms: int = 1000,
    spoken: Sequence[str] = (),
) -> dict[str, Any]:
    """Ask ``turns`` questions aloud at each of so many open ``microphones``, one every ``gap_s`` after the other, each visitor
    in between the others. ``config``, ``avatar``: those of ``serve``, which takes as many visitors, whatever was measured here.
    ``spoken``: the languages of the visitors, in turns; their presenters speak with the first voice of each. Without, the
    presenter's own.

    Ends with the sound of the questions, whatever of them was heard: ``answered`` of ``turns`` a microphone.

    Returns ``first_words_ms`` (voice begins → first partial words on the page), ``voice_to_words_ms`` (voice ends → final
    words), ``words_to_face_ms`` (→ first frame of the answer displayed), ``voice_to_face_ms`` (voice ends → that frame), each
    {p50 p95}; ``stages_ms`` of the server; errors of words (in Mandarin of signs); late frames; ``memory_mb``, the server's
    most. BackendError without Chromium, MissingModelError without the voice of a language.
    """
    chromium = find_chromium()
    voices = Voices(Config())
    talks = [talk(voices, code, turns) for code in spoken or [""]]
    talks = [talks[number % len(talks)] for number in range(microphones)]
    with (
        tempfile.TemporaryDirectory() as folder,
        roomy(config, microphones) as place,
        Served(["--config", str(place), *(["--avatar", avatar] if avatar else [])]) as server,
        ThreadPoolExecutor(microphones) as visitors,
    ):
        files = [Path(folder) / f"questions-{talk.voice}.wav" for talk in talks]
        lengths = {file: _ask(voices, talk, gap_s, file) for file, talk in dict(zip(files, talks, strict=True)).items()}
        ready = threading.Barrier(microphones, timeout=120)

        def visit(number: int) -> list[dict[str, Any]]:
            ready.wait()
            time.sleep(number * gap_s / microphones)
            file = files[number]
            return _visit(chromium, server.url, file, talks[number], lengths[file], gap_s, speak_ms)

        before, began = server.cpu_seconds(), time.monotonic()
        visits = [visitors.submit(visit, number) for number in range(microphones)]
        memory = _most_memory(server, visits)
        each = [one.result() for one in visits]
        elapsed = time.monotonic() - began
        used = {name: spent - before.get(name, 0.0) for name, spent in server.cpu_seconds().items()}
    answered = [r for rounds in each for r in rounds if r.get("server")]
    last = [heard[-1]["server"] for rounds in each if (heard := [r for r in rounds if r.get("server")])]
    wrong = [
        word_errors(" ".join(talk.prompts), " ".join(r["text"] for r in rounds), talk.language)
        for talk, rounds in zip(talks, each, strict=True)
    ]
    return {
        "turns": turns,
        "microphones": microphones,
        "spoken": [talk.language for talk in talks],
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


@dataclass(frozen=True, slots=True)
class Talk:
    """A visitor's ``prompts`` in a ``language``, asked in the voice ``asker``; ``voice``: the presenter's, "" for its own."""

    language: str
    prompts: tuple[str, ...]
    asker: Voice
    voice: str = ""


def talk(voices: Voices, language: str, turns: int) -> Talk:
    """``turns`` questions in ``language``, "" for the presenter's own. Raises ConfigError for a language without questions,
    MissingModelError where the one who asks is not on this machine."""
    known: tuple[str, ...] = PROMPTS
    voice, asker = "", voices.choose()
    if language and language != asker.language:
        if language not in QUESTIONS:
            raise ConfigError(f"There are no questions in “{language}”: {asker.language}, {', '.join(QUESTIONS)}.")
        speakers = [each for each in voices.all() if each.language == language]
        known, voice, asker = QUESTIONS[language], speakers[0].name, speakers[-1]
        asker.check()
    prompts = tuple(known[number % len(known)] for number in range(turns))
    return Talk(asker.language, prompts, asker, voice)


def _visit(
    chromium: str, url: str, file: Path, talk: Talk, length_s: float, gap_s: float, speak_ms: int
) -> list[dict[str, Any]]:
    """One visitor in a browser of their own, whose microphone plays ``file``; what came of each question."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, *MICROPHONE, f"--use-file-for-fake-audio-capture={file}%noloop"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(bypass_csp=True)  # the worklet is made in the page
        page.goto(f"{url}/healthz")
        for script in ("client.js", "voice_page.js"):
            page.evaluate(Path(__file__).with_name(script).read_text(), talk.voice)
        ends = time.monotonic() + length_s
        rounds: list[dict[str, Any]] = []
        while len(rounds) < len(talk.prompts) and (wait_s := patience(ends - time.monotonic(), gap_s)):
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


def _ask(voices: Voices, talk: Talk, gap_s: float, file: Path) -> float:
    """Write the questions to ``file``, spoken, each with silence behind it; how many seconds they are."""
    line = [np.zeros(round(BEFORE_S * TICKS_PER_SECOND), np.float32)]
    for prompt in talk.prompts:
        line += [0.7 * sample(voices, talk.asker, prompt), np.zeros(round(gap_s * TICKS_PER_SECOND), np.float32)]
    write_wav(file, np.concatenate(line).astype(np.float32))
    return sum(map(len, line)) / TICKS_PER_SECOND
