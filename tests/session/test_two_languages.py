"""Two visitors at once, each hears and is heard in the language of their presenter's voice."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import uvicorn

from talking_head.config import Config
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from tests.session import fakes
from tests.session.client import WhepClient
from tests.session.test_hearing import Voice

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
    container = AppContainer(config, build=_build)
    container.add_portrait(fakes.portrait())
    container.start()
    app = create_app(container, config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        served = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        task = asyncio.create_task(served.serve(sockets=[listener]))
        while not served.started:
            await asyncio.sleep(0.01)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        voices = Voice(), Voice()
        async with (
            httpx.AsyncClient(base_url=address, timeout=30) as http,
            WhepClient(http, microphone=voices[0]) as english,
            WhepClient(http, microphone=voices[1], query="?voice=xiao") as mandarin,
        ):
            for client, code in ((english, "en"), (mandarin, "zh")):
                hello = await client.wait("hello")
                assert (hello["language"], hello["listens"]) == (code, True)
                client.send("microphone", active=True)
            for client, code in ((english, "en"), (mandarin, "zh")):
                final = await client.wait("transcript", final=True)
                assert final["text"]
                assert HEARD[code].startswith(final["text"])
                await client.wait("turn_end")
            for voice in voices:
                voice.stop()
        served.should_exit = True
        await task
    container.close()
