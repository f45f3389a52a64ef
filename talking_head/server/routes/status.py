"""What the server says of itself: whether it is ready, its figures, what a page needs to know, the page of its routes."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse

from talking_head.server import http
from talking_head.server.access import turn
from talking_head.server.startup import WEB
from talking_head.server.state import Server


def status_routes(app: FastAPI, server: Server) -> None:
    """Add the routes."""

    @app.get("/healthz", tags=["server"], responses={503: {"description": "The models are being loaded"}})
    async def healthz(request: Request) -> dict[str, Any]:
        """Whether the server is ready; how full it is, for whoever may see that."""
        status: dict[str, Any] = {"status": "ok"}
        if "view" in http.visitor(request).scopes:
            status |= {
                "sessions": len(server.peers),
                "capacity": server.container.loop.capacity,
                "avatars": server.container.faces.names(),
            }
        return status

    @app.get("/metrics", tags=["server"])
    async def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(server.metrics.render(), media_type=server.metrics.content_type)

    @app.get("/config", tags=["server"])
    async def page_config() -> dict[str, Any]:
        """What a page needs to know. Logins of TURN servers live for minutes."""
        return {
            "ice_servers": [turn.for_visitor(ice) for ice in server.config.stream.ice_servers],
            "label": server.config.stream.label,
            "avatars": server.container.faces.names(),
            "default_avatar": server.container.default,
            "photo_bytes": server.config.limits.photo_bytes,
            "video_bytes": server.config.limits.video_bytes,
            "editable": server.config.editable,
        }

    @app.head("/docs", include_in_schema=False)
    @app.get("/docs", include_in_schema=False)
    async def described() -> Response:
        return FileResponse(WEB / "docs.html")
