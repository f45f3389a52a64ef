"""What every request passes, whatever app answers it: the name it asks for, the page it comes from, who sends it, how long its
body may take; and the headers that every answer carries.

Pure ASGI: nothing in here waits for an answer to be complete. See docs/security.md for what each rule is against.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from talking_head.errors import LimitError
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import COOKIE, NOBODY, Auth, AuthError, Visitor, required
from talking_head.server.access.bodies import Body, read_away, too_large
from talking_head.server.access.limits import READS, RateLimits
from talking_head.system.network import is_loopback

SELF = "'self'"
_SAFE = ("GET", "HEAD", "OPTIONS")
# Path → the scope that it needs (None: none), the first that fits. What is not listed may be read (files of the page) and
# nothing else.
_RULES: tuple[tuple[re.Pattern[str], str | None, str | None], ...] = tuple(
    (re.compile(pattern, re.DOTALL), reading, writing)  # a path may hold %0A, and is nobody's for that
    for pattern, reading, writing in (
        (r"/auth/.*", None, None),
        (r"/metrics/?", "admin", "admin"),
        (r"/(openapi\.json|docs)/?", "admin", "admin"),
        (r"/config/?", "view", "admin"),
        (r"/avatars/[^/]+/knowledge(/.*)?", "make", "make"),
        (r"/avatars(/.*)?", "view", "make"),
        (r"/presenters/events/?", "view", "make"),
        (r"/(drafts|presenters)(/.*)?", "make", "make"),
        (r"/voices(/.*)?", "view", "admin"),
        (r"/sessions/[^/]+/recording/?", "make", "make"),
        (r"/(whep|sessions)(/.*)?", "talk", "talk"),
        (r"/recordings/?", "admin", "admin"),
        (r"/recordings/.*", "view", "view"),
        (r"/memory(/.*)?", "talk", "talk"),
        (r"/gradio(/.*)?", "make", "make"),
        (r"/(jobs|films)(/.*)?", "make", "make"),
        (r"/verify/?", None, "view"),
        (r"/v1(/.*)?", "view", "talk"),
        (r".*", None, "admin"),
    )
)
# What is counted of a client, by method and path, the first that fits. Whatever else changes something is a message; whatever
# else is asked for is a read.
_COUNTED = (
    ("offers", "POST", re.compile(r"/whep/?")),
    ("films", "POST", re.compile(r"/films/?|/jobs/\w+/again/?|/presenters/[^/]+/twin/?")),
    ("uploads", "POST", re.compile(r"/avatars(/[^/]+/knowledge)?/?|/verify/?|/gradio/gradio_api/upload/?")),
    ("uploads", "POST", re.compile(r"/drafts(/[^/]+/smile)?/?|/presenters/?")),
    ("films", "POST", re.compile(r"/gradio/gradio_api/(queue/join|run/\w+|api/\w+|call/(v2/)?\w+)/?")),
    ("calls", "POST", re.compile(r"/v1/.*|/memory(/facts)?/?|/sessions/[^/]+/audio/?|/avatars/[^/]+/knowledge/ask/?")),
    ("logins", "POST", re.compile(r"/auth/.*")),
    # What is read as it lies costs little; these are drawn, spoken, packed or gathered for each who asks.
    ("downloads", "GET", re.compile(r"/avatars/[^/]+\.png/?|/drafts/[^/]+/(photo|portrait)\.jpg/?|/voices/[^/]+\.wav/?")),
    ("downloads", "GET", re.compile(r"/presenters/[^/]+/(file|consent)/?|/(metrics|jobs|recordings)/?")),
)
# What stays open until its reader goes. Nobody may hold all connections of an address that others come from, too.
_STREAMS = re.compile(r"/presenters/events/?|/jobs/[^/]+/events/?|/gradio/gradio_api/(queue/data|heartbeat/[^/]+)/?")
# Bodies above this are taken by the calls below alone, which look at their length themselves. All others hold texts; FastAPI
# would read them whole into memory before anybody saw what they are.
MAX_BODY = 2_000_000
_UPLOADS = re.compile(
    r"/avatars(/[^/]+/knowledge)?/?|/verify/?|/drafts(/[^/]+/(smile|keep))?/?|/presenters(/[^/]+)?/?|/films/?"
    r"|/sessions/[^/]+/audio/?|/gradio/gradio_api/upload/?"
)
_PERMISSIONS = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), serial=(), midi=()"


@dataclass(frozen=True, slots=True)
class Policy:
    """``hosts``: names under which the server may be asked for, beside loopback names and the address that was connected to.
    ``origins``: web origins that may call it. ``embedders``: origins whose pages may show it in a frame. ``chunk_s``,
    ``body_s``: how long a piece of a body, and a whole one, may take. ``docs``: whether /openapi.json and /docs are for
    everybody.
    """

    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    embedders: Collection[str] = ()
    chunk_s: float = 15.0
    body_s: float = 120.0
    docs: bool = True


class AccessMiddleware:
    """An ASGI app before ``app``. The visitor is left in ``scope["state"]["visitor"]``."""

    def __init__(self, app: ASGIApp, policy: Policy, auth: Auth, limits: RateLimits, audit: Audit) -> None:
        self._app, self._policy, self._auth, self._limits, self._audit = app, policy, auth, limits, audit
        self._csp = content_policy(policy.embedders)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "websocket":  # nothing here speaks over one
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        with ExitStack() as until_it_ends:
            try:
                visitor = self._admit(scope)
                if _STREAMS.fullmatch(scope["path"]):
                    until_it_ends.enter_context(self._limits.stream(visitor.client, _address(scope)))
            except (http.Refused, AuthError, LimitError) as refused:
                await self._refuse(refused, scope, receive, dressed)
                return
            scope.setdefault("state", {})["visitor"] = visitor
            await self._pass_on(scope, receive, dressed)

    async def _pass_on(self, scope: Scope, receive: Receive, dressed: Send) -> None:
        most = math.inf if _UPLOADS.fullmatch(scope["path"]) else MAX_BODY
        body = Body(receive, dressed, chunk_s=self._policy.chunk_s, body_s=self._policy.body_s, most=most)
        await body.pass_to(self._app, scope)
        if body.refused:
            self._note(scope, body.refused, "body")

    def _admit(self, scope: Scope) -> Visitor:
        """Who asks. Raises Refused, AuthError, LimitError."""
        headers, method, path = Headers(scope=scope), scope["method"], scope["path"]
        self._check_host(headers, scope)
        if method not in _SAFE:
            self._check_origin(headers)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > MAX_BODY and not _UPLOADS.fullmatch(path):
            raise http.Refused(413, too_large(MAX_BODY))
        visitor = self._visitor(headers, method, path)
        self._limits.hit(counted_as(method, path), visitor.client, _address(scope))
        return visitor

    def _visitor(self, headers: Headers, method: str, path: str) -> Visitor:
        if self._auth.open:
            return self._auth.visitor("", "")
        reading, writing = _scopes(path)
        scope = reading if method in ("GET", "HEAD") else None if method == "OPTIONS" else writing
        if scope == "admin" and self._policy.docs and path.rstrip("/") in ("/docs", "/openapi.json"):
            scope = None
        try:
            visitor = self._auth.visitor(headers.get("authorization", ""), _cookie(headers))
        except AuthError:
            if scope is not None:
                raise
            return NOBODY
        if scope is not None:
            required(visitor, scope)
        return visitor

    def _check_host(self, headers: Headers, scope: Scope) -> None:
        names = headers.getlist("host")
        if len(names) != 1:
            raise http.Refused(400, "A request names its host once.")
        name = host_name(names[0])
        bound = (scope.get("server") or ("",))[0]
        if name and (is_loopback(name) or name.endswith(".localhost") or name == bound or name in self._policy.hosts):
            return
        raise http.Refused(421, f"This server is not known as “{names[0][:80]}”; see server.hosts in the configuration.")

    def _check_origin(self, headers: Headers) -> None:
        origin = headers.get("origin")
        if origin is None:
            if headers.get("sec-fetch-site") == "cross-site":
                raise http.Refused(403, "Pages of other sites may not call this server.")
            return
        if origin in self._policy.origins:
            return
        try:
            place = urlsplit(origin)
            own = place.scheme in ("http", "https") and place.netloc == headers.get("host")
        except ValueError:
            own = False
        if not own:
            message = f"Pages of {origin[:80]} may not call this server; see server.origins in the configuration."
            raise http.Refused(403, message)

    async def _refuse(self, refused: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        status = getattr(refused, "status", 429)
        code = {401: "auth", 403: "forbidden", 421: "host", 429: "limit"}.get(status, "refused")
        headers = {} if scope["method"] in _SAFE or await read_away(receive) else {"Connection": "close"}
        if isinstance(refused, LimitError):
            headers["Retry-After"] = str(refused.retry_after_s)
            headers["Connection"] = "close"  # who asks too often keeps no connection from others of the same address
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        self._note(scope, status, code)
        await http.answer(status, code, str(refused), headers)(scope, receive, send)

    def _note(self, scope: Scope, status: int, reason: str) -> None:
        self._audit.note("refused", None, _address(scope), status=status, reason=reason, method=scope["method"])

    def _dress(self, headers: MutableHeaders, path: str) -> None:
        headers.setdefault("Content-Security-Policy", self._csp)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = _PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if not self._policy.embedders:
            headers["X-Frame-Options"] = "SAMEORIGIN"
        # An image or a sound of ours that a page of elsewhere shows would tell it who is here; pages that may, are configured.
        others = bool(self._policy.origins or self._policy.embedders)
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if others else "same-origin"
        if path.startswith("/auth/"):
            headers["Cache-Control"] = "no-store"
        elif _scopes(path)[0] is not None:  # one visitor's films, drafts and presenters: no proxy keeps them
            headers.setdefault("Cache-Control", "private, no-cache")


def content_policy(
    embedders: Collection[str], scripts: str = SELF, styles: str = SELF, calls: str = SELF, base: str = "'none'"
) -> str:
    """The Content-Security-Policy of a page: all from here, no script in the page itself, framed by ``embedders`` only."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {styles}",
            "img-src 'self' blob: data:",
            "media-src 'self' blob: data:",
            "font-src 'self' data:",
            f"connect-src {calls}",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            f"base-uri {base}",
            f"frame-ancestors {' '.join([SELF, *embedders])}",
        )
    )


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _scopes(path: str) -> tuple[str | None, str | None]:
    """What reading and what changing ``path`` needs."""
    return next((reading, writing) for pattern, reading, writing in _RULES if pattern.fullmatch(path))


def counted_as(method: str, path: str) -> str:
    """As what a request is counted."""
    alike = "GET" if method == "HEAD" else method  # what is made for a body is made for its length, too
    for kind, counted, pattern in _COUNTED:
        if alike == counted and pattern.fullmatch(path):
            return kind
    return READS if method in _SAFE else "messages"


def host_name(host: str) -> str:
    """The name in a Host header, without its port and brackets, in lower case; empty for what is none."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?", host)
    return (match[1] or match[2]).lower().rstrip(".") if match else ""


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
