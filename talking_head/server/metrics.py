"""Prometheus figures of a running server: ``GET /metrics``.

What the loop and the executors keep anyway is read when somebody asks; only latencies and the lag of the event loop are
observed as they happen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import psutil
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from talking_head.loop import InferenceLoop
from talking_head.server.received import Received
from talking_head.system.event_loop import lateness

_LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.1, 0.25, 1.0)
_LATENCY_BUCKETS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 4.0)


class Queue(Protocol):
    """Where something waits: a model's executor, the gate of connections."""

    name: str

    @property
    def depth(self) -> int:
        """How many wait."""
        ...


class Metrics:
    """All figures of one server. Give ``render()`` to the route, run :meth:`watch_event_loop` as a task.

    ``late``, ``first_frame`` and ``received`` are fed by the peers, ``media_lag`` by the media processes.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, loop: InferenceLoop, queues: Sequence[Queue]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Readings(loop, queues))
        self.event_loop_lag = Histogram(
            "talking_head_event_loop_lag_seconds",
            "How late the event loop wakes a task that slept",
            buckets=_LAG_BUCKETS,
            registry=self._registry,
        )
        self.media_lag = Histogram(
            "talking_head_media_event_loop_lag_seconds",
            "How late the event loop of a media process was at worst within a second",
            buckets=_LAG_BUCKETS,
            registry=self._registry,
        )
        self.late = Counter(
            "talking_head_late_pictures",
            "Pictures that were due and not there: the one before was sent again, with silence",
            registry=self._registry,
        )
        self.first_frame = Histogram(
            "talking_head_first_frame_seconds",
            "From the visitor's text to the first spoken frame handed to the network",
            buckets=_LATENCY_BUCKETS,
            registry=self._registry,
        )
        self.received = Received(self._registry)

    def render(self) -> bytes:
        """The page, in the text format of Prometheus."""
        return generate_latest(self._registry)

    async def watch_event_loop(self) -> None:
        """Observe the event loop's lag until cancelled."""
        async for late in lateness():
            self.event_loop_lag.observe(late)


class _Readings(Collector):
    """What is read at the time of asking."""

    def __init__(self, loop: InferenceLoop, queues: Sequence[Queue]) -> None:
        self._loop, self._queues = loop, queues
        self._process = psutil.Process(os.getpid())

    def collect(self) -> Iterable[Metric]:
        stats = self._loop.stats
        yield GaugeMetricFamily("talking_head_sessions", "Faces in the loop", self._loop.sessions)
        yield GaugeMetricFamily("talking_head_capacity", "Faces that fit at full rate", self._loop.capacity)
        yield CounterMetricFamily("talking_head_frames", "Frames delivered", stats.frames)
        yield CounterMetricFamily("talking_head_late_frames", "Frames that missed their deadline", stats.late_frames)
        yield CounterMetricFamily("talking_head_repeated_frames", "Pictures repeated for want of time", stats.repeated_frames)
        yield CounterMetricFamily("talking_head_jumped_ticks", "Ticks left out because the loop was behind", stats.jumped_ticks)
        yield CounterMetricFamily("talking_head_failed_seats", "Faces that were ended by a failure", stats.failed_slots)
        yield CounterMetricFamily("talking_head_refused", "Visitors turned away because the server was full", stats.refused)
        sizes = list(stats.batch_sizes)
        yield GaugeMetricFamily("talking_head_batch_size", "Pictures in the last batch", sizes[-1] if sizes else 0)
        batch = GaugeMetricFamily(
            "talking_head_batch_milliseconds", "Time of a batch over the last minute", labels=["quantile"]
        )
        for quantile in (50, 95, 99):
            batch.add_metric([str(quantile / 100)], stats.percentile(quantile))
        yield batch
        total = SummaryMetricFamily("talking_head_batch_seconds", "Time of all batches")
        total.add_metric([], stats.ticks, stats.seconds)
        yield total
        queue = GaugeMetricFamily(
            "talking_head_queue_depth", "Jobs for a model, visitors whose connection waits", labels=["queue"]
        )
        for waiting in self._queues:
            queue.add_metric([waiting.name], waiting.depth)
        yield queue
        yield GaugeMetricFamily("talking_head_resident_bytes", "Memory of this process", self._process.memory_info().rss)
        yield from _device_memory()


def _device_memory() -> Iterator[Metric]:
    torch = sys.modules.get("torch")  # whoever asks for figures must not load a framework
    if torch is None or not torch.cuda.is_available():
        return
    memory = GaugeMetricFamily("talking_head_device_memory_bytes", "Memory taken on a GPU", labels=["device", "kind"])
    for index in range(torch.cuda.device_count()):
        free, size = torch.cuda.mem_get_info(index)
        memory.add_metric([f"cuda:{index}", "used"], size - free)
        memory.add_metric([f"cuda:{index}", "reserved"], torch.cuda.memory_reserved(index))
        memory.add_metric([f"cuda:{index}", "allocated"], torch.cuda.memory_allocated(index))
    yield memory
