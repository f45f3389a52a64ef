"""What FastAPI cannot see by itself of our calls, for /openapi.json: bodies read by hand, and errors."""

from __future__ import annotations

from typing import Any

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "type", "param"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
            },
        }
    },
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers with an error of these statuses, and those that every call may give."""
    told = {
        400: "It cannot be read",
        401: "A key is needed",
        403: "Not allowed",
        404: "There is none",
        409: "The name is taken",
        411: "Without a length",
        413: "Too large",
        415: "Another type is needed",
        421: "Not known under this name",
        422: "It cannot be used; the sentence says why",
        429: "Too often; see Retry-After",
        503: "Full, or still loading; see Retry-After",
        507: "The disk is full; nothing of it was kept",
    }
    content = {"application/json": {"schema": _ERROR}}
    return {status: {"description": told[status], "content": content} for status in {400, 401, 403, 421, 503, 507, *statuses}}


def body(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A body of one type."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


TEXT = body(
    "application/json",
    {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 4000}}},
)
SDP = body("application/sdp", {"type": "string"})
FRAGMENT = body("application/trickle-ice-sdpfrag", {"type": "string"})
_TOLD = ("title", "voice", "language", "mood", "background", "source", "licence", "attribution")


def form(files: tuple[str, ...], texts: tuple[str, ...] = (), needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """A form with these parts."""
    parts = {name: {"type": "string", "format": "binary"} for name in files} | {name: {"type": "string"} for name in texts}
    return body("multipart/form-data", {"type": "object", "properties": parts, "required": list(needed)})


PHOTO = form(("photo", "smile"), ("name", "consent", "title", "source", "licence", "attribution", "voice"), ("photo",))
DRAFT = form(("photo", "video"), ("ticket",))
SMILE = form(("photo",), (), ("photo",))
KEPT = form(
    ("picture", "recording"), ("name", "shown", "agreed", "scope", "until", "statement", "use", *_TOLD), ("name", "shown")
)
CHANGED = form(("picture",), _TOLD)
PRESENTER = form(("file",), ("name", "trust"), ("file",))
FILE = form(("file",), (), ("file",))
VERIFIED = form(("file", "manifest"), (), ("file",))
FILM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "description": "docs/films.md"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["film"],
                    "properties": {
                        "film": {"type": "string", "description": "the description as JSON; each file it names is a part"}
                    },
                }
            },
        },
    }
}
FILM_ANSWERS = answers(404, 411, 413, 415, 422, 429)
VERIFY_ANSWERS = answers(411, 413, 422, 429)
WHEP_ANSWERS = answers(404, 413, 415, 422, 429)
SESSION_ANSWERS = answers(404, 413, 422)
TEXT_ANSWERS = answers(404, 413, 422, 429)
AVATAR_ANSWERS = answers(404, 422)
JOB_ANSWERS = answers(404)
MEMORY_ANSWERS = answers(404, 409, 422, 429)
KNOWLEDGE_ANSWERS = answers(404, 413, 422)
UPLOAD_ANSWERS = answers(409, 411, 413, 422, 429)
