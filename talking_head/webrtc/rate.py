"""How much one session may send: messages by a bucket of tokens, and bytes of a message that does not end."""

from __future__ import annotations

import time

from aiortc import RTCPeerConnection

MAX_UNFINISHED = 256 * 1024  # bytes; the longest message that a page sends has 16 KiB
_FRAGMENT, _STREAM, _CHANNEL = 600, 400, 3_000  # bytes of the objects that aiortc keeps for each


class Bucket:
    """Tokens that come back at ``per_s`` a second, up to ``most``: for the messages of one session."""

    def __init__(self, per_s: float, most: float) -> None:
        self._per_s, self._most = per_s, most
        self._left, self._at = most, time.monotonic()

    def take(self) -> bool:
        """Take one; False if there is none."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def wait_s(self) -> int:
        """Whole seconds until there is one."""
        return max(1, round((1 - self._left) / self._per_s))


def unfinished_bytes(connection: RTCPeerConnection) -> int:
    """How much of the data channels waits for its end, in bytes: of messages, and of what aiortc keeps for each of their
    fragments, for a stream and for a channel. Fragments may be empty, and there may be 65 535 streams.

    aiortc puts fragments together without a bound: it tells the sender of a full window, and takes in what comes all the same.
    """
    if connection.sctp is None:
        return 0
    streams = connection.sctp._inbound_streams.values()
    waiting = sum(_FRAGMENT + len(chunk.user_data) for stream in streams for chunk in stream.reassembly)
    return waiting + _STREAM * len(streams) + _CHANNEL * len(connection.sctp._data_channels)
