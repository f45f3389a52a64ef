"""What presenters keep of a visitor, over HTTP: allow, see, keep, change, delete. See web/PROTOCOL.md.

Every call but the first carries the visitor's token in the header ``Memory-Token``; whoever holds it is the visitor.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from talking_head.errors import InputError
from talking_head.memory.facts import clean
from talking_head.memory.store import MemoryStore, new_token, visitor_id
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.server.routes import docs
from talking_head.types import Fact

HEADER = "memory-token"


class Kept(BaseModel):
    """A fact to be kept by a presenter: ``kind`` name, likes, dislikes or prefers."""

    model_config = ConfigDict(extra="forbid")
    presenter: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    value: str = Field(max_length=200)


class Changed(BaseModel):
    """Another value for a kept fact."""

    model_config = ConfigDict(extra="forbid")
    value: str = Field(max_length=200)


def memory_routes(app: FastAPI, container: AppContainer) -> None:
    """Add the routes under ``/memory``."""

    def opened(request: Request) -> tuple[MemoryStore, str]:
        """The store, and who asks."""
        store = container.memory
        if store is None:
            raise http.Refused(403, "This server keeps nothing of its visitors (memory.enabled in the configuration).")
        try:
            visitor = visitor_id(request.headers.get(HEADER, ""), http.visitor(request).name)
        except InputError as error:
            raise http.Refused(401, str(error)) from None
        return store, visitor

    @app.post("/memory", status_code=201, tags=["memory"], responses=docs.MEMORY_ANSWERS)
    async def allowed(request: Request) -> JSONResponse:
        """The visitor allows a memory: a token that only they hold."""
        if container.memory is None:
            raise http.Refused(403, "This server keeps nothing of its visitors (memory.enabled in the configuration).")
        token = new_token()
        await asyncio.to_thread(container.memory.meet, visitor_id(token, http.visitor(request).name))
        return JSONResponse({"token": token}, 201, {"Cache-Control": "no-store"})

    @app.get("/memory", tags=["memory"], responses=docs.MEMORY_ANSWERS)
    async def shown(request: Request) -> JSONResponse:
        """All that is kept of the visitor, by presenter, and what people call each."""
        store, visitor = opened(request)

        def look() -> dict[str, Any] | None:
            if not store.knows(visitor):
                return None
            names = store.presenters(visitor)
            kept = {name: [_shown(*each) for each in store.facts(visitor, name)] for name in names}
            return {"kept": kept, "titles": {name: container.presenters.title(name) for name in names}}

        kept = await asyncio.to_thread(look)
        if kept is None:
            raise http.Refused(404, "Nothing is kept of you here any more.")
        return JSONResponse(kept, headers={"Cache-Control": "no-store"})

    @app.post("/memory/facts", status_code=201, tags=["memory"], responses=docs.MEMORY_ANSWERS)
    async def kept(wish: Kept, request: Request) -> dict[str, Any]:
        """Keep one thing that the visitor agreed to."""
        store, visitor = opened(request)
        if not container.remembers(wish.presenter):
            raise http.Refused(404, f"“{wish.presenter[:60]}” keeps nothing of its visitors.")
        fact = _clean(wish.kind, wish.value)
        try:
            number = await asyncio.to_thread(store.keep, visitor, wish.presenter, fact)
        except InputError as error:
            raise http.Refused(409, str(error)) from None
        return {"id": number, "kind": fact.kind, "value": fact.value}

    @app.put("/memory/facts/{number}", tags=["memory"], responses=docs.MEMORY_ANSWERS)
    async def changed(number: int, wish: Changed, request: Request) -> dict[str, Any]:
        """Put another value in the place of a kept one."""
        store, visitor = opened(request)
        kind = await asyncio.to_thread(store.kind_of, visitor, number)
        if not kind:
            raise _nothing(number)
        fact = _clean(kind, wish.value)
        await asyncio.to_thread(store.change, visitor, number, fact)
        return {"id": number, "kind": kind, "value": fact.value}

    @app.delete("/memory/facts/{number}", status_code=204, tags=["memory"], responses=docs.MEMORY_ANSWERS)
    async def dropped(number: int, request: Request) -> Response:
        """Delete one thing."""
        store, visitor = opened(request)
        if not await asyncio.to_thread(store.drop, visitor, number):
            raise _nothing(number)
        return Response(status_code=204)

    @app.delete("/memory", status_code=204, tags=["memory"], responses=docs.MEMORY_ANSWERS)
    async def forgotten(request: Request) -> Response:
        """Delete everything, and the permission."""
        store, visitor = opened(request)
        await asyncio.to_thread(store.forget, visitor)
        return Response(status_code=204)


def _shown(number: int, fact: Fact) -> dict[str, Any]:
    return {"id": number, "kind": fact.kind, "value": fact.value}


def _clean(kind: str, value: str) -> Fact:
    try:
        return clean(kind, value)
    except InputError as error:
        raise http.Refused(422, str(error)) from None


def _nothing(number: int) -> http.Refused:
    return http.Refused(404, f"Nothing with the number {number} is kept of you.")
