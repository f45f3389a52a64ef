"""What every HTTP route shares: bodies with a limit, errors as sentences, and no visits from foreign pages."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from talking_head.errors import CapacityError, InputError, PhotoError, TalkingHeadError, TextError

log = logging.getLogger(__name__)


class Refused(InputError):
    """An input error with its own HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def unknown_avatar(name: str, known: Collection[str]) -> Refused:
    """404, with the avatars there are."""
    return Refused(404, f"There is no avatar “{name[:60]}”. Known ones: {', '.join(known)}.")


def answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The one shape of an error: ``{"error": {"code", "message"}}``."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


async def read_body(request: Request, limit: int) -> bytes:
    """The request's body; Refused (413) as soon as it is longer than ``limit`` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused(413, f"This is larger than the {limit // 1024} KiB that are taken at once.")
    return bytes(body)


async def read_text(request: Request, limit: int) -> str:
    """The ``text`` of a JSON body of at most ``limit`` characters. Raises Refused (400, 413, 422)."""
    body = await read_body(request, 4 * limit + 1024)
    try:
        data = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError):
        raise Refused(400, 'Send JSON in UTF-8, such as {"text": "Hello."}.') from None
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str):
        raise Refused(422, 'Send a JSON object with a string "text", such as {"text": "Hello."}.')
    if len(text) > limit:
        raise Refused(413, f"This text has {len(text)} characters; at most {limit} can be taken at once.")
    if any(0xD800 <= ord(character) < 0xE000 for character in text):
        raise Refused(422, "This text holds half a character (a lone surrogate).")
    return text


def install(app: FastAPI, origins: Collection[str]) -> None:
    """Error handlers, and refusal of requests that a page of another origin (not in ``origins``) makes."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, TalkingHeadError)
        headers = None
        status = 500
        if isinstance(error, Refused):
            status = error.status
        elif isinstance(error, CapacityError):
            status, headers = 503, {"Retry-After": str(error.retry_after_s)}
        elif isinstance(error, TextError | PhotoError):
            status = 422
        elif isinstance(error, InputError):
            status = 400
        return answer(status, type(error).__name__.removesuffix("Error").lower(), str(error), headers)

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, StarletteHTTPException)
        return answer(error.status_code, "http", str(error.detail), dict(error.headers or {}))

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return answer(422, "input", f"This request cannot be used: {where}: {first['msg']}.")

    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(500, "internal", "Something went wrong on the server; its log says what.")

    app.add_exception_handler(TalkingHeadError, known)
    app.add_exception_handler(StarletteHTTPException, http)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unknown)

    @app.middleware("http")
    async def same_origin(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        origin = request.headers.get("origin")
        foreign = origin and origin not in origins and urlsplit(origin).netloc != request.headers.get("host")
        if foreign and request.method not in ("GET", "HEAD", "OPTIONS"):
            message = f"Pages of {origin} may not call this server; see server.origins in the configuration."
            return answer(403, "origin", message)
        return await call_next(request)
