"""Avatars over HTTP: list, show, add, remove, as on the command line. See web/PROTOCOL.md.

A photo without a note on consent is a visitor's: its face gets a name that cannot be guessed, is never listed, and is forgotten
when newer ones come or the server stops. With a note on consent it becomes an avatar in its folder.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile

from talking_head.animator.refiner.twins import twin_folder
from talking_head.config import Config
from talking_head.errors import ConfigError, PhotoError
from talking_head.face import avatars
from talking_head.media_files import remarks
from talking_head.persona import persona
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.container import AppContainer
from talking_head.server.recording.store import forget_presenter
from talking_head.server.routes import docs

_NOTES = ("title", "source", "licence", "attribution", "voice", "mood")
_TOLD = ("title", "licence", "source", "attribution", "voice", "language", "mood", "background", "added")
_FORM = "Send a multipart form with the picture as “photo”."


def avatar_routes(app: FastAPI, container: AppContainer, config: Config, audit: Audit) -> None:
    """Add the routes under ``/avatars``."""
    limit = config.limits.photo_bytes

    @app.get("/avatars", tags=["avatars"])
    async def listed() -> list[dict[str, Any]]:
        """The avatars that anybody may choose, the default first."""
        return [await asyncio.to_thread(described, container, name, config) for name in container.faces.names()]

    @app.head("/avatars/{name}.png", include_in_schema=False)
    @app.get("/avatars/{name}.png", tags=["avatars"], responses=docs.AVATAR_ANSWERS)
    async def picture(name: str, request: Request) -> Response:
        """An avatar's portrait."""
        if not container.faces.knows(name):
            raise http.unknown_avatar(name, container.faces.names())
        found = await asyncio.to_thread(container.faces.picture, name)
        # Asked again each time, because a name may be given to another face; sent anew only where it was.
        headers = {"Cache-Control": "no-cache", "ETag": f'"{found.tag}"'}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(found.png, media_type="image/png", headers=headers)

    @app.get("/avatars/{name}", tags=["avatars"], responses=docs.AVATAR_ANSWERS)
    async def shown(name: str) -> dict[str, Any]:
        """An avatar, also of an uploaded photo."""
        if not container.faces.knows(name):
            raise http.unknown_avatar(name, container.faces.names())
        return await asyncio.to_thread(described, container, name, config)

    @app.post("/avatars", status_code=201, tags=["avatars"], openapi_extra=docs.PHOTO, responses=docs.UPLOAD_ANSWERS)
    async def added(request: Request) -> JSONResponse:
        """A visitor's photo; with a note on consent it is stored as an avatar."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
        if int(length) > 2 * limit + 65536:
            raise _too_large(limit)
        async with request.form(max_files=2, max_fields=12, max_part_size=64 * 1024) as form:
            photo, smile = await _file(form, "photo", limit), await _file(form, "smile", limit)
            words = {key: value for key, value in form.items() if isinstance(value, str)}
        if photo is None:
            raise http.Refused(422, _FORM)
        changes: list[str] = []  # told beside the face: what had to be done to the pictures
        if words.get("consent", "").strip():
            check_editable(config)
            name = words.get("name") or "photo"
            if container.faces.knows(name):
                raise http.Refused(409, f"There is already an avatar “{name[:60]}”. Choose another name, or remove that one.")
            notes = {key: words[key] for key in _NOTES if words.get(key)}
            try:
                consent, tell = words["consent"], changes.append
                await asyncio.to_thread(container.faces.store, photo, name, smile, consent=consent, tell=tell, **notes)
            except ConfigError as error:  # a name that cannot name a folder
                raise http.Refused(422, str(error)) from error
            audit.note("avatar added", http.visitor(request), http.address(request), avatar=name)
        else:
            face = await asyncio.to_thread(container.faces.add_guest, photo, words.get("name", ""), smile, changes.append)
            name = face.portrait.name
            audit.note("photo", http.visitor(request), http.address(request))
        told = await asyncio.to_thread(described, container, name, config)
        return JSONResponse(told | {"changes": [remarks.described(each) for each in changes]}, 201)

    @app.delete("/avatars/{name}", status_code=204, tags=["avatars"], responses=docs.AVATAR_ANSWERS)
    async def removed(name: str, request: Request) -> Response:
        """Forget a visitor's face, or delete an avatar that was added."""
        if not container.faces.knows(name):
            raise http.unknown_avatar(name, container.faces.names())
        if container.faces.remove_guest(name):  # who knows the name may forget the face
            return Response(status_code=204)
        check_editable(config)
        try:
            await asyncio.to_thread(container.remove_avatar, name)
            await asyncio.to_thread(forget_presenter, config, name)
        except (ConfigError, PhotoError) as error:
            raise http.Refused(403, str(error)) from error
        audit.note("avatar removed", http.visitor(request), http.address(request), avatar=name)
        return Response(status_code=204)


def check_editable(config: Config) -> None:
    """Raise Refused (403) where avatars are not changed over HTTP."""
    if not config.editable:
        raise http.Refused(403, "This server keeps its avatars as they are (avatar.editable in the configuration).")


def _too_large(limit: int) -> http.Refused:
    return http.Refused(413, f"The photo is larger than the {limit // 1_000_000} MB that are taken.")


async def _file(form: FormData, key: str, limit: int) -> bytes | None:
    upload = form.get(key)
    if not isinstance(upload, UploadFile):
        return None
    data = await upload.read(limit + 1)
    if len(data) > limit:
        raise _too_large(limit)
    return data or None if key == "smile" else data


def described(container: AppContainer, name: str, config: Config) -> dict[str, Any]:
    """What the page shows and what ``avatar show`` prints; consent stays on the machine."""
    size = config.animator.size
    about: dict[str, Any] = {"name": name, "width": size, "height": size, "image": f"/avatars/{name}.png"}
    try:
        stored = avatars.find(name, config.avatar.folder)
    except (PhotoError, ConfigError):
        portrait = container.faces.portrait(name)
        about |= {"licence": portrait.licence, "source": portrait.source}
        return about | {"own_teeth": portrait.teeth is not None, "removable": name != container.default}
    notes = {key: getattr(stored, key) for key in _TOLD}
    removable = config.editable and stored.folder.parent == avatars.user_folder() and name != container.default
    twin = twin_folder(stored.folder) is not None
    return about | notes | {"job": _job(stored.folder), "own_teeth": stored.own_teeth, "twin": twin, "removable": removable}


def _job(folder: Path) -> str:
    """What the presenter in ``folder`` does, "" where its persona tells nothing."""
    try:
        known = persona.load(folder)
    except ConfigError:  # told to whoever talks to it
        known = None
    return known.facts.job if known else ""
