"""What the calls of OpenAI's interface share: bodies, with what is wrong in them in our words, and the presenter asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from talking_head.errors import ConfigError, WeightsError
from talking_head.server import http
from talking_head.server.container import AppContainer
from talking_head.session.stages import Stages

T = TypeVar("T", bound=BaseModel)
MAX_BODY = 256 * 1024
MAX_MESSAGES = 200


def unknown_model(name: str, known: Collection[str]) -> http.Refused:
    """404 in OpenAI's words, with the presenters there are."""
    message = f"There is no model “{name[:60]}”: a model is a presenter ({', '.join(known)}), or “default”."
    return http.Refused(404, message, "model_not_found", "model")


def read(kind: type[T], body: bytes) -> T:
    """The body as ``kind``. Raises Refused (422): a sentence, and the field that is wrong as OpenAI's ``param``."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:60]
        raise http.Refused(422, f"This request cannot be used: {_problem(first, where)}", param=where) from None


def _problem(first: ErrorDetails, where: str) -> str:
    """What is wrong with the field ``where``, in our words."""
    limits = first.get("ctx", {})
    match first["type"]:
        case "json_invalid" | "model_type":
            return "its body must be a JSON object in UTF-8."
        case "missing":
            return f"“{where}” is missing."
        case "literal_error":
            return f"“{where}” must be {limits['expected']}."
        case "value_error":
            return f"of “{where}”, {limits['error']}."
        case "too_short" | "too_long":
            return f"“{where}” must hold 1 to {MAX_MESSAGES}."
        case "greater_than_equal":
            return f"“{where}” must be at least {limits['ge']:g}."
        case "less_than_equal":
            return f"“{where}” must be at most {limits['le']:g}."
    return f"“{where}” is not what it should be."


async def presenter(container: AppContainer, name: str, voice: str = "", speed: float = 1.0) -> tuple[str, Stages]:
    """The presenter ``name`` ("" and “default”: the server's own) and what answers and speaks for it, with its own voice or the
    one called ``voice``. Raises Refused (404): there is none, or its voice's models are not here.
    """
    names = container.faces.names()
    name = name if name and name != "default" else container.default
    if name not in names:
        raise unknown_model(name, names)
    try:
        return name, await asyncio.to_thread(container.stages_for, name, voice, speed)
    except (ConfigError, WeightsError) as error:
        raise http.Refused(404, str(error)) from error
