"""What a form of the studio brings, checked for its size, and what the studio refuses, as an answer in a sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from talking_head.errors import ConfigError, InputError, MissingExtraError, PhotoError
from talking_head.server import http
from talking_head.studio.profile import Profile
from talking_head.studio.service import ForeignConsentError

PROFILE = ("title", "voice", "language", "mood", "background", "source", "licence", "attribution")
"""The fields of a form that are told of a presenter."""
T = TypeVar("T")


def form_of(request: Request, most: int) -> Any:
    """The request's form, as an asynchronous context. Refused (411, 413) without a length, or with too large a one."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise http.Refused(411, "Send the length of the form (Content-Length); a stream without one is not taken.")
    if int(length) > most + 65536:
        raise http.Refused(413, f"This is larger than the {most // 1_000_000} MB that are taken.")
    return request.form(max_files=3, max_fields=24, max_part_size=64 * 1024)


async def picture_of(form: FormData, key: str, most: int, *, needed: bool = True) -> bytes:
    """The file of the field ``key``, b"" where there is none and none is needed. Refused (413, 422)."""
    upload = form.get(key)
    if not isinstance(upload, UploadFile):
        if needed:
            raise http.Refused(422, f"Send a multipart form with the picture as “{key}”.")
        return b""
    data = await upload.read(most + 1)
    if len(data) > most:
        raise http.Refused(413, f"The picture is larger than the {most // 1_000_000} MB that are taken.")
    return data


def profile_of(words: dict[str, str], name: str, picture: bytes) -> Profile:
    """What the fields of a form tell of the presenter ``name``; ``picture``: of its background."""
    return Profile(name.strip(), **{key: words.get(key, "").strip() for key in PROFILE}, picture=picture)


async def answered(work: Callable[[], Awaitable[T]]) -> T:
    """What ``work`` gives; what it raises as an answer in a sentence."""
    try:
        return await work()
    except ForeignConsentError as error:
        raise http.Refused(409, str(error), error.code) from error
    except (http.Refused, PhotoError):
        raise
    except (ConfigError, InputError, MissingExtraError) as error:
        code = error.code if isinstance(error, InputError) else ""
        raise http.Refused(422, str(error), code or "refused") from error
