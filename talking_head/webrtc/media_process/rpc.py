"""Messages between the server and a media process: one JSON array a line, over a socket, never waiting."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, cast

log = logging.getLogger(__name__)


class RpcChannel(asyncio.Protocol):
    """``received(name, *rest)`` and ``lost()`` are called on the event loop."""

    def __init__(self, received: Callable[..., None], lost: Callable[[], None]) -> None:
        self._received, self._lost = received, lost
        self._transport: asyncio.Transport | None = None
        self._left = b""

    def send(self, name: str, *rest: Any) -> None:
        """A message; forgotten where the other side is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(json.dumps((name, *rest)).encode() + b"\n")

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        *messages, self._left = (self._left + data).split(b"\n")
        for message in messages:
            try:
                self._received(*json.loads(message))
            except Exception:  # one connection's trouble must not end the channel of all
                log.exception("a message could not be carried out: %.100s", message)

    def connection_lost(self, _: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._lost()
