"""What stands before Gradio: only the routes that the demo needs, and no file that its visitor did not upload.

Gradio takes paths of files from whoever calls it. Its own check of them is off in a mounted app, and a path without Gradio's
mark is never checked; so every request is read here first, and the handlers ask :func:`uploaded` once more.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from talking_head.errors import InputError
from talking_head.server import http
from talking_head.server.access.security import content_policy
from talking_head.system import disk
from talking_head.system.scratch import bytes_in

_SPARE = 1_000_000  # bytes that an upload leaves on the disk
MAX_CALL = 256 * 1024  # bytes of a call: texts and the names of uploaded files
_NOT_UPLOADED = "This file was not uploaded here. Choose it again, please."
_GET = re.compile(
    r"/|/(?:config|theme\.css|favicon\.ico|manifest\.json|robots\.txt)/?"
    r"|/(?:assets|static|svelte)/[^\\]*"
    r"|/gradio_api/(?:info|app_id|startup-events|upload_progress|queue/data|theme\.css|user|login_check|token)/?"
    r"|/gradio_api/heartbeat/[\w-]{1,64}"
    r"|/gradio_api/call/\w{1,40}/[\w-]{1,64}"
    r"|/gradio_api/file=(?!\w+:).+",
    re.DOTALL,
)
_CALL = re.compile(r"/gradio_api/(?:queue/join|reset|cancel|run/\w{1,40}|api/\w{1,40}|call/(?:v2/)?\w{1,40})/?")
_UPLOAD = "/gradio_api/upload"
_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def folder() -> Path:
    """Where Gradio keeps what visitors upload and what is made for them."""
    from gradio import utils

    return Path(utils.get_upload_folder()).resolve()


def uploaded(path: str | Path) -> Path:
    """``path`` if it is a file that was uploaded (or made) here, links followed. Raises InputError for any other."""
    try:
        real = Path(path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise InputError(_NOT_UPLOADED) from None
    if not real.is_relative_to(folder()) or not real.is_file():
        raise InputError(_NOT_UPLOADED)
    return real


def free() -> int:
    """Bytes that the disk of :func:`folder` has left."""
    place = folder()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


class Guard:
    """An ASGI app before Gradio's ``app``, which is mounted at ``root``. ``max_upload``: bytes of one upload; ``max_kept``: of
    all that is kept for visitors; ``embedders``: origins whose pages may show it in a frame.
    """

    def __init__(
        self, app: ASGIApp, root: str, max_upload: int, max_kept: int = 2_000_000_000, embedders: Collection[str] = ()
    ) -> None:
        self._app, self._root, self._max_upload, self._max_kept = app, root, max_upload, max_kept
        self._embedders = embedders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":  # no sockets: the demo uses none
            return
        request = Request(scope, receive)
        path = scope["path"].removeprefix(self._root) or "/"
        try:
            if request.method in ("GET", "HEAD"):
                if not _GET.fullmatch(path):
                    raise http.Refused(404, "There is nothing at this address.")
                if path == "/":  # it is read on its way out
                    headers = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
                    scope = {**scope, "headers": headers}
            elif request.method == "POST" and path.rstrip("/") == _UPLOAD:
                self._check_length(request)
            elif request.method == "POST" and _CALL.fullmatch(path):
                receive = _again(await self._checked(request), receive)
            else:
                raise http.Refused(404, "There is nothing at this address.")
        except http.Refused as refused:
            await http.answer(refused.status, "input", str(refused))(scope, receive, send)
            return
        await self._app(scope, receive, self._sealed(send))

    def _sealed(self, send: Send) -> Send:
        """``send``, with a policy for pages: Gradio writes scripts into its page, so those are allowed by their hashes."""
        start: Message | None = None
        page = bytearray()

        async def sealed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and b"text/html" in dict(message["headers"]).get(b"content-type", b""):
                start = message
            elif start is None or message["type"] != "http.response.body":
                await send(message)
            else:
                page.extend(message.get("body", b""))
                if not message.get("more_body"):
                    MutableHeaders(scope=start)["Content-Security-Policy"] = page_policy(bytes(page), self._embedders)
                    await send(start)
                    await send({"type": "http.response.body", "body": bytes(page)})

        return sealed

    def _check_length(self, request: Request) -> None:
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
        if int(length) > self._max_upload + 65536:
            raise http.Refused(413, f"The file is larger than the {self._max_upload // 1_000_000} MB that are taken.")
        if bytes_in(folder()) + int(length) > self._max_kept:
            raise http.Refused(507, "This server keeps no more files for now. Try again in an hour.")
        if free() < 2 * int(length) + _SPARE:  # Gradio would write as far as it goes, and answer with a traceback
            raise http.Refused(507, disk.TOLD)

    async def _checked(self, request: Request) -> bytes:
        body = await http.read_body(request, MAX_CALL)
        if not body:
            return body
        try:
            call = json.loads(body)
        except (ValueError, RecursionError):
            raise http.Refused(400, "Send JSON in UTF-8.") from None
        for file in _files(call):
            try:
                uploaded(file)
            except InputError as error:
                raise http.Refused(422, str(error)) from None
        return body


def page_policy(page: bytes, embedders: Collection[str] = ()) -> str:
    """The Content-Security-Policy of a page of Gradio's: its own scripts by their hashes. It makes functions out of texts
    (``js=``), styles everywhere, and names the folder it lies in (``<base>``).
    """
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _SCRIPT.findall(page)
        if script.strip()
    }
    scripts = " ".join(["'self'", "'unsafe-eval'", *sorted(hashes)])
    return content_policy(embedders, scripts, "'self' 'unsafe-inline'", "'self' blob: data:", base="'self'")


def _files(call: Any) -> Iterator[str]:
    """Whatever in a call names a file. An address of elsewhere is yielded, too: it is no uploaded file."""
    waiting = [call]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, list):
            waiting += thing
        elif isinstance(thing, dict):
            if "path" in thing and thing["path"] is not None:
                yield thing["path"] if isinstance(thing["path"], str) else ""
            elif isinstance(thing.get("url"), str) and thing["url"]:
                yield thing["url"]
            waiting += thing.values()


def _again(body: bytes, rest: Receive) -> Receive:
    """The body that was read, to be read once more; then whatever else comes."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return await rest()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
