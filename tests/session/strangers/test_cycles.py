"""A hundred visitors come and go: nothing of them is left."""

from __future__ import annotations

import asyncio
import gc
import threading

from aiortc import RTCPeerConnection

from talking_head.session.session import Session
from talking_head.webrtc.client import ClientSession
from talking_head.webrtc.tracks import AudioOut, VideoOut
from tests.held import held_bytes
from tests.session.client import WhepClient
from tests.session.conftest import Running


def alive(*kinds: type) -> dict[str, int]:
    gc.collect()
    # By type: some libraries' objects do things when they are asked for their __class__.
    return {kind.__name__: sum(issubclass(type(thing), kind) for thing in gc.get_objects()) for kind in kinds}


def threads() -> int:
    """How many there are; asyncio's own executor has as many as it likes, up to a bound."""
    return sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())


async def visit(running: Running, number: int) -> None:
    """Half of them leave politely, half vanish; every fourth in the middle of an answer."""
    async with WhepClient(running.http) as client:
        if number % 4 == 0:
            client.send("say", text="one two three four five six seven eight nine ten.")
            await client.wait("state", state="speaking")
        if number % 2:
            client.send("bye")
            while client.session in running.server.peers:
                await asyncio.sleep(0.01)
    while running.server.peers:
        await asyncio.sleep(0.01)


async def test_a_hundred_connections_leave_nothing_behind(running: Running) -> None:
    kinds = (ClientSession, Session, AudioOut, VideoOut, RTCPeerConnection)
    others = alive(*kinds)  # what a test before this one left is not this one's matter
    for number in range(40):  # caches, executors' threads, allocator pools
        await visit(running, number)
    while any(count > others[kind] for kind, count in alive(*kinds).items()):  # the last one's goodbye may still be on its way
        await asyncio.sleep(0.05)
    before, tasks = threads(), len(asyncio.all_tasks())
    memory = held_bytes()
    for number in range(100):
        await visit(running, number)
    while any(count > others[kind] for kind, count in alive(*kinds).items()):
        await asyncio.sleep(0.05)
    assert len(asyncio.all_tasks()) <= tasks
    assert threads() <= before
    assert running.container.loop.sessions == 0
    # Encoders hold about 1 MB each: a hundred leaked sessions would show as 100 MB and more.
    assert held_bytes() - memory < 50e6
