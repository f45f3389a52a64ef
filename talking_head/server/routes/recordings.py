"""Recordings over HTTP: a visitor's own link, deleted after some hours; and the owner's wish that a session be recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from talking_head.server import http
from talking_head.server.recording.store import Recording, Recordings
from talking_head.server.routes import docs
from talking_head.webrtc.client import ClientSession

_TYPES = {".mp4": "video/mp4", ".webm": "video/webm", ".c2pa": "application/c2pa"}
_HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}  # the address is the key to it


def recording_routes(app: FastAPI, recordings: Recordings, peer_of: Callable[[str], ClientSession]) -> None:
    """Add the routes under ``/recordings``. ``peer_of``: a session by its id, Refused (404) where there is none."""

    async def found(token: str) -> Recording:
        recording = await asyncio.to_thread(recordings.find, token)
        if recording is None:
            raise http.Refused(404, "There is no such recording; it was deleted, or its time is over.")
        return recording

    @app.post("/sessions/{session}/recording", status_code=202, tags=["recordings"], responses=docs.SESSION_ANSWERS)
    async def asked(session: str) -> JSONResponse:
        """Ask the visitor of a session whether it may be recorded. Nothing is recorded before they agree."""
        peer = peer_of(session)
        if peer.recording is None:
            raise http.Refused(403, "This session cannot be recorded: who is shown has not agreed, or it is switched off.")
        peer.recording.ask()
        return JSONResponse({"asked": True}, 202)

    @app.get("/recordings", tags=["recordings"], responses=docs.answers())
    async def listed() -> list[dict[str, Any]]:
        """All that are kept, the newest first; for whoever may do everything."""
        return [_told(recordings, each) for each in await asyncio.to_thread(recordings.all)]

    @app.head("/recordings/{token}", tags=["recordings"], responses=docs.answers(404))
    async def there(token: str) -> Response:
        """200: it can be fetched; 202: it is being recorded or made; 404: there is none."""
        recording = await found(token)
        _check(recording)
        return Response(status_code=200 if recording.file else 202, headers=_HEADERS)

    @app.get("/recordings/{token}", tags=["recordings"], responses=docs.answers(404, 422))
    async def fetched(token: str, request: Request, manifest: bool = False) -> Response:
        """The film; parts of it, too (Range). 202 while it is being made. ``manifest``: a WebM's content credentials."""
        recording = await found(token)
        _check(recording)
        file = recording.beside if manifest else recording.file
        if file is None and manifest:
            raise http.Refused(404, "Its content credentials are in the film itself.")
        if file is None:
            return JSONResponse(_told(recordings, recording), 202, _HEADERS)
        return FileResponse(file, media_type=_TYPES[file.suffix], filename=file.name, headers=_HEADERS)

    @app.delete("/recordings/{token}", status_code=204, tags=["recordings"], responses=docs.answers(404, 409))
    async def deleted(token: str) -> Response:
        """Delete it now; whoever has the link may."""
        recording = await found(token)
        if recordings.live(recording):
            raise http.Refused(409, "It is still being recorded or made. Stop it first, or wait a moment.")
        await asyncio.to_thread(recordings.delete, recording)
        return Response(status_code=204)


def _check(recording: Recording) -> None:
    if recording.failed:
        raise http.Refused(422, recording.failed)


def _told(recordings: Recordings, recording: Recording) -> dict[str, Any]:
    began, until = (
        datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
        for at in (recording.about.began, recordings.until(recording))
    )
    file = recording.file
    return {
        "url": f"/recordings/{recording.token}",
        "state": "done" if file else "failed" if recording.failed else "making",
        "presenter": recording.about.presenter,
        "voice": recording.about.voice,
        "began": began,
        "until": until,
        "bytes": file.stat().st_size if file else 0,
    }
