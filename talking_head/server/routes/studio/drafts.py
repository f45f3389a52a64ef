"""Drafts over HTTP: of a photo or a video a face, which is cropped, tried on, and kept as a presenter. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from talking_head.config import Config
from talking_head.errors import InputError
from talking_head.media_files import remarks
from talking_head.media_files.video import VIDEO_ENDINGS
from talking_head.provenance.consents import Consent
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.container import AppContainer
from talking_head.server.presenter.changes import AvatarWatch
from talking_head.server.routes import docs
from talking_head.server.routes.avatars import check_editable, described
from talking_head.server.routes.studio.forms import answered, form_of, picture_of, profile_of
from talking_head.studio.advice import advice
from talking_head.studio.drafts import Draft
from talking_head.studio.service import Studio, uncounted
from talking_head.types import U8

_TICKET = re.compile(r"[\w-]{16,64}", re.ASCII)
_CONSENT = ("shown", "agreed", "scope", "until", "statement")
_JPEG = {"quality": 92, "subsampling": 0}


class Crop(BaseModel):
    """A square of a draft's picture, in its pixels."""

    model_config = ConfigDict(extra="forbid")

    left: Annotated[float, Field(allow_inf_nan=False)]
    top: Annotated[float, Field(allow_inf_nan=False)]
    side: Annotated[float, Field(gt=0, le=20_000, allow_inf_nan=False)]


def draft_routes(
    app: FastAPI,
    container: AppContainer,
    config: Config,
    audit: Audit,
    studio: Studio,
    watch: AvatarWatch,
    shaped: Callable[[Callable[[], Any]], Awaitable[Any]],
) -> None:
    """Add the routes. ``shaped``: runs a job that takes long, one after another."""
    limits = config.limits
    searches: dict[str, float] = {}  # ticket of a browser → how much of its video was looked through

    async def draft_of(draft: str) -> Draft:
        try:
            return studio.drafts.get(draft)
        except InputError as error:
            raise http.Refused(404, str(error), error.code) from error

    @app.post("/drafts", status_code=201, tags=["studio"], openapi_extra=docs.DRAFT, responses=docs.UPLOAD_ANSWERS)
    async def drafted(request: Request) -> JSONResponse:
        """A photo as “photo”, or a video as “video”: checked, cropped, its landmarks found. Nothing is stored.

        “ticket”: under this name, of 16 to 64 letters and digits, the search through a video can be watched.
        """
        async with form_of(request, limits.video_bytes) as form:
            video = form.get("video")
            if isinstance(video, UploadFile):
                file = await asyncio.to_thread(_kept, video, Path(video.filename or "").suffix.lower())
                ticket = str(form.get("ticket", ""))
                watched = _TICKET.fullmatch(ticket) is not None and ticket not in searches
                told: Callable[[float], None] = partial(searches.__setitem__, ticket) if watched else uncounted
                try:
                    told(0.0)
                    made = await shaped(lambda: studio.from_video(file, _source(video), progress=told))
                except BaseException:
                    shutil.rmtree(file.parent, ignore_errors=True)
                    raise
                finally:
                    if watched:
                        searches.pop(ticket, None)
            else:
                photo = await picture_of(form, "photo", limits.photo_bytes)
                upload = form["photo"]
                assert isinstance(upload, UploadFile)
                made = await shaped(lambda: studio.from_photo(photo, _source(upload)))
        audit.note("draft", http.visitor(request), http.address(request))
        return JSONResponse(_shown(made), 201)

    @app.get("/drafts/searches/{ticket}", tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def searched(ticket: str) -> dict[str, float]:
        """How much of the video that came with this ticket was looked through: “progress”, 0..1."""
        if (share := searches.get(ticket)) is None:
            raise http.Refused(404, "No video is searched under this ticket: it is still on its way, or was searched.")
        return {"progress": round(share, 3)}

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
        async with form_of(request, limits.photo_bytes) as form:
            data = await picture_of(form, "photo", limits.photo_bytes)
        return _shown(await shaped(lambda: studio.smile(found, data)))

    @app.post("/drafts/{draft}/try", status_code=201, tags=["studio"], responses=docs.AVATAR_ANSWERS)
    async def tried(draft: str, request: Request) -> dict[str, Any]:
        """A face for a session of one's own, under a name that cannot be guessed. It is neither stored nor filmed."""
        found = await draft_of(draft)
        face = await asyncio.to_thread(container.faces.try_on, found.portrait, found.teeth)
        audit.note("photo", http.visitor(request), http.address(request))
        return await asyncio.to_thread(described, container, face.portrait.name, config)

    @app.post("/drafts/{draft}/keep", status_code=201, tags=["studio"], openapi_extra=docs.KEPT, responses=docs.UPLOAD_ANSWERS)
    async def kept(draft: str, request: Request) -> JSONResponse:
        """Keep it as a presenter: a form with its name, what is told of it, and who agreed; see web/PROTOCOL.md."""
        check_editable(config)
        found = await draft_of(draft)
        async with form_of(request, limits.video_bytes) as form:
            words = {key: value for key, value in form.multi_items() if isinstance(value, str)}
            uses = [value for key, value in form.multi_items() if key == "use" and isinstance(value, str)]
            backdrop = await picture_of(form, "picture", limits.photo_bytes, needed=False)
            recording = form.get("recording")
            spoken = (recording.filename or "", await recording.read()) if isinstance(recording, UploadFile) else None
        profile = profile_of(words, words.get("name", ""), backdrop)
        if container.faces.knows(profile.name):
            raise http.Refused(
                409, f"There is already a presenter “{profile.name[:60]}”. Choose another name.", "presenter_taken"
            )
        shown, by, scope, until, statement = (words.get(key, "").strip() for key in _CONSENT)
        agreed = Consent(shown, by, scope, until, statement, uses or None)
        made = await answered(lambda: shaped(lambda: studio.keep(found, profile, agreed, spoken)))
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


def _kept(video: UploadFile, ending: str) -> Path:
    """The uploaded video in a folder of its own."""
    if ending not in VIDEO_ENDINGS:
        raise http.Refused(422, f"A video is one of: {', '.join(sorted(VIDEO_ENDINGS))}.", "video_ending")
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
