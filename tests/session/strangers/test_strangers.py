"""What strangers send to a running server: it is refused in a sentence, and nothing of it stays."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal

import pytest
from aiortc import RTCPeerConnection

from talking_head.webrtc import connection
from talking_head.webrtc.client import ClientSession
from talking_head.webrtc.connection import DirectConnection
from talking_head.webrtc.media_process import remote
from talking_head.webrtc.rate import MAX_UNFINISHED, unfinished_bytes
from tests.session.client import WhepClient
from tests.session.conftest import MEDIA_APART, ONE_PROCESS, Running
from tests.unit.webrtc.offers.test_check import DATA, GOOD, HEAD, VIDEO, candidate

SDP = {"content-type": "application/sdp"}


async def offer_with(*kinds: str) -> str:
    """An offer of a real peer, with a stream of each of these kinds: "+video" is sent, not received."""
    pc = RTCPeerConnection()
    pc.createDataChannel("events")
    for kind in kinds:
        pc.addTransceiver(kind.lstrip("+"), direction="sendonly" if kind.startswith("+") else "recvonly")
    await pc.setLocalDescription(await pc.createOffer())
    sdp: str = pc.localDescription.sdp
    await pc.close()
    return sdp


async def test_nothing_is_received_that_nobody_reads(running: Running) -> None:
    for kinds in (("audio", "video", "+video"), ("audio", "+video"), ("audio", "video", "video"), ("audio", "audio", "video")):
        offer = await offer_with(*kinds)
        for sdp in (offer, "\r\n".join(line for line in offer.splitlines() if "BUNDLE" not in line) + "\r\n"):
            answer = await running.http.post("/whep", content=sdp, headers=SDP)
            assert answer.status_code == 400, kinds
            assert answer.json()["error"]["message"].endswith((".", "”."))
    assert not running.server.peers
    assert running.container.loop.sessions == 0
    plain = await running.http.post("/whep", content=await offer_with("audio", "video"), headers=SDP)
    assert plain.status_code == 201
    assert (await running.http.delete(plain.headers["location"])).status_code == 200


@ONE_PROCESS
async def test_thousands_of_candidates_are_not_looked_at(running: Running) -> None:
    many = GOOD + "".join(candidate(f"198.51.100.{number % 250}", 1024 + number) for number in range(3_500))
    assert (await running.http.post("/whep", content=many, headers=SDP)).status_code == 413
    assert (await running.http.post("/whep", content=GOOD + candidate("198.51.100.1") * 40, headers=SDP)).status_code == 400
    async with WhepClient(running.http) as client:
        fragment = "a=mid:0\r\n" + candidate("127.0.0.1") * 60
        answer = await running.http.patch(f"/whep/{client.session}", content=fragment)
        assert answer.status_code == 400
        assert "candidates" in answer.json()["error"]["message"]


@ONE_PROCESS
async def test_two_hundred_bad_offers_leave_nobody(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(self: DirectConnection) -> None:
        raise RuntimeError("the connection cannot even be closed")

    bad = [HEAD, GOOD.replace("m=video", "m=vide"), HEAD + VIDEO + DATA, GOOD + "a=candidate:x\r\n" * 33, GOOD]
    close = DirectConnection.close
    for number in range(200):
        # Every other one fails once more on its way out.
        monkeypatch.setattr(DirectConnection, "close", failing if number % 2 else close)
        answer = await running.http.post("/whep", content=bad[number % len(bad)], headers=SDP)
        assert answer.status_code == 400, answer.text
    for _ in range(200):
        if not running.server.peers:
            break
        await asyncio.sleep(0.05)
    assert not running.server.peers
    assert running.container.loop.sessions == 0


@ONE_PROCESS
async def test_nested_json_is_an_answer_and_no_traceback(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    async with WhepClient(running.http) as client:
        with caplog.at_level(logging.DEBUG, "talking_head"):
            for body in ("[" * 16_000, '{"text": ' + "[" * 16_000, "{" * 16_000):
                answer = await running.http.post(f"/sessions/{client.session}/say", content=body)
                assert answer.status_code in (400, 413)
                client.channel.send(body)
            client.send("ping", t=1.0)
            await client.wait("pong")
        assert "Traceback" not in caplog.text
        assert client.session not in caplog.text
        assert not any("pydantic" in json.dumps(event) for event in client.events)


@ONE_PROCESS
async def test_texts_that_come_too_fast_are_refused_and_the_conversation_goes_on(running: Running) -> None:
    async with WhepClient(running.http) as client:
        statuses = []
        for _ in range(9):
            answer = await running.http.post(f"/sessions/{client.session}/say", json={"text": "word."})
            statuses.append(answer.status_code)
        assert statuses[:5] == [202] * 5
        assert statuses[-1] == 429
        assert int(answer.headers["retry-after"]) >= 1
        for _ in range(5):
            client.send("say", text="word.")
        assert "too fast" in (await client.wait("error", code="limit"))["message"]
        await asyncio.sleep(1.2)
        client.send("say", text="still here.")
        while not any(event["type"] == "turn_end" and event["heard"] == "still here." for event in client.events):
            await asyncio.sleep(0.02)


@ONE_PROCESS
async def test_a_browser_that_does_not_stop_sending_is_let_go(running: Running) -> None:
    async with WhepClient(running.http) as client:
        session = client.session
        for number in range(900):
            if session not in running.server.peers:
                break
            client.send("ping", t=number)
            if number % 50 == 49:
                await asyncio.sleep(0.05)
        for _ in range(400):
            if session not in running.server.peers:
                break
            await asyncio.sleep(0.05)
        assert session not in running.server.peers


@ONE_PROCESS
async def test_a_message_without_end_is_not_kept(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with WhepClient(running.http) as client:
        seen = []
        monkeypatch.setattr(connection, "unfinished_bytes", lambda pc: seen.append(unfinished_bytes(pc)) or seen[-1])
        monkeypatch.setattr(client.pc.sctp, "_remote_max_message_size", 1 << 30)  # it does not heed what it was told
        client.channel.send("x" * (32 << 20))
        session = client.session
        for _ in range(1200):
            if session not in running.server.peers:
                break
            await asyncio.sleep(0.05)
        assert session not in running.server.peers
        assert MAX_UNFINISHED < max(seen) < 24 << 20  # the rest was never taken in


async def test_whether_a_session_is_there_can_be_asked(running: Running) -> None:
    async with WhepClient(running.http) as client:
        assert (await running.http.head(client.location)).status_code == 204
        await running.http.delete(client.location)
        assert (await running.http.head(client.location)).status_code == 404


@ONE_PROCESS
async def test_a_second_channel_is_not_served(running: Running) -> None:
    async with WhepClient(running.http) as client:
        more = client.pc.createDataChannel("more")
        for _ in range(200):
            if more.readyState == "closed":
                break
            await asyncio.sleep(0.05)
        assert more.readyState == "closed"
        assert [event["type"] for event in client.events].count("hello") == 1


@MEDIA_APART
async def test_a_session_whose_media_process_dies_is_known_to_be_gone_at_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the end of its socket: nobody waits until it has been silent for long, or until a connection times out."""
    monkeypatch.setattr(remote, "HANG_S", 3600.0)
    (process,) = running.server.connections.processes
    while not process.ready:
        await asyncio.sleep(0.05)
    async with WhepClient(running.http) as client:
        assert isinstance(running.server.peers[client.session], ClientSession)
        os.kill(process.pid, signal.SIGKILL)
        while (await running.http.head(client.location)).status_code != 404:
            await asyncio.sleep(0.02)
