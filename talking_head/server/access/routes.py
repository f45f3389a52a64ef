"""``/auth``: a site's own server mints tokens for its visitors; a browser trades a credential for a cookie. See
docs/security.md.
"""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from talking_head.config import Config
from talking_head.errors import ConfigError
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import COOKIE, Auth, AuthError, Visitor, entailed


class Wish(BaseModel):
    """What a token should be good for. ``visitor``: how the site calls them, for its own audit; no name is needed."""

    model_config = ConfigDict(extra="forbid")

    scopes: Annotated[list[str], Field(min_length=1, max_length=4)] = ["view", "talk"]
    seconds: Annotated[int, Field(ge=10, le=86_400)] | None = None
    visitor: Annotated[str, Field(max_length=80)] = ""


class Minted(BaseModel):
    """A token, and the seconds that it lives."""

    token: str
    expires_in: int


def auth_routes(app: FastAPI, auth: Auth, config: Config, audit: Audit) -> None:
    """Add the routes under ``/auth``."""

    @app.post("/auth/tokens", status_code=201, tags=["access"])
    async def mint(wish: Wish, request: Request) -> Minted:
        """Mint a token for a visitor; needs a key that has the scopes itself."""
        who = http.visitor(request)
        if not auth.open and not who.by_key:
            raise AuthError(403 if who.scopes else 401, "Only a key mints tokens: send “Authorization: Bearer KEY”.")
        try:
            scopes = entailed(wish.scopes)
        except ConfigError as error:
            raise http.Refused(422, str(error)) from error
        if lacking := scopes - who.scopes:
            raise AuthError(403, f"This key lacks the scope “{min(lacking)}” itself.")
        seconds = wish.seconds or config.auth.token_seconds
        token = auth.tokens.mint(scopes, seconds, wish.visitor or who.name)
        audit.note("token", who, http.address(request), scopes=" ".join(sorted(scopes)), seconds=seconds)
        return Minted(token=token, expires_in=seconds)

    @app.post("/auth/session", status_code=204, tags=["access"])
    async def enter(request: Request) -> Response:
        """Trade a key or a token for a cookie that scripts cannot read."""
        response = Response(status_code=204)
        if auth.open:
            return response
        who = http.visitor(request)
        if not who.scopes:
            raise AuthError(401, "This key or link is not valid here, or not any more.")
        left = config.auth.token_seconds if who.expires is None else max(1, int(who.expires - time.time()))
        token = auth.tokens.mint(who.scopes - {"admin"}, left, who.name, of_key=who.by_key or who.of_key)
        secure = request.url.scheme == "https"
        framed = secure and bool(config.server.embed_origins)  # in a frame of another site only such a cookie is sent
        response.set_cookie(
            COOKIE, token, max_age=left, httponly=True, secure=secure, samesite="none" if framed else "strict", path="/"
        )
        if framed:
            response.headers["set-cookie"] += "; Partitioned"
        audit.note("entered", who, http.address(request))
        return response

    @app.delete("/auth/session", status_code=204, tags=["access"])
    async def leave() -> Response:
        """Forget the cookie."""
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path="/")
        return response


def client_of(visitor: Visitor, address: str) -> str:
    """Whose sessions are counted together."""
    return visitor.client or address
