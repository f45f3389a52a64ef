"""Many visitors at once (the benches' load client): who has a slot keeps it, who finds none is told when to come back."""

from __future__ import annotations

import asyncio

from talking_head.bench.load_client import crowd
from tests.session.client import browsers_offer
from tests.session.conftest import Running


async def nobody_left(running: Running) -> None:
    async with asyncio.timeout(60):
        while running.server.peers or running.container.loop.sessions:
            await asyncio.sleep(0.02)


async def test_the_third_of_two_is_refused_and_the_two_untouched(running: Running) -> None:
    running.container.loop.capacity = 2
    visits = crowd(str(running.http.base_url), 3, 5.0, way="say", interrupts=0.5)
    task = asyncio.create_task(visits)
    while running.container.loop.sessions < 2:
        await asyncio.sleep(0.02)
    refusal = await running.http.post("/whep", content=await browsers_offer(), headers={"content-type": "application/sdp"})
    assert refusal.status_code == 503
    assert int(refusal.headers["retry-after"]) > 0
    assert "places are taken" in refusal.json()["error"]["message"]
    seen = (await task)["staying"]
    assert (seen["visits"], seen["refused"]) == (3, 1)
    assert not seen["failed"]
    assert not seen["errors"]
    assert seen["turns"] >= 2
    assert seen["received"] > 100
    await nobody_left(running)


async def test_a_storm_of_visitors_leaves_the_one_who_stays(running: Running) -> None:
    seen = await crowd(str(running.http.base_url), 1, 8.0, way="chat", interrupts=0.5, storm=12, at_once=4)
    assert seen["storm"]["visits"] > 4
    for visits in seen.values():
        assert not visits["refused"]
        assert not visits["failed"]
        assert not visits["errors"]
    assert seen["staying"]["visits"] == 1
    assert seen["staying"]["turns"] >= 1
    await nobody_left(running)
    page = (await running.http.get("/metrics")).text
    assert 'talking_head_queue_depth{queue="connections"} 0.0' in page
    assert "talking_head_late_pictures_total" in page


async def test_who_hangs_up_before_the_answer_keeps_no_place(running: Running) -> None:
    body = (await browsers_offer()).encode()
    before = asyncio.all_tasks()
    async with running.server.gate.turn():  # the visitor has to wait, for as long as this test likes
        _, writer = await asyncio.open_connection(running.http.base_url.host, running.http.base_url.port)
        head = f"POST /whep HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        while running.server.gate.depth == 0:
            await asyncio.sleep(0.01)
        answers = [task for task in asyncio.all_tasks() - before if "run_asgi" in repr(task.get_coro())]
        assert len(answers) == 1
        writer.close()
        await writer.wait_closed()
        assert (await running.http.get("/healthz")).status_code == 200  # by now the server has heard that it hung up
    await asyncio.wait(answers)
    assert not running.server.peers
    async with asyncio.timeout(60):
        while running.container.loop.sessions:  # the loop lets go of it in its own thread
            await asyncio.sleep(0.01)
