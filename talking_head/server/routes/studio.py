"""The studio over HTTP: drafts of photos and videos, presenters that are kept, changed, carried away and brought in.

See web/PROTOCOL.md. The page is ``/studio``.
"""

from __future__ import annotations

import asyncio
import dataclasses
import io
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, UploadFile

from talking_head.config import Config
from talking_head.errors import ConfigError, InputError, MissingExtraError, PhotoError
from talking_head.extras import need
from talking_head.face import avatars
from talking_head.jobs import JobRunner
from talking_head.media_files import remarks
from talking_head.media_files.video import VIDEO_ENDINGS
from talking_head.provenance import consents
from talking_head.provenance.consents import Consent
from talking_head.provenance.identity import identity
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.container import AppContainer
from talking_head.server.presenter.changes import AvatarWatch
from talking_head.server.routes import docs
from talking_head.server.routes.avatars import check_editable, described
from talking_head.server.routes.jobs import described as job_described
from talking_head.server.routes.jobs import owner_of
from talking_head.studio import archive
from talking_head.studio.advice import advice
from talking_head.studio.drafts import Draft
from talking_head.studio.profile import Profile
from talking_head.studio.service import ForeignConsentError, Studio
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import U8

_PROFILE = ("title", "voice", "language", "mood", "background", "source", "licence", "attribution")
_CONSENT = ("shown", "agreed", "scope", "until", "statement")
T = TypeVar("T")
_JPEG = {"quality": 92, "subsampling": 0}


class Training(BaseModel):
    """A net of a presenter's own, trained on the video of a draft."""

    model_config = ConfigDict(extra="forbid")

    draft: str
    minutes: Annotated[float, Field(gt=0, le=1440, allow_inf_nan=False)] = 40


class Crop(BaseModel):
    """A square of a draft's picture, in its pixels."""

    model_config = ConfigDict(extra="forbid")

    left: Annotated[float, Field(allow_inf_nan=False)]
    top: Annotated[float, Field(allow_inf_nan=False)]
    side: Annotated[float, Field(gt=0, le=20_000, allow_inf_nan=False)]


def studio_routes(app: FastAPI, container: AppContainer, config: Config, audit: Audit) -> AvatarWatch:
    """Add the routes; what they need to be told of changes is returned, to be run."""
    studio = Studio(lambda: container.landmarker, container.voices)
    watch = AvatarWatch(container)
    app.state.studio = studio
    lane = FairExecutor("studio", nice=10, limit=8, hang_s=600)  # a long video takes minutes to look through

    async def shaped(work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(lane.submit("studio", work))

    async def closed() -> None:
        lane.close()
        await asyncio.to_thread(studio.close)

    app.state.closing.append(closed)
    _draft_routes(app, container, config, audit, studio, watch, shaped)
    _presenter_routes(app, container, config, audit, studio, watch)
    return watch


def _draft_routes(
    app: FastAPI,
    container: AppContainer,
    config: Config,
    audit: Audit,
    studio: Studio,
    watch: AvatarWatch,
    shaped: Callable[[Callable[[], Any]], Awaitable[Any]],
) -> None:
    limits = config.limits

    async def draft_of(draft: str) -> Draft:
        try:
            return studio.drafts.get(draft)
        except InputError as error:
            raise http.Refused(404, str(error), error.code) from error

    @app.post("/drafts", status_code=201, tags=["studio"], openapi_extra=docs.DRAFT, responses=docs.UPLOAD_ANSWERS)
    async def drafted(request: Request) -> JSONResponse:
        """A photo as “photo”, or a video as “video”: checked, cropped, its landmarks found. Nothing is stored."""
        async with _form(request, limits.video_bytes) as form:
            video = form.get("video")
            if isinstance(video, UploadFile):
                file = await asyncio.to_thread(_kept, video, Path(video.filename or "").suffix.lower())
                try:
                    made = await shaped(lambda: studio.from_video(file, _source(video)))
                except BaseException:
                    shutil.rmtree(file.parent, ignore_errors=True)
                    raise
            else:
                photo = await _bytes(form, "photo", limits.photo_bytes)
                upload = form["photo"]
                assert isinstance(upload, UploadFile)
                made = await shaped(lambda: studio.from_photo(photo, _source(upload)))
        audit.note("draft", http.visitor(request), http.address(request))
        return JSONResponse(_shown(made), 201)

    @app.get("/drafts/{draft}", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def shown(draft: str) -> dict[str, Any]:
        """A draft as it stands."""
        return _shown(await draft_of(draft))

    @app.get("/drafts/{draft}/photo.jpg", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def photo(draft: str) -> Response:
        """The photo around the head."""
        return await _picture((await draft_of(draft)).pixels)

    @app.get("/drafts/{draft}/portrait.jpg", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def portrait(draft: str) -> Response:
        """The portrait that the crop gives."""
        return await _picture((await draft_of(draft)).portrait.image)

    @app.patch("/drafts/{draft}", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def cropped(draft: str, crop: Crop) -> dict[str, Any]:
        """Cut another square out of the photo."""
        found = await draft_of(draft)
        return _shown(await shaped(lambda: studio.crop(found, (crop.left, crop.top, crop.side))))

    @app.post("/drafts/{draft}/smile", tags=["studio"], openapi_extra=docs.SMILE, responses=docs.UPLOAD_ANSWERS)
    async def smiled(draft: str, request: Request) -> dict[str, Any]:
        """A second photo of the same person, as “photo”: its teeth are worn."""
        found = await draft_of(draft)
        async with _form(request, limits.photo_bytes) as form:
            data = await _bytes(form, "photo", limits.photo_bytes)
        return _shown(await shaped(lambda: studio.smile(found, data)))

    @app.post("/drafts/{draft}/try", status_code=201, tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def tried(draft: str, request: Request) -> dict[str, Any]:
        """A face for a session of one's own, under a name that cannot be guessed. It is neither stored nor filmed."""
        found = await draft_of(draft)
        face = await asyncio.to_thread(container.try_on, found.portrait, found.teeth)
        audit.note("photo", http.visitor(request), http.address(request))
        return await asyncio.to_thread(described, container, face.portrait.name, config)

    @app.post("/drafts/{draft}/keep", status_code=201, tags=["studio"], openapi_extra=docs.KEPT, responses=docs.UPLOAD_ANSWERS)
    async def kept(draft: str, request: Request) -> JSONResponse:
        """Keep it as a presenter: a form with its name, what is told of it, and who agreed; see web/PROTOCOL.md."""
        check_editable(config)
        found = await draft_of(draft)
        async with _form(request, limits.video_bytes) as form:
            words = {key: value for key, value in form.multi_items() if isinstance(value, str)}
            uses = [value for key, value in form.multi_items() if key == "use" and isinstance(value, str)]
            backdrop = await _bytes(form, "picture", limits.photo_bytes, needed=False)
            recording = form.get("recording")
            spoken = (recording.filename or "", await recording.read()) if isinstance(recording, UploadFile) else None
        profile = _profile(words, words.get("name", ""), backdrop)
        if container.knows(profile.name):
            raise http.Refused(
                409, f"There is already a presenter “{profile.name[:60]}”. Choose another name.", "presenter_taken"
            )
        shown, by, scope, until, statement = (words.get(key, "").strip() for key in _CONSENT)
        agreed = Consent(shown, by, scope, until, statement, uses or None)
        made = await _tried(lambda: shaped(lambda: studio.keep(found, profile, agreed, spoken)))
        if found.video is None:  # a video is still of use: a net may be trained on it
            studio.drafts.drop(draft)
        audit.note("avatar added", http.visitor(request), http.address(request), avatar=made.name)
        await watch.look()
        return JSONResponse(await asyncio.to_thread(described, container, made.name, config), 201)

    @app.delete("/drafts/{draft}", status_code=204, tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def dropped(draft: str) -> Response:
        """Forget a draft, and its video."""
        await asyncio.to_thread(studio.drafts.drop, draft)
        return Response(status_code=204)


def _presenter_routes(
    app: FastAPI, container: AppContainer, config: Config, audit: Audit, studio: Studio, watch: AvatarWatch
) -> None:
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
        async with _form(request, archive.MOST_BYTES) as form:
            file, name, trust = form.get("file"), form.get("name"), form.get("trust")
            if not isinstance(file, UploadFile):
                raise http.Refused(422, "Send a multipart form with the presenter's file as “file”.")
            wanted = name.strip() if isinstance(name, str) else ""
            if wanted and container.knows(wanted):
                raise http.Refused(
                    409, f"There is already a presenter “{wanted[:60]}”. Choose another name.", "presenter_taken"
                )
            brought = await _tried(lambda: asyncio.to_thread(studio.bring_in, file.file, wanted, trust=trust == "yes"))
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
                await _tried(lambda: asyncio.to_thread(studio.carry_out, name, out, config.avatar.folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
        return FileResponse(out, media_type="application/zip", filename=out.name, background=gone)

    @app.get("/presenters/{name}/consent", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def agreed(name: str) -> dict[str, Any]:
        """The record of consent, and whether it holds: “problem” is a sentence where it does not."""
        _known(container, name)
        avatar = await _tried(lambda: asyncio.to_thread(avatars.find, name, config.avatar.folder))
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
        async with _form(request, config.limits.photo_bytes) as form:
            words = {key: value for key, value in form.items() if isinstance(value, str)}
            backdrop = await _bytes(form, "picture", config.limits.photo_bytes, needed=False)

        def change() -> None:
            now = studio.profile_of(avatars.own(name))
            given = {key: words[key].strip() for key in _PROFILE if key in words}
            if "language" in given and "voice" not in given:
                given["voice"] = ""
            elif "voice" in given and "language" not in given:
                given["language"] = ""
            studio.change(name, dataclasses.replace(now, **given, picture=backdrop))

        await _tried(lambda: asyncio.to_thread(change))
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

        queued: dict[str, Any] = await _tried(lambda: asyncio.to_thread(queue))
        audit.note("twin", http.visitor(request), http.address(request), avatar=name)
        return queued


def _form(request: Request, most: int) -> Any:
    """The request's form, as an asynchronous context. Refused (411, 413) without a length, or with too large a one."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
    if int(length) > most + 65536:
        raise http.Refused(413, f"This is larger than the {most // 1_000_000} MB that are taken.")
    return request.form(max_files=3, max_fields=24, max_part_size=64 * 1024)


async def _bytes(form: FormData, key: str, most: int, *, needed: bool = True) -> bytes:
    upload = form.get(key)
    if not isinstance(upload, UploadFile):
        if needed:
            raise http.Refused(422, f"Send a multipart form with the picture as “{key}”.")
        return b""
    data = await upload.read(most + 1)
    if len(data) > most:
        raise http.Refused(413, f"The picture is larger than the {most // 1_000_000} MB that are taken.")
    return data


def _kept(video: UploadFile, ending: str) -> Path:
    """The uploaded video in a folder of its own."""
    if ending not in VIDEO_ENDINGS:
        raise http.Refused(422, f"A video is one of: {', '.join(sorted(VIDEO_ENDINGS))}.")
    file = Path(tempfile.mkdtemp(prefix="draft-")) / f"video{ending}"
    try:
        with file.open("wb") as out:
            shutil.copyfileobj(video.file, out)
    except OSError:
        shutil.rmtree(file.parent, ignore_errors=True)
        raise
    return file


def _source(upload: UploadFile) -> str:
    return Path((upload.filename or "").replace("\\", "/")).name[:120]


def _profile(words: dict[str, str], name: str, picture: bytes) -> Profile:
    return Profile(name.strip(), **{key: words.get(key, "").strip() for key in _PROFILE}, picture=picture)


def _known(container: AppContainer, name: str) -> None:
    if not container.knows(name) or container.is_guest(name):
        raise http.unknown_avatar(name, container.names())


async def _tried(work: Callable[[], Awaitable[T]]) -> T:
    """What ``work`` gives; what it raises as an answer in a sentence."""
    try:
        return await work()
    except ForeignConsentError as error:
        raise http.Refused(409, str(error), error.code) from error
    except (http.Refused, PhotoError):
        raise
    except (ConfigError, InputError, MissingExtraError) as error:
        code = error.code if isinstance(error, InputError) else ""
        raise http.Refused(422, str(error), code or "refused") from error


def _shown(draft: Draft) -> dict[str, Any]:
    left, top, side = draft.square
    height, width = draft.pixels.shape[:2]
    points = draft.portrait.points[:, :2] / draft.portrait.image.shape[0]
    return {
        "id": draft.id,
        "width": width,
        "height": height,
        "crop": {"left": round(left, 1), "top": round(top, 1), "side": round(side, 1)},
        "photo": f"/drafts/{draft.id}/photo.jpg",
        "portrait": f"/drafts/{draft.id}/portrait.jpg",
        "portrait_side": draft.portrait.image.shape[0],
        "points": [[round(float(x), 4), round(float(y), 4)] for x, y in points],
        "own_teeth": draft.teeth is not None,
        "cut_out": draft.portrait.matte is not None,
        "video": draft.video is not None,
        "changes": [remarks.described(each) for each in draft.changes],
        "advice": [remarks.described(each) for each in advice(draft.portrait)],
    }


async def _picture(pixels: U8) -> Response:
    data = io.BytesIO()
    await asyncio.to_thread(lambda: Image.fromarray(pixels).save(data, "JPEG", **_JPEG))
    return Response(data.getvalue(), media_type="image/jpeg", headers={"Cache-Control": "no-store"})
