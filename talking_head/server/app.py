"""The web server: pages, WHEP, and a small HTTP interface for programs. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from talking_head.config import Config
from talking_head.server import http
from talking_head.server.avatar_routes import avatar_routes
from talking_head.server.connection_gate import ConnectionGate
from talking_head.server.container import AppContainer, Face
from talking_head.server.metrics import Metrics
from talking_head.server.openai_routes import openai_routes
from talking_head.server.startup import WEB
from talking_head.session.session import Stages
from talking_head.webrtc import events
from talking_head.webrtc.client import ClientSession, Gauges
from talking_head.webrtc.connection import ConnectionSettings
from talking_head.webrtc.connections import ConnectionFactory, media_processes
from talking_head.webrtc.sdp import with_known_address

MAX_SDP = 256 * 1024


class Server:
    """The routes' state: the studio and the peers of this process."""

    def __init__(self, container: AppContainer, config: Config) -> None:
        self.container, self.config = container, config
        self.peers: dict[str, ClientSession] = {}
        self.door = ConnectionGate()
        self.metrics = Metrics(container.loop, [container.reply_executor, container.speech_executor, self.door])
        stream = config.stream
        self.gauges = Gauges(
            spoke=self.metrics.first_frame.observe, skewed=self.metrics.skew.observe, late=self.metrics.late.inc
        )
        settings = ConnectionSettings(
            codec=stream.codec,
            hardware=stream.encoder == "auto",
            video_bps=stream.video_kbps * 1000,
            min_video_bps=stream.min_video_kbps * 1000,
            audio_bps=stream.audio_kbps * 1000,
            reserve_s=stream.reserve_ms / 1000,
            ice_servers=tuple(
                {"urls": list(ice.urls), "username": ice.username or None, "credential": ice.credential or None}
                for ice in stream.ice_servers
            ),
        )
        self.lines = ConnectionFactory(
            settings, media_processes(stream.processes, container.loop.capacity), lag=self.metrics.media_lag.observe
        )

    async def face(self, name: str | None) -> Face:
        """The face of that name; Refused (404) if there is none."""
        if (face := self.container.ready(name)) is not None:
            return face
        if name and not self.container.knows(name):
            raise http.unknown_avatar(name, self.container.names())
        return await asyncio.to_thread(self.container.face, name)

    async def connect(self, sdp: str, avatar: str | None, address: str = "") -> tuple[ClientSession, str]:
        """Open a session for the offer of a browser at ``address``; returns it and the SDP answer."""
        face = await self.face(avatar)
        portrait = face.portrait
        height, width = portrait.image.shape[:2]
        hello = events.Hello(
            session="",
            avatar=portrait.name,
            licence=portrait.licence,
            source=portrait.source,
            label=self.config.stream.label,
            width=width,
            height=height,
            barge_in=self.config.session.barge_in,
        )
        stages = await asyncio.to_thread(self.container.stages_for, portrait.name)
        async with self.door.turn():
            await self.lines.ready()
            return await self._open(sdp, address, face, hello, stages)

    async def _open(self, sdp: str, address: str, face: Face, hello: events.Hello, stages: Stages) -> tuple[ClientSession, str]:
        session = self.config.session
        peer = ClientSession(
            stages,
            self.lines.line,
            hello,
            self._forget,
            gauges=self.gauges,
            greeting=session.greeting or self.container.presenters.get(hello.avatar).greeting,
            idle_timeout_s=session.idle_timeout_s,
        )
        try:
            peer.rejoin = partial(self.container.join, face, peer.session.next_block, peer.deliver, peer.slot_lost)
            peer.session.sit(peer.rejoin())
            self.peers[peer.session.id] = peer
            answer = await peer.answer(sdp, address)
        except BaseException:
            await peer.close()
            raise
        return peer, answer

    def _forget(self, peer: ClientSession) -> None:
        self.peers.pop(peer.session.id, None)

    def peer(self, session: str) -> ClientSession:
        """The peer of a session; Refused (404) if it is gone."""
        peer = self.peers.get(session)
        if peer is None:
            raise http.Refused(404, f"There is no session “{session[:40]}”; it may have ended.")
        return peer

    async def close(self) -> None:
        """End every session."""
        await asyncio.gather(*(peer.close() for peer in list(self.peers.values())), return_exceptions=True)
        self.lines.close()


def create_app(container: AppContainer, config: Config) -> FastAPI:
    """The ASGI app. ``studio`` must be started; it is not closed by the app."""
    server = Server(container, config)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watches = [asyncio.create_task(each) for each in (server.metrics.watch_event_loop(), server.lines.watch())]
        yield
        for watch in watches:
            watch.cancel()
        await server.close()

    app = FastAPI(title="Talking head", lifespan=lifespan, openapi_url=None)
    app.state.server = server
    http.install(app, config.server.origins)
    if config.server.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(config.server.origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Link", "Retry-After"],
        )
    _whep_routes(app, server)
    _program_routes(app, server)
    avatar_routes(app, container, config)
    openai_routes(app, container, config)
    if WEB.is_dir():
        app.mount("/", StaticFiles(directory=WEB, html=True), name="web")
    return app


def _whep_routes(app: FastAPI, server: Server) -> None:
    @app.post("/whep")
    async def whep(request: Request, avatar: str | None = None) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/sdp":
            raise http.Refused(415, "Post the SDP offer as application/sdp.")
        body = await http.read_body(request, MAX_SDP)
        peer, answer = await server.connect(
            body.decode("utf-8", "replace"), avatar, request.client.host if request.client else ""
        )
        headers = {"Location": f"/whep/{peer.session.id}"}
        links = [_ice_link(ice.urls, ice.username, ice.credential) for ice in server.config.stream.ice_servers]
        if links:
            headers["Link"] = ", ".join(links)
        return Response(answer, 201, headers, media_type="application/sdp")

    @app.delete("/whep/{session}")
    async def leave(session: str) -> Response:
        await server.peer(session).close()
        return Response(status_code=200)

    @app.patch("/whep/{session}")
    async def trickle(session: str, request: Request) -> Response:
        peer = server.peer(session)
        fragment = (await http.read_body(request, MAX_SDP)).decode("utf-8", "replace")
        address = request.client.host if request.client else ""
        mid = "0"
        for line in fragment.splitlines():
            if line.startswith("a=mid:"):
                mid = line[6:]
            elif line.startswith("a=candidate:"):
                await peer.add_candidate(with_known_address(line, address)[len("a=candidate:") :], mid)
        return Response(status_code=204)


def _ice_link(urls: tuple[str, ...], username: str, credential: str) -> str:
    """A Link header value of WHEP (draft-ietf-wish-whep, section 4.6) for one server."""
    login = f'; username="{username}"; credential="{credential}"; credential-type="password"' if username else ""
    return ", ".join(f'<{url}>; rel="ice-server"{login}' for url in urls)


def _program_routes(app: FastAPI, server: Server) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, Any]:
        loop = server.container.loop
        return {"status": "ok", "sessions": len(server.peers), "capacity": loop.capacity, "avatars": server.container.names()}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(server.metrics.render(), media_type=server.metrics.content_type)

    @app.get("/config")
    async def page_config() -> dict[str, Any]:
        return {
            "ice_servers": [
                {"urls": list(ice.urls), "username": ice.username, "credential": ice.credential}
                for ice in server.config.stream.ice_servers
            ],
            "label": server.config.stream.label,
            "avatars": server.container.names(),
            "default_avatar": server.container.default,
            "photo_bytes": server.config.limits.photo_bytes,
        }

    @app.post("/sessions/{session}/say")
    async def say(session: str, request: Request) -> JSONResponse:
        peer = server.peer(session)
        return JSONResponse({"turn": peer.session.say(await http.read_text(request, server.config.limits.text_chars))}, 202)

    @app.post("/sessions/{session}/chat")
    async def chat(session: str, request: Request) -> JSONResponse:
        peer = server.peer(session)
        return JSONResponse({"turn": peer.session.chat(await http.read_text(request, server.config.limits.text_chars))}, 202)

    @app.post("/sessions/{session}/interrupt")
    async def interrupt(session: str) -> JSONResponse:
        peer = server.peer(session)
        peer.session.interrupt()
        return JSONResponse({"turn": peer.session.turn}, 202)
