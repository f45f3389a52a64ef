"""HTTP connections that do not get to the end of their headers are closed, and one address cannot hold all of them.

uvicorn waits for ever for the first byte of a request; a thousand clients who never send it are a thousand descriptors. It also
keeps headers of any length, and trailers behind a body. Who connects over TLS and never begins its handshake is not even known
to a protocol, and kept for a minute.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from talking_head.system.network import among

HEADER_S = 10.0
MOST_HEADER = 64 * 1024  # bytes of all headers of a request, its trailers included
PER_ADDRESS = 128  # connections; a browser opens six


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a limit to waiting. Make a subclass a server with :func:`patient`."""

    header_s = HEADER_S
    per_address = PER_ADDRESS
    proxies: frozenset[str] = frozenset()
    open_from: Counter[str]
    _waiting: asyncio.TimerHandle | None = None
    _address = ""
    _unread = 0  # bytes since the parser last came to the end of something
    _header = 0  # bytes of this request's headers

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.open_from[self._address] += 1
        if self.open_from[self._address] > self.per_address and not among(self._address, self.proxies):
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._done()
        self.open_from[self._address] -= 1
        if self.open_from[self._address] <= 0:
            del self.open_from[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MOST_HEADER + len(data):  # what came before this piece belongs to no header that has an end
            self._done()
            self._give_up()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser, for a trailer as well."""
        self._header += len(name) + len(value)
        if self._header > MOST_HEADER:
            raise ValueError("too many headers")  # the parser makes it an invalid request: 400
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._unread = 0
        super().on_body(body)

    def on_message_begin(self) -> None:
        """Called by the parser: the first byte of a request is here."""
        self._header = 0
        if self._waiting is None:  # a connection that was kept alive
            self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._done()
        self._unread = 0
        super().on_headers_complete()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.header_s, self._give_up)

    def _done(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.abort()


def shake_hands_within(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """Have servers that ``loop`` opens from now on close a connection whose TLS handshake takes longer than ``seconds``."""
    create: Any = loop.create_server

    async def limited(*args: Any, ssl: Any = None, **options: Any) -> asyncio.Server:
        patience = {"ssl_handshake_timeout": seconds} if ssl is not None else {}
        server: asyncio.Server = await create(*args, ssl=ssl, **options, **patience)
        return server

    loop.create_server = limited  # type: ignore[method-assign]  # uvicorn passes no such option on


def patient(header_s: float = HEADER_S, per_address: int = PER_ADDRESS, proxies: Collection[str] = frozenset()) -> type[Any]:
    """The protocol for one server, with its own count of connections. From ``proxies`` (addresses, networks, or “*”) everybody
    comes, so that nothing is counted of them; they count their visitors themselves.
    """
    limits = {"header_s": header_s, "per_address": per_address, "proxies": frozenset(proxies)}
    return type("Protocol", (PatientProtocol,), {**limits, "open_from": Counter()})
