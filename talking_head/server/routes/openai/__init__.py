"""Presenters behind the interface that other programs already speak: ``/v1/models``, ``/v1/chat/completions`` and
``/v1/audio/speech``.

A *model* is a presenter: its persona, its knowledge, its voice. The subset that is answered is that of the OpenAI API reference
of 2025: messages of text in, one choice out, whole or as server-sent events; text in, sound out.
"""

from __future__ import annotations

import time
from typing import Any

from fastapi import FastAPI

from talking_head.config import Config
from talking_head.server.container import AppContainer
from talking_head.server.routes.openai.bodies import unknown_model
from talking_head.server.routes.openai.chat import chat_route
from talking_head.server.routes.openai.speech import speech_route


def openai_routes(app: FastAPI, container: AppContainer, config: Config) -> None:
    """Add the routes to ``app``."""
    since = int(time.time())

    def about(name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": since, "owned_by": "talking-head"}

    @app.get("/v1/models", tags=["programs"])
    async def models() -> dict[str, Any]:
        """The presenters, as models."""
        return {"object": "list", "data": [about(name) for name in container.faces.names()]}

    @app.get("/v1/models/{name}", tags=["programs"])
    async def model(name: str) -> dict[str, Any]:
        """One presenter, as a model."""
        if name not in container.faces.names():
            raise unknown_model(name, container.faces.names())
        return about(name)

    chat_route(app, container, config)
    speech_route(app, container, config)
