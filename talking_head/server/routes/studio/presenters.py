"""Presenters over HTTP: changed, carried away and brought in as a file, given a net of their own. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from talking_head.config import Config
from talking_head.errors import ConfigError, InputError
from talking_head.extras import need
from talking_head.face import avatars
from talking_head.jobs import JobRunner
from talking_head.provenance import consents
from talking_head.provenance.identity import identity
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.container import AppContainer
from talking_head.server.presenter.changes import AvatarWatch
from talking_head.server.routes import docs
from talking_head.server.routes.avatars import check_editable, described
from talking_head.server.routes.jobs import described as job_described
from talking_head.server.routes.jobs import owner_of
from talking_head.server.routes.studio.forms import PROFILE, answered, form_of, picture_of
from talking_head.studio import archive
from talking_head.studio.service import Studio


class Training(BaseModel):
    """A net of a presenter's own, trained on the video of a draft."""

    model_config = ConfigDict(extra="forbid")

    draft: str
    minutes: Annotated[float, Field(gt=0, le=1440, allow_inf_nan=False)] = 40


def presenter_routes(
    app: FastAPI, container: AppContainer, config: Config, audit: Audit, studio: Studio, watch: AvatarWatch
) -> None:
    """Add the routes."""
    packing = asyncio.Semaphore(1)  # one file at a time: the threads are those of all requests

    @app.get("/presenters/events", tags=["studio"], responses=docs.answers(503))
    async def events() -> StreamingResponse:
        """Server-sent events named “avatars”: the list has changed, whoever changed it."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(watch.events(), media_type="text/event-stream", headers=headers)

    @app.post("/presenters", status_code=201, tags=["studio"], openapi_extra=docs.PRESENTER, responses=docs.UPLOAD_ANSWERS)
    async def imported(request: Request) -> JSONResponse:
        """A presenter's file as “file”; “name”: another name; “trust” = “yes”: also if another server signed its consent."""
        check_editable(config)
        async with form_of(request, archive.MOST_BYTES) as form:
            file, name, trust = form.get("file"), form.get("name"), form.get("trust")
            if not isinstance(file, UploadFile):
                raise http.Refused(422, "Send a multipart form with the presenter's file as “file”.")
            wanted = name.strip() if isinstance(name, str) else ""
            if wanted and container.faces.knows(wanted):
                raise http.Refused(
                    409, f"There is already a presenter “{wanted[:60]}”. Choose another name.", "presenter_taken"
                )
            brought = await answered(lambda: asyncio.to_thread(studio.bring_in, file.file, wanted, trust=trust == "yes"))
        audit.note("avatar added", http.visitor(request), http.address(request), avatar=brought.avatar.name)
        await watch.look()
        told = await asyncio.to_thread(described, container, brought.avatar.name, config)
        return JSONResponse(told | {"foreign": brought.foreign}, 201)

    @app.get("/presenters/{name}/file", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def exported(name: str) -> Response:
        """The presenter as one file, to be kept or brought to another server."""
        _known(container, name)
        folder = Path(tempfile.mkdtemp(prefix="presenter-"))
        try:
            out = folder / f"{name}{archive.ENDING}"
            async with packing:
                await answered(lambda: asyncio.to_thread(studio.carry_out, name, out, config.avatar.folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
        return FileResponse(out, media_type="application/zip", filename=out.name, background=gone)

    @app.get("/presenters/{name}/consent", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def agreed(name: str) -> dict[str, Any]:
        """The record of consent, and whether it holds: “problem” is a sentence where it does not."""
        _known(container, name)
        avatar = await answered(lambda: asyncio.to_thread(avatars.find, name, config.avatar.folder))
        try:
            record = await asyncio.to_thread(consents.read, avatar.folder, identity())
        except ConfigError as error:
            return {"name": name, "record": None, "problem": str(error)}
        told = None if record is None else dataclasses.asdict(record)
        return {"name": name, "record": told, "problem": "" if told else "There is no record of consent."}

    @app.patch("/presenters/{name}", tags=["studio"], openapi_extra=docs.CHANGED, responses=docs.UPLOAD_ANSWERS)
    async def changed(name: str, request: Request) -> dict[str, Any]:
        """Tell something else of it: a form with the fields that are to change."""
        check_editable(config)
        _known(container, name)
        async with form_of(request, config.limits.photo_bytes) as form:
            words = {key: value for key, value in form.items() if isinstance(value, str)}
            backdrop = await picture_of(form, "picture", config.limits.photo_bytes, needed=False)

        def change() -> None:
            now = studio.profile_of(avatars.own(name))
            given = {key: words[key].strip() for key in PROFILE if key in words}
            if "language" in given and "voice" not in given:
                given["voice"] = ""
            elif "voice" in given and "language" not in given:
                given["language"] = ""
            studio.change(name, dataclasses.replace(now, **given, picture=backdrop))

        await answered(lambda: asyncio.to_thread(change))
        audit.note("avatar changed", http.visitor(request), http.address(request), avatar=name)
        await watch.look()
        return await asyncio.to_thread(described, container, name, config)

    @app.post("/presenters/{name}/twin", status_code=202, tags=["studio"], responses=docs.UPLOAD_ANSWERS)
    async def trained(name: str, wish: Training, request: Request) -> dict[str, Any]:
        """Train a net of its own on the video of a draft; the answer is the job."""
        check_editable(config)
        _known(container, name)
        runner: JobRunner = app.state.jobs

        def queue() -> dict[str, Any]:
            need("torch", "nncf", "onnx", "skimage")
            consents.read(avatars.own(name).folder, identity(), use="twin")
            draft = studio.drafts.get(wish.draft)
            if draft.video is None:
                raise InputError("This draft is a photo; a net is trained on a video of the person talking.")
            inputs = runner.new_inputs()
            video = inputs / f"video{draft.video.suffix}"
            try:
                shutil.copyfile(draft.video, video)
            except OSError:
                shutil.rmtree(inputs, ignore_errors=True)
                raise
            told = {"name": name, "video": video.name, "minutes": wish.minutes}
            job = runner.submit("twin", told, owner=owner_of(request), title=name, inputs=inputs)
            studio.drafts.drop(wish.draft)
            return job_described(runner, job)

        queued: dict[str, Any] = await answered(lambda: asyncio.to_thread(queue))
        audit.note("twin", http.visitor(request), http.address(request), avatar=name)
        return queued


def _known(container: AppContainer, name: str) -> None:
    if not container.faces.knows(name) or container.faces.is_guest(name):
        raise http.unknown_avatar(name, container.faces.names())
