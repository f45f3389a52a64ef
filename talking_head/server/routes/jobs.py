"""Jobs over HTTP: list, show, follow, cancel, make again, download. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from talking_head.jobs import ENDED, Job, JobRunner
from talking_head.server import http
from talking_head.server.access.routes import client_of
from talking_head.server.http import HEARTBEAT_S
from talking_head.server.routes import docs

# Only what a player or an editor opens is named; the rest is bytes, and no browser takes it for a page.
_TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".wav": "audio/wav",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".csv": "text/csv",
    ".c2pa": "application/c2pa",
}


def owner_of(request: Request) -> str:
    """Whose jobs a visitor sees: those of a key, or of an address."""
    return client_of(http.visitor(request), http.address(request))


def seen(request: Request, job: Job | None) -> Job:
    """``job`` if the visitor may see it: its owner, and whoever may do everything. Refused (404) else."""
    if job is None or not ("admin" in http.visitor(request).scopes or job.owner == owner_of(request)):
        raise http.Refused(404, "There is no such job here; it may have been deleted.")
    return job


def described(runner: JobRunner, job: Job) -> dict[str, Any]:
    """What a visitor sees of a job."""
    times = {
        name: datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at else None
        for name, at in (("created", job.created), ("started", job.started), ("ended", job.ended))
    }
    files = [
        {"name": file.name, "bytes": file.stat().st_size, "url": f"/jobs/{job.id}/files/{file.name}"}
        for file in runner.files(job.id)
    ]
    known = {name: getattr(job, name) for name in ("id", "kind", "title", "state", "sentence", "code", "parameters", "result")}
    return known | times | {"progress": round(job.progress, 4), "files": files}


def job_routes(app: FastAPI, runner: JobRunner) -> None:
    """Add the routes under ``/jobs``."""

    async def found(request: Request, job: str) -> Job:
        return seen(request, await asyncio.to_thread(runner.job, job))

    @app.get("/jobs", tags=["jobs"], responses=docs.answers())
    async def listed(request: Request) -> list[dict[str, Any]]:
        """The visitor's jobs, the newest first."""
        owner = None if "admin" in http.visitor(request).scopes else owner_of(request)
        return await asyncio.to_thread(lambda: [described(runner, job) for job in runner.jobs(owner)])

    @app.get("/jobs/{job}", tags=["jobs"], responses=docs.JOB_ANSWERS)
    async def shown(job: str, request: Request) -> dict[str, Any]:
        """One of them: ``state`` (queued, running, done, failed, cancelled), ``progress`` 0..1, ``sentence``, ``files``."""
        return await asyncio.to_thread(described, runner, await found(request, job))

    @app.get("/jobs/{job}/events", tags=["jobs"], responses=docs.JOB_ANSWERS)
    async def events(job: str, request: Request) -> StreamingResponse:
        """The same as server-sent events named ``job``, at every change, until it has ended."""
        first = await found(request, job)
        return StreamingResponse(
            _stream(runner, first),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @app.delete("/jobs/{job}", tags=["jobs"], responses=docs.JOB_ANSWERS | {204: {"description": "It is forgotten"}})
    async def ended(job: str, request: Request) -> Response:
        """Cancel a job (200, with the job); forget one that has ended, with its files (204)."""
        if (await found(request, job)).state in ENDED:
            await asyncio.to_thread(runner.forget, job)
            return Response(status_code=204)
        cancelled = seen(request, await asyncio.to_thread(runner.cancel, job))
        return JSONResponse(await asyncio.to_thread(described, runner, cancelled))

    @app.post("/jobs/{job}/again", status_code=202, tags=["jobs"], responses=docs.JOB_ANSWERS | docs.answers(400, 429))
    async def again(job: str, request: Request) -> dict[str, Any]:
        """Queue the same once more."""
        old = await found(request, job)
        return await asyncio.to_thread(lambda: described(runner, runner.again(old)))

    @app.head("/jobs/{job}/files/{name}", include_in_schema=False)
    @app.get("/jobs/{job}/files/{name}", tags=["jobs"], responses=docs.JOB_ANSWERS)
    async def download(job: str, name: str, request: Request) -> FileResponse:
        """A file of the job; parts of it, too (Range)."""
        held = await asyncio.to_thread(runner.files, (await found(request, job)).id)
        file = next((file for file in held if file.name == name), None)
        if file is None:
            raise http.Refused(404, "This job has no such file.")
        return FileResponse(file, media_type=_TYPES.get(file.suffix.lower(), "application/octet-stream"), filename=file.name)


async def _stream(runner: JobRunner, first: Job) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    changes: asyncio.Queue[Job] = asyncio.Queue()

    def heard(job: Job) -> None:
        if job.id != first.id:
            return
        with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(changes.put_nowait, job)

    silence = runner.listen(heard)
    try:
        job = runner.job(first.id) or first  # it may have changed before anybody listened
        while True:
            yield f"event: job\ndata: {json.dumps(await asyncio.to_thread(described, runner, job))}\n\n"
            if job.state in ENDED:
                return
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        job = await changes.get()
                    break
                except TimeoutError:
                    yield ": still here\n\n"
            while not changes.empty():  # only the newest counts
                job = changes.get_nowait()
    finally:
        silence()
