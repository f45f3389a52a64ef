"""Words over HTTP for a session that is open: say, answer, hear, be silent."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from talking_head.listen.tone.subdued import letters
from talking_head.server import http
from talking_head.server.listening import spoken
from talking_head.server.routes import docs
from talking_head.webrtc.client import ClientSession


def word_routes(app: FastAPI, peer_of: Callable[[str], ClientSession], limit: int) -> None:
    """Add the routes under ``/sessions``. ``peer_of``: a session by its id, Refused (404) where there is none; ``limit``:
    characters of a text."""

    @app.post("/sessions/{session}/say", status_code=202, tags=["words"], openapi_extra=docs.TEXT, responses=docs.TEXT_ANSWERS)
    async def say(session: str, request: Request) -> JSONResponse:
        """Speak a text word for word."""
        peer = peer_of(session)
        return JSONResponse({"turn": peer.say(await http.read_text(request, limit))}, 202)

    @app.post("/sessions/{session}/chat", status_code=202, tags=["words"], openapi_extra=docs.TEXT, responses=docs.TEXT_ANSWERS)
    async def chat(session: str, request: Request) -> JSONResponse:
        """Answer a text."""
        peer = peer_of(session)
        return JSONResponse({"turn": peer.chat(await http.read_text(request, limit))}, 202)

    @app.post("/sessions/{session}/audio", status_code=202, tags=["words"], responses=docs.TEXT_ANSWERS)
    async def audio(session: str, request: Request) -> JSONResponse:
        """Answer what is said in a WAV file (16-bit PCM, at most 60 s); ``subdued``: whether it sounds clearly so."""
        peer = peer_of(session)
        text, prosody = await spoken(peer.listen, request, peer.session.name)
        subdued = peer.habits is not None and peer.habits.heard(prosody, letters(text))
        return JSONResponse({"turn": peer.chat(text, subdued=subdued), "text": text, "subdued": subdued}, 202)

    @app.post("/sessions/{session}/interrupt", status_code=202, tags=["words"], responses=docs.SESSION_ANSWERS)
    async def interrupt(session: str) -> JSONResponse:
        """Be silent now."""
        peer = peer_of(session)
        peer.session.interrupt()
        return JSONResponse({"turn": peer.session.turn}, 202)
