"""What every HTTP route shares: bodies with a limit, errors as sentences, and sentences that say nothing about this machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from talking_head.errors import (
    CapacityError,
    DiskError,
    InputError,
    LimitError,
    PhotoError,
    TalkingHeadError,
    TextError,
    for_visitors,
    visitors_sentence,
)
from talking_head.server.access.auth import ANYBODY, AuthError, Visitor
from talking_head.system import disk

log = logging.getLogger(__name__)
HEARTBEAT_S = 15.0  # between two signs of life of a stream of events, so that nobody on the way closes it
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}  # as OpenAI's clients know them
_PLAIN = {  # what the framework says in two words
    "Not Found": "There is nothing at this address. The page is at /, and /docs tells what programs may call.",
    "Method Not Allowed": "This address does not take such a request; /docs tells what it takes.",
}


class Refused(InputError):
    """An input error with its own HTTP status; with its own ``code`` where pages have words of their own for it, and with
    ``param``, the name of a field, where one field of the request is wrong.
    """

    def __init__(self, status: int, message: str, code: str = "refused", param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


def unknown_avatar(name: str, known: Collection[str]) -> Refused:
    """404, with the avatars there are."""
    return Refused(404, f"There is no avatar “{name[:60]}”. Known ones: {', '.join(known)}.", "avatar")


def problem(status: int, code: str, message: str, param: str | None = None) -> dict[str, dict[str, str | None]]:
    """The one shape of an error, OpenAI's: ``{"error": {"code", "message", "type", "param"}}``; the message as ``for_visitors``
    leaves it.
    """
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"code": code, "message": for_visitors(message), "type": kind, "param": param}}


def answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error as a response: see :func:`problem`."""
    return JSONResponse(problem(status, code, message), status, headers)


def _status(error: TalkingHeadError) -> int:
    match error:
        case Refused() | AuthError():
            return error.status
        case LimitError():
            return 429
        case CapacityError():
            return 503
        case DiskError():
            return 507
        case TextError() | PhotoError():
            return 422
        case InputError():
            return 400
    return 500


def problem_of(error: TalkingHeadError) -> dict[str, dict[str, str | None]]:
    """``error`` in the shape of :func:`problem`."""
    code = (isinstance(error, InputError) and error.code) or type(error).__name__.removesuffix("Error").lower()
    return problem(_status(error), code, visitors_sentence(error), error.param if isinstance(error, Refused) else None)


def visitor(request: Request) -> Visitor:
    """Who asks, as the access check found out."""
    found = request.scope.get("state", {}).get("visitor", ANYBODY)
    assert isinstance(found, Visitor)
    return found


def address(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else ""


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
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused(400, 'Send JSON in UTF-8, such as {"text": "Hello."}.') from None
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str):
        raise Refused(422, 'Send a JSON object with a string "text", such as {"text": "Hello."}.')
    if len(text) > limit:
        raise Refused(413, f"This text has {len(text)} characters; at most {limit} can be taken at once.")
    if any(0xD800 <= ord(character) < 0xE000 for character in text):
        raise Refused(422, "This text holds half a character (a lone surrogate).")
    return text


def install(app: FastAPI) -> None:
    """Error handlers: every error becomes a status and a sentence."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, TalkingHeadError)
        again = {"Retry-After": str(error.retry_after_s)} if isinstance(error, LimitError | CapacityError) else None
        return JSONResponse(problem_of(error), _status(error), again)

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, StarletteHTTPException)
        words = _PLAIN.get(str(error.detail), str(error.detail))
        return answer(error.status_code, "http", words, dict(error.headers or {}))

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        where = {str(part)[:40] for problem in error.errors() for part in problem["loc"][1:2]}
        fields = ", ".join(f"“{name}”" for name in sorted(where)[:5])
        words = f"This request cannot be used: see {fields or 'its body'} in the description at /openapi.json."
        return answer(422, "input", words)

    async def unkept(_: Request, error: Exception) -> JSONResponse:
        """Whatever was on its way to the disk; other errors of the system are :func:`unknown`'s."""
        assert isinstance(error, OSError)
        if not disk.is_full(error):
            raise error
        log.error("something could not be kept: %s", error)
        return answer(507, "disk", disk.TOLD)

    async def unknown(request: Request, error: Exception) -> JSONResponse:
        route = getattr(request.scope.get("route"), "path", "a path of another app")  # with {session}, never with its id
        log.error("%s %s failed", request.method, route, exc_info=error)
        return answer(500, "internal", "Something went wrong on the server; its log says what.")

    app.add_exception_handler(TalkingHeadError, known)
    app.add_exception_handler(StarletteHTTPException, http)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(OSError, unkept)
    app.add_exception_handler(Exception, unknown)
