"""``POST /verify``: a film, a sound or a picture is asked where it comes from. The page for it is ``/verify.html``."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from talking_head.config import Config
from talking_head.errors import InputError
from talking_head.provenance.content_credentials import sidecar_of
from talking_head.provenance.identity import identity
from talking_head.provenance.verify import verify
from talking_head.server import http
from talking_head.server.routes import docs

_FORM = "Send a multipart form with the film, sound or picture as “file”, and what lies beside it (.c2pa) as “manifest”."


def verify_routes(app: FastAPI, config: Config) -> None:
    """Add the routes. One file at a time is looked at: it takes seconds of a core."""
    own = config.provenance
    limit, turn = config.limits.verify_bytes, asyncio.Semaphore(1)

    @app.api_route("/verify", methods=["GET", "HEAD"], include_in_schema=False)
    @app.api_route("/verify/", methods=["GET", "HEAD"], include_in_schema=False)  # else a folder of files without a page
    async def page() -> Response:
        return RedirectResponse("/verify.html")

    @app.post("/verify", tags=["provenance"], openapi_extra=docs.VERIFIED, responses=docs.VERIFY_ANSWERS)
    async def verified(request: Request) -> dict[str, Any]:
        """What a file says of where it comes from; `sentences` are for people. Nothing of it is kept."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
        if int(length) > limit + 65536:
            raise http.Refused(413, f"The file is larger than the {limit // 1_000_000} MB that are taken.")
        async with request.form(max_files=2, max_fields=4, max_part_size=64 * 1024) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise http.Refused(422, _FORM)
            async with turn:
                try:
                    server = (await asyncio.to_thread(identity, own.certificate, own.key)).server
                    beside = form.get("manifest")
                    return await asyncio.to_thread(_look, upload, beside if isinstance(beside, UploadFile) else None, server)
                except InputError as error:
                    raise http.Refused(422, str(error)) from error


def _look(upload: UploadFile, beside: UploadFile | None, server: int) -> dict[str, Any]:
    ending = Path(upload.filename or "").suffix.lower()
    safe = ending if re.fullmatch(r"\.[a-z0-9]{2,5}", ending) else ".bin"
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        file = Path(folder) / f"file{safe}"
        with file.open("wb") as out:
            shutil.copyfileobj(upload.file, out)
        if beside is not None:
            with sidecar_of(file).open("wb") as out:
                shutil.copyfileobj(beside.file, out)
        report = verify(file, server)
    return report.as_json() | {"sentences": report.sentences()}
