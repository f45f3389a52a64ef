"""What /metrics says."""

from __future__ import annotations

import asyncio
import threading
import time

from prometheus_client.parser import text_string_to_metric_families

from talking_head.loop import FairExecutor
from talking_head.server.metrics import Metrics
from tests.unit.loop.test_loop import Session, make


def read(metrics: Metrics) -> dict[str, float]:
    samples: dict[str, float] = {}
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


def test_reads_the_loop_and_the_lanes() -> None:
    loop, _ = make(capacity=7)
    for _ in range(3):
        Session([0.1] * 4).join(loop)
    loop.run(5)
    executor = FairExecutor("speech")
    gate, started = threading.Event(), threading.Event()
    executor.submit("a", lambda: (started.set(), gate.wait()))
    assert started.wait(60)
    executor.submit("a", lambda: None)
    executor.submit("b", lambda: None)
    figures = read(Metrics(loop, [executor]))
    gate.set()
    assert figures["talking_head_sessions"] == 3
    assert figures["talking_head_capacity"] == 7
    assert figures["talking_head_frames_total"] == 15
    assert figures["talking_head_late_frames_total"] == 0
    assert figures["talking_head_batch_size"] == 3
    assert figures["talking_head_batch_seconds_count"] == 5
    assert figures["talking_head_queue_depth{speech}"] == 2
    assert figures["talking_head_resident_bytes"] > 1e6


async def test_notices_a_blocked_event_loop() -> None:
    loop, _ = make()
    metrics = Metrics(loop, [])
    watch = asyncio.create_task(metrics.watch_event_loop())
    await asyncio.sleep(0)
    time.sleep(0.4)  # what must never happen on an event loop
    while not read(metrics)["talking_head_event_loop_lag_seconds_count"]:
        await asyncio.sleep(0.01)
    watch.cancel()
    assert read(metrics)["talking_head_event_loop_lag_seconds_sum"] > 0.2
