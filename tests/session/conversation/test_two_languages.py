"""Two visitors at once, each hears and is heard in the language of their presenter's voice."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn

from talking_head.config import Config
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from talking_head.types import PLAIN, Delivery, Utterance
from tests.session import fakes
from tests.session.client import WhepClient
from tests.session.conversation.test_hearing import Voice

HEARD = {"en": "what is the time", "zh": "现在 几点 了"}


def _build(config: Config, stage: str) -> Any:
    if stage == "listen":
        return fakes.FakeRecognizer(HEARD[config.listen.options["language"]])
    return fakes.build(config, stage)


async def test_each_is_heard_in_their_own_language() -> None:
    config = Config.model_validate(
        {
            "avatar": {"name": "nobody"},
            "animator": {"processes": -1},
            "stream": {"processes": -1},
            "loop": {"capacity": 4},
            "speech": {"voices": {"xiao": {"backend": "piper", "language": "zh"}}},
            "listen": {"languages": {"zh": {"model": "of somebody"}}},
        }
    )
    voices = Voice(), Voice()
    async with (
        serving(config, _build) as address,
        httpx.AsyncClient(base_url=address, timeout=30) as http,
        WhepClient(http, microphone=voices[0]) as english,
        WhepClient(http, microphone=voices[1], query="?voice=xiao") as mandarin,
    ):
        for client, voice, code in ((english, voices[0], "en"), (mandarin, voices[1], "zh")):
            hello = await client.wait("hello")
            assert (hello["language"], hello["listens"]) == (code, True)
            client.send("microphone", active=True)
            voice.speak()
        for client, code in ((english, "en"), (mandarin, "zh")):
            final = await client.wait("transcript", final=True)
            assert final["text"]
            assert HEARD[code].startswith(final["text"])
            await client.wait("turn_end")
        for voice in voices:
            voice.stop()


@asynccontextmanager
async def serving(config: Config, build: Callable[[Config, str], Any]) -> AsyncIterator[str]:
    """The address of a server with that configuration and those parts."""
    container = AppContainer(config, build=build)
    container.faces.add(fakes.portrait())
    container.start()
    app = create_app(container, config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        served = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        task = asyncio.create_task(served.serve(sockets=[listener]))
        while not served.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        served.should_exit = True
        await task
    container.close()


class Gated(fakes.SineSpeech):
    """A heavy voice in the middle of a clause for as long as ``gate`` is shut."""

    begun, gate = threading.Event(), threading.Event()

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Iterator[Utterance]:
        self.begun.set()
        assert self.gate.wait(60)
        yield from super().synthesize(text, delivery)


async def test_nobody_waits_for_a_clause_of_a_heavy_voice() -> None:
    def build(config: Config, stage: str) -> Any:
        return Gated() if stage == "speech" and config.speech.backend == "kokoro" else fakes.build(config, stage)

    config = Config.model_validate(
        {
            "avatar": {"name": "nobody"},
            "animator": {"processes": -1},
            "stream": {"processes": -1},
            "loop": {"capacity": 4},
            "speech": {"voices": {"slow": {"backend": "kokoro", "heavy": True}}},
        }
    )
    async with (
        serving(config, build) as address,
        httpx.AsyncClient(base_url=address, timeout=30) as http,
        WhepClient(http, query="?voice=slow") as patient,
        WhepClient(http) as quick,
    ):
        patient.send("say", text="This clause takes its time.")
        assert await asyncio.to_thread(Gated.begun.wait, 60)
        quick.send("say", text="And this one is said meanwhile.")
        await quick.wait("turn_end", reason="done")
        assert not Gated.gate.is_set()
        Gated.gate.set()
        await patient.wait("turn_end", reason="done")
