"""WHEP: a browser opens a session by an SDP offer, tells of its candidates, and ends it. See web/PROTOCOL.md."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from talking_head.server import http
from talking_head.server.access import turn
from talking_head.server.routes import docs
from talking_head.server.state import Server
from talking_head.webrtc.offers import check as offer_check


def whep_routes(app: FastAPI, server: Server) -> None:
    """Add the routes."""

    @app.post("/whep", status_code=201, tags=["sessions"], openapi_extra=docs.SDP, responses=docs.WHEP_ANSWERS)
    async def whep(request: Request, avatar: str | None = None, voice: str = "", speed: float = 1.0) -> Response:
        """Open a session: an SDP offer in, an SDP answer out. ``voice``, ``speed``: instead of the presenter's own."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/sdp":
            raise http.Refused(415, "Post the SDP offer as application/sdp.")
        body = await http.read_body(request, offer_check.MAX_BYTES)
        who = http.visitor(request)
        offer = body.decode("utf-8", "replace")
        peer, answer = await server.connect(offer, avatar, http.address(request), who, voice, speed)
        if await request.is_disconnected():  # a browser that waits no longer asks anew, and finds its own place taken
            await peer.close()
        headers = {"Location": f"/whep/{peer.session.id}"}
        if links := [turn.link(ice) for ice in server.config.stream.ice_servers]:
            headers["Link"] = ", ".join(links)
        return Response(answer, 201, headers, media_type="application/sdp")

    @app.head("/whep/{session}", status_code=204, tags=["sessions"], responses=docs.SESSION_ANSWERS)
    async def there(session: str) -> Response:
        """Whether the session is there: 204 or 404."""
        server.peer(session)
        return Response(status_code=204)

    @app.delete("/whep/{session}", tags=["sessions"], responses=docs.SESSION_ANSWERS)
    async def leave(session: str) -> Response:
        """End the session; 200 also where it has ended just before, by “bye”."""
        if session not in server.left:
            await server.peer(session).close()
        return Response(status_code=200)

    @app.patch(
        "/whep/{session}", status_code=204, tags=["sessions"], openapi_extra=docs.FRAGMENT, responses=docs.SESSION_ANSWERS
    )
    async def trickle(session: str, request: Request) -> Response:
        """Candidates that were found after the offer (trickle ICE)."""
        peer = server.peer(session)
        fragment = (await http.read_body(request, offer_check.MAX_BYTES)).decode("utf-8", "replace")
        mid = "0"
        for line in fragment.splitlines():
            if line.startswith("a=mid:"):
                mid = line[6:]
            elif line.startswith("a=candidate:"):
                await peer.add_candidate(line[len("a=candidate:") :], mid)
        return Response(status_code=204)
