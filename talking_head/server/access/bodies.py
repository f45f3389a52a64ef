"""Bodies of requests that come slowly, never, or without an end: they are given up, and who sends them is told so."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from talking_head.server import http

_LATE = "The rest of this request did not come in time. Send it again, please."
# Of a refused body so much is read away before the answer, for so long: who is still sending when a connection is closed hears
# of a reset, and never the reason.
_READ_AWAY, _READ_AWAY_S = 16_000_000, 5.0


class Body:
    """The body of one request, and the answer to it: :meth:`pass_to` has an app read the one and send the other.

    ``chunk_s``, ``body_s``: how long a piece of it, and all of it, may take; ``most``: bytes. Beyond that the client hears 408
    or 413 at once, whatever the app would have said, and to the app it is gone. ``refused``: that status, 0 for none.
    """

    def __init__(self, receive: Receive, send: Send, *, chunk_s: float, body_s: float, most: float) -> None:
        self._receive, self._send = receive, send
        self._chunk_s, self._most = chunk_s, most
        self._until = asyncio.get_running_loop().time() + body_s
        self._whole = self._gone = self._answered = False
        self._count = 0
        self.refused = 0

    async def pass_to(self, app: ASGIApp, scope: Scope) -> None:
        """Raises what ``app`` raises, but for a client who is gone."""

        async def receive() -> Message:
            return await self._piece(scope)

        try:
            await app(scope, receive, self._pass_on)
        except ClientDisconnect:
            if not self._answered:  # nobody hears it; but a request without an answer counts as a fault of ours
                await http.answer(400, "input", "The request ended before its body did.")(scope, self._receive, self._send)

    async def _piece(self, scope: Scope) -> Message:
        if self._gone:
            return {"type": "http.disconnect"}
        if self._whole:  # what comes now is the client hanging up, which may take as long as it likes
            return await self._receive()
        left = self._until - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(self._chunk_s, max(0.0, left))):
                message = await self._receive()
        except TimeoutError:
            return await self._give_up(scope, 408, "timeout", _LATE)
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._count += len(message.get("body", b""))
        if self._count > self._most:
            if not self._whole:
                await read_away(self._receive)
            return await self._give_up(scope, 413, "refused", too_large(self._most))
        return message

    async def _give_up(self, scope: Scope, status: int, code: str, message: str) -> Message:
        self._gone = True
        if not self._answered:
            self._answered, self.refused = True, status
            await http.answer(status, code, message, {"Connection": "close"})(scope, self._receive, self._send)
        return {"type": "http.disconnect"}

    async def _pass_on(self, message: Message) -> None:
        if self.refused:
            return
        self._answered = True
        await self._send(message)


def too_large(most: float) -> str:
    """The sentence for a body of more than ``most`` bytes."""
    return f"This is larger than the {most // 1000:.0f} kB that are taken here."


async def read_away(receive: Receive) -> bool:
    """Read what is left of a body that nobody wants; whether its end was reached."""
    count, more = 0, True
    try:
        async with asyncio.timeout(_READ_AWAY_S):
            while more and count <= _READ_AWAY:
                message = await receive()
                count += len(message.get("body", b""))
                more = message["type"] == "http.request" and message.get("more_body", False)
    except TimeoutError:
        return False
    return not more
