"""``POST /films``: a description and its files become a job. What is wrong is said before anything is kept."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from starlette.datastructures import FormData, UploadFile

from talking_head.config import Config
from talking_head.errors import ConfigError, InputError, PhotoError, WeightsError
from talking_head.film.check import check_files
from talking_head.film.consent import agreed
from talking_head.film.spec import FilmSpec, read_spec
from talking_head.jobs import JobRunner
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.server.routes import docs
from talking_head.server.routes.jobs import described, owner_of
from talking_head.server.webhooks import check_address

_NAME = re.compile(r"[\w][\w .()-]{0,99}")
_NOBODY_AGREED = "Nobody has agreed to films of this face. Make a presenter of it first, with consent."
_MOST_FILES = 40
_FORM = "Send the description as JSON, or a multipart form with it as “film” and a part for each file that it names."


def film_routes(app: FastAPI, container: AppContainer, config: Config, runner: JobRunner) -> None:
    """Add the routes under ``/films``."""

    @app.post("/films", status_code=202, tags=["jobs"], openapi_extra=docs.FILM, responses=docs.FILM_ANSWERS)
    async def made(request: Request) -> dict[str, Any]:
        """Queue a film, or one for each row of a table; the answer is the job. ``docs/films.md`` describes a film."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind == "application/json":
            spec = read_spec(_object(await http.read_body(request, 2_000_000)))
            return await asyncio.to_thread(_queue, request, spec, None)
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
        most = config.films.upload_bytes
        if int(length) > most + 65536:
            raise http.Refused(
                413, f"These files are larger than the {most // 1_000_000} MB that are taken (films.upload_bytes)."
            )
        if kind != "multipart/form-data":
            raise http.Refused(415, _FORM)
        async with request.form(max_files=_MOST_FILES, max_fields=4, max_part_size=2_000_000) as form:
            told = form.get("film")
            if not isinstance(told, str):
                raise http.Refused(422, _FORM)
            spec = read_spec(_object(told.encode()))
            return await asyncio.to_thread(_queue, request, spec, form)

    def _queue(request: Request, spec: FilmSpec, form: FormData | None) -> dict[str, Any]:
        _check(spec)
        spec = _known(spec, container.default)
        inputs = runner.new_inputs()
        try:
            _keep(spec, form, inputs)
            check_files(spec, {name: inputs / name for name in spec.files()}, config.limits)
        except BaseException:
            shutil.rmtree(inputs, ignore_errors=True)
            raise
        told = spec.model_dump(mode="json", exclude_defaults=True)
        return described(
            runner, runner.submit("film", told, owner=owner_of(request), title=spec.title or spec.name, inputs=inputs)
        )

    def _check(spec: FilmSpec) -> None:
        for scene in spec.parts():
            if scene.presenter and scene.presenter not in container.faces.names():
                if container.faces.is_guest(scene.presenter):
                    raise http.Refused(403, _NOBODY_AGREED)
                raise http.unknown_avatar(scene.presenter, container.faces.names())
            if spec.only != "sound":
                try:
                    agreed(
                        config.avatar.name if scene.presenter in ("", container.default) else scene.presenter, config, "films"
                    )
                except ConfigError as error:
                    raise http.Refused(403, str(error)) from error
                except PhotoError:
                    pass  # a face that this server was handed without a folder: the job finds none either
            try:
                if scene.voice:
                    container.voices.find(scene.voice).check()
            except (ConfigError, WeightsError) as error:
                raise http.Refused(422, str(error)) from error
        if spec.webhook:
            check_address(spec.webhook, config.films)


def _known(spec: FilmSpec, default: str) -> FilmSpec:
    """The default presenter is the one that is configured, which may be a photo without a name."""
    scenes = tuple(each.model_copy(update={"presenter": ""}) if each.presenter == default else each for each in spec.scenes)
    same = spec.presenter == default
    return spec.model_copy(update={"scenes": scenes} | ({"presenter": ""} if same else {})) if same or spec.scenes else spec


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body.decode("utf-8"))
        json.dumps(told, ensure_ascii=False).encode("utf-8")  # half of a pair (\ud800) is JSON, but no text
    except (ValueError, RecursionError):
        raise http.Refused(400, 'Send JSON in UTF-8, such as {"text": "Hello."}.') from None
    if not isinstance(told, dict):
        raise http.Refused(422, 'Send a JSON object, such as {"text": "Hello."}.')
    return told


def _keep(spec: FilmSpec, form: FormData | None, inputs: Path) -> None:
    """Write the parts that ``spec`` names into ``inputs``; nothing else. Raises InputError for a name that is none."""
    sent = {part.filename or key: part for key, part in (form.multi_items() if form else ()) if isinstance(part, UploadFile)}
    for name in spec.files():
        if not _NAME.fullmatch(name):
            raise InputError(f"“{name[:60]}” cannot name a file: use letters, digits, spaces and “.-_()”, no folders.")
        if name not in sent:
            raise http.Refused(422, f"The film names a file “{name}”, but no part of the form is called that.")
        with (inputs / name).open("wb") as out:
            shutil.copyfileobj(sent[name].file, out)
