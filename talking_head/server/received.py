"""What browsers say that they receive, summed over all visitors, for ``GET /metrics``.

A browser sends a digest of its ``getStats()`` about once a second (``events.ClientStats``). It may say anything: numbers that
are none, or are further from zero than :data:`FAR` times the last bucket, are left out (one would outweigh all others in the
sum), and no single digest moves a counter by more than :data:`MOST`.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from talking_head.webrtc.events import ClientStats

FAR = 1_000
MOST = 10_000  # pictures or packets that can be lost between two digests of one browser

_MS = 0.001
# Field of the digest → name, meaning, unit in the name's, buckets. One observation a digest.
_OBSERVED = {
    "fps": ("talking_head_received_fps", "Pictures a second that a browser shows", 1, (5, 10, 15, 18, 20, 22, 24, 26)),
    "jitter_ms": (
        "talking_head_received_jitter_seconds",
        "How unevenly packets arrive, the worse of sound and picture",
        _MS,
        (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    ),
    "jitter_buffer_ms": (
        "talking_head_jitter_buffer_seconds",
        "How long a browser keeps sound before it plays it",
        _MS,
        (0.02, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4, 0.8),
    ),
    "bitrate_kbps": (
        "talking_head_received_bits_per_second",
        "Sound and picture that arrive",
        1000,
        (100e3, 250e3, 500e3, 1e6, 2e6, 4e6),
    ),
    "rtt_ms": (
        "talking_head_round_trip_seconds",
        "From server to browser and back",
        _MS,
        (0.005, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0),
    ),
    "av_skew_ms": (
        "talking_head_skew_seconds",
        "Sound behind picture, as a browser plays them",
        _MS,
        (-0.16, -0.08, -0.04, -0.02, 0.0, 0.02, 0.04, 0.08, 0.16),
    ),
}
# Field of the digest, a count since the connection began → name and meaning of the sum over all connections.
_COUNTED = {
    "frames_decoded": ("talking_head_received_pictures", "Pictures that browsers decoded"),
    "frames_dropped": ("talking_head_dropped_pictures", "Pictures that browsers decoded and did not show"),
    "freezes": ("talking_head_freezes", "Times that a picture stood still in a browser"),
    "packets_lost": ("talking_head_lost_packets", "Packets that never reached a browser"),
}


class Received:
    """The figures of all browsers, registered with ``registry``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._observed = {
            field: (Histogram(name, meaning, buckets=buckets, registry=registry), unit)
            for field, (name, meaning, unit, buckets) in _OBSERVED.items()
        }
        self._counted = {field: Counter(name, meaning, registry=registry) for field, (name, meaning) in _COUNTED.items()}

    def add(self, now: ClientStats, before: ClientStats) -> None:
        """Take a digest; ``before``: the last one of the same connection, or an empty one."""
        for field, (histogram, unit) in self._observed.items():
            value, most = getattr(now, field), FAR * _OBSERVED[field][3][-1]
            if value is not None and abs(value * unit) <= most:  # false for what is no number
                histogram.observe(value * unit)
        for field, counter in self._counted.items():
            grown = (getattr(now, field) or 0) - (getattr(before, field) or 0)
            if grown > 0:
                counter.inc(min(grown, MOST))
