"""What /metrics says."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from talking_head.server.metrics import Metrics
from talking_head.server.received import MOST
from talking_head.system.fair_executor import FairExecutor
from talking_head.webrtc.events import ClientStats
from tests.unit.loop.virtual import Session, make


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


def test_what_browsers_receive_is_summed_over_all() -> None:
    loop, _ = make()
    metrics = Metrics(loop, [])
    first = ClientStats(
        frames_decoded=100, frames_dropped=2, freezes=1, packets_lost=7, fps=24.0, rtt_ms=30.0, av_skew_ms=-12.0
    )
    metrics.received.add(first, ClientStats())
    later = ClientStats(
        frames_decoded=125,
        frames_dropped=2,
        freezes=1,
        packets_lost=9,
        jitter_ms=4.0,
        jitter_buffer_ms=60.0,
        bitrate_kbps=900.0,
    )
    metrics.received.add(later, first)
    figures = read(metrics)
    assert figures["talking_head_received_pictures_total"] == 125
    assert figures["talking_head_dropped_pictures_total"] == 2
    assert figures["talking_head_freezes_total"] == 1
    assert figures["talking_head_lost_packets_total"] == 9
    assert figures["talking_head_received_fps_sum"] == 24
    assert figures["talking_head_round_trip_seconds_sum"] == pytest.approx(0.03)
    assert figures["talking_head_skew_seconds_bucket{-0.02}"] == 0
    assert figures["talking_head_skew_seconds_bucket{0.0}"] == 1
    assert figures["talking_head_received_jitter_seconds_sum"] == pytest.approx(0.004)
    assert figures["talking_head_jitter_buffer_seconds_sum"] == pytest.approx(0.06)
    assert figures["talking_head_received_bits_per_second_sum"] == 900_000


def test_every_figure_of_a_digest_is_kept() -> None:
    loop, _ = make()
    metrics = Metrics(loop, [])
    before = metrics.render()
    for field in set(ClientStats.model_fields) - {"type"}:
        metrics.received.add(ClientStats.model_validate({field: 3}), ClientStats())
        after = metrics.render()
        assert after != before, field
        before = after


def test_a_browser_that_lies_spoils_little() -> None:
    loop, _ = make()
    metrics = Metrics(loop, [])
    metrics.received.add(
        ClientStats(
            frames_decoded=10**30,
            packets_lost=-5,
            fps=float("nan"),
            rtt_ms=float("inf"),
            bitrate_kbps=1e300,
            jitter_ms=-1e300,
        ),
        ClientStats(),
    )
    figures = read(metrics)
    assert figures["talking_head_received_pictures_total"] == MOST
    assert figures["talking_head_lost_packets_total"] == 0
    assert figures["talking_head_received_fps_count"] == figures["talking_head_round_trip_seconds_count"] == 0
    assert figures["talking_head_received_bits_per_second_sum"] == figures["talking_head_received_jitter_seconds_sum"] == 0
