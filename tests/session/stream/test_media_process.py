"""Media processes that die or hang: their visitors connect anew, everybody else keeps their stream."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest

from talking_head.errors import CapacityError
from talking_head.webrtc import connections
from talking_head.webrtc.connections import ConnectionFactory, media_processes
from talking_head.webrtc.media_process import remote
from talking_head.webrtc.peer_connection import ConnectionSettings
from tests.session.client import WhepClient
from tests.session.conftest import MEDIA_APART, Running


def test_how_many() -> None:
    assert media_processes(0, 16) == 0  # one interpreter carries them
    assert media_processes(0, 17) == 2
    assert media_processes(0, 100) == 7
    assert media_processes(-1, 100) == 0
    assert media_processes(3, 1) == 3


@pytest.mark.parametrize("running", [2], ids=["two apart"], indirect=True)
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_process_that_ends_takes_only_its_own_lines(
    running: Running, ending: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process that dies is known by the end of its socket alone; only one that hangs has to be waited for.
    monkeypatch.setattr(remote, "HANG_S", 3600.0 if ending is signal.SIGKILL else 2.5)
    first, second = running.server.connections.processes
    while not (first.ready and second.ready):
        await asyncio.sleep(0.02)
    seen: list[Any] = []
    async with WhepClient(running.http) as lost, WhepClient(running.http, on_video=seen.append) as kept:
        assert (first.open_connections, second.open_connections) == (1, 1)  # shared out
        kept.send("say", text=" ".join(["word"] * 60))
        await kept.wait("state", state="speaking")
        pid = first.pid
        os.kill(pid, ending)
        while lost.session in running.server.peers:
            await asyncio.sleep(0.02)
        frames = len(seen)
        assert kept.session in running.server.peers
        while not first.ready:
            await asyncio.sleep(0.02)
        assert first.pid != pid
        async with WhepClient(running.http) as again:  # the one with the fewest lines
            await again.wait("hello")
            assert first.open_connections == 1
        assert len(seen) > frames
        assert (await kept.wait("turn_end", turn=1))["reason"] == "done"


@MEDIA_APART
async def test_what_a_line_raises_comes_back_as_it_was(running: Running) -> None:
    answer = await running.http.post("/whep", content="v=0\r\n", headers={"Content-Type": "application/sdp"})
    assert answer.status_code == 400
    assert "audio stream" in answer.json()["error"]["message"]
    assert running.server.connections.processes[0].open_connections == 0
    async with WhepClient(running.http) as client:
        bad = await running.http.patch(
            f"/whep/{client.session}",
            content="a=mid:0\r\na=candidate:nonsense\r\n",
            headers={"Content-Type": "application/trickle-ice-sdpfrag"},
        )
        assert bad.status_code == 400
        assert "cannot be read" in bad.json()["error"]["message"]
        metrics = (await running.http.get("/metrics")).text
        assert "talking_head_media_event_loop_lag_seconds_count" in metrics


async def test_a_visitor_is_told_while_no_process_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READY_S", 0.2)
    made = ConnectionFactory(ConnectionSettings(), 1)  # nobody watches: it never becomes ready
    try:
        with pytest.raises(CapacityError, match="being started"):
            await made.ready()
    finally:
        made.close()
