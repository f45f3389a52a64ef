"""What presenters know, over HTTP: list, add with progress, ask, remove. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from talking_head.config import Config
from talking_head.errors import ConfigError, InputError, PhotoError
from talking_head.face import avatars
from talking_head.knowledge import documents
from talking_head.knowledge.answer import look_up
from talking_head.knowledge.library import FOLDER
from talking_head.knowledge.search import search
from talking_head.knowledge.store import MAX_PASSAGES
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.container import AppContainer
from talking_head.server.presenter.additions import Addition
from talking_head.server.routes import docs
from talking_head.server.routes.avatars import check_editable

LIMIT = documents.MAX_BYTES
QUESTION_CHARS = 500
_FORM = "Send a multipart form with the document as “file”."


def knowledge_routes(app: FastAPI, container: AppContainer, config: Config, audit: Audit) -> None:
    """Add the routes under ``/avatars/{name}/knowledge``."""
    presenters, additions = container.presenters, container.additions

    def check(name: str) -> None:
        try:
            avatars.find(name, config.avatar.folder)
        except (ConfigError, PhotoError):  # also a name that no avatar can have
            raise http.unknown_avatar(name, container.faces.names()) from None

    @app.get("/avatars/{name}/knowledge", tags=["knowledge"], responses=docs.KNOWLEDGE_ANSWERS)
    async def listed(name: str) -> dict[str, Any]:
        """The documents that a presenter knows, and those that are being read."""
        check(name)
        return await asyncio.to_thread(_described, container, name)

    @app.post(
        "/avatars/{name}/knowledge", status_code=202, tags=["knowledge"], openapi_extra=docs.FILE, responses=docs.UPLOAD_ANSWERS
    )
    async def added(name: str, request: Request) -> JSONResponse:
        """Have a document read: it replaces the one of its name. The list tells how far it is."""
        check(name)
        check_editable(config)
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
        if int(length) > LIMIT + 65536:
            raise _too_large()
        async with request.form(max_files=1, max_fields=4, max_part_size=64 * 1024) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise http.Refused(422, _FORM)
            document, data = _name(upload.filename or ""), await upload.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise _too_large()
        if not data:
            raise http.Refused(422, f"“{document}” is empty.")
        addition = additions.start(name, document, data)
        audit.note("knowledge added", http.visitor(request), http.address(request), avatar=name, bytes=len(data))
        return JSONResponse(_progress(addition), 202)

    @app.delete(
        "/avatars/{name}/knowledge/{document:path}", status_code=204, tags=["knowledge"], responses=docs.KNOWLEDGE_ANSWERS
    )
    async def removed(name: str, document: str, request: Request) -> Response:
        """Forget a document, or stop reading it."""
        check(name)
        check_editable(config)
        if document.startswith(f"{FOLDER}/"):
            raise http.Refused(403, f"“{document[:80]}” lies in the presenter's own folder: remove the file there.")
        stopped = additions.drop(name, document)
        known = await asyncio.to_thread(
            lambda: presenters.library.there(name) and presenters.library.store(name).remove(document)
        )
        if not known and not stopped:
            raise http.Refused(404, f"This presenter knows no document “{document[:80]}”.")
        audit.note("knowledge removed", http.visitor(request), http.address(request), avatar=name)
        return Response(status_code=204)

    @app.post("/avatars/{name}/knowledge/ask", tags=["knowledge"], openapi_extra=docs.TEXT, responses=docs.KNOWLEDGE_ANSWERS)
    async def asked(name: str, request: Request) -> dict[str, Any]:
        """What would be found for a question, and what would be said."""
        check(name)
        question = (await http.read_text(request, QUESTION_CHARS)).strip()
        if not question:
            raise http.Refused(422, "Ask something: the text is empty.")
        return await asyncio.to_thread(_asked, container, name, question)


def _too_large() -> http.Refused:
    return http.Refused(413, f"The document is larger than the {LIMIT // 1_000_000} MB that are taken: split it.")


def _name(given: str) -> str:
    """The last part of the name that a browser sends, as the index keeps it."""
    name = re.sub(r"[\x00-\x1f<>:\"|?*]", "", re.split(r"[/\\]", given)[-1]).strip()
    if not name or len(name) > 120:
        raise http.Refused(422, "The document needs a name of 1 to 120 characters, with an ending such as .md or .pdf.")
    if not documents.readable(name):
        raise http.Refused(415, f"“{name}” cannot be read: knowledge comes as {', '.join(documents.ENDINGS)}.")
    return name


def _described(container: AppContainer, name: str) -> dict[str, Any]:
    store = container.presenters.get(name).store
    entries = [] if store is None else store.entries()
    listed = [
        {"name": e.name, "title": e.title, "passages": e.passages, "added": e.added, "own": e.name.startswith(f"{FOLDER}/")}
        for e in entries
    ]
    return {
        "presenter": name,
        "documents": listed,
        "reading": [_progress(addition) for addition in container.additions.of(name)],
        "passages": sum(e.passages for e in entries),
        "limit": {"passages": MAX_PASSAGES, "bytes": LIMIT, "endings": documents.ENDINGS},
    }


def _progress(addition: Addition) -> dict[str, Any]:
    return {"name": addition.document, "done": addition.done, "total": addition.total, "problem": addition.problem}


def _asked(container: AppContainer, name: str, question: str) -> dict[str, Any]:
    presenter = container.presenters.get(name)
    store = presenter.store
    if store is None:
        raise InputError("This presenter knows no documents yet: add one first.")
    found, hits = look_up(store, question, subjects=presenter.subjects), search(store, question)
    shown = [
        {
            "source": h.passage.document,
            "heading": h.passage.heading,
            "text": h.passage.text,
            "score": round(h.similarity, 3),
            "answers": h.answers,
        }
        for h in hits
    ]
    return {"hits": shown, "answered": found.known, "answer": found.text}
