"""The web server: pages, WHEP, and a small HTTP interface for programs. See web/PROTOCOL.md."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from talking_head import __version__
from talking_head.config import Config
from talking_head.errors import ConfigError, LimitError, WeightsError
from talking_head.jobs import JobRunner
from talking_head.memory.store import visitor_id
from talking_head.protocols import Brief
from talking_head.server import http
from talking_head.server.access import turn
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import ANYBODY, Visitor
from talking_head.server.access.routes import auth_routes, client_of
from talking_head.server.access.security import Doors
from talking_head.server.access.settings import audit_file, auth_of, limits_of, policy_of
from talking_head.server.connection_gate import ConnectionGate
from talking_head.server.container import AppContainer, Face
from talking_head.server.jobs import job_runner
from talking_head.server.load_watch import LoadWatch
from talking_head.server.metrics import Metrics
from talking_head.server.presenter.consent import check_live
from talking_head.server.presenter.watch import watch_presenters
from talking_head.server.recording.permission import Permission
from talking_head.server.recording.session import LiveRecording
from talking_head.server.recording.store import Recordings, watch_recordings
from talking_head.server.routes import docs
from talking_head.server.routes.avatars import avatar_routes
from talking_head.server.routes.films import film_routes
from talking_head.server.routes.jobs import described, job_routes
from talking_head.server.routes.knowledge import knowledge_routes
from talking_head.server.routes.memory import memory_routes
from talking_head.server.routes.openai import openai_routes
from talking_head.server.routes.recordings import recording_routes
from talking_head.server.routes.studio import studio_routes
from talking_head.server.routes.verify import verify_routes
from talking_head.server.routes.voices import voice_routes
from talking_head.server.routes.words import word_routes
from talking_head.server.startup import WEB
from talking_head.server.webhooks import Webhooks
from talking_head.session.stages import ListenStages, Stages
from talking_head.system.network import is_loopback
from talking_head.webrtc import events, offer_check
from talking_head.webrtc.client import ClientSession, Gauges
from talking_head.webrtc.connection import ConnectionSettings
from talking_head.webrtc.connections import ConnectionFactory, media_processes


class Server:
    """The routes' state: the studio and the peers of this process."""

    def __init__(self, container: AppContainer, config: Config) -> None:
        self.container, self.config = container, config
        self.peers: dict[str, ClientSession] = {}
        self.left: deque[str] = deque(maxlen=256)  # sessions that ended lately: a page says goodbye in two ways
        self.gate = ConnectionGate()
        lanes = (container.reply_executor, container.speech_executor, container.heavy_speech_executor)
        self.metrics = Metrics(container.loop, [*lanes, self.gate])
        stream = config.stream
        self.audit = Audit(audit_file(config))
        self.auth = auth_of(config)
        self.load = LoadWatch(container, self.peers)
        self.recordings = Recordings(config)
        self.gauges = Gauges(
            spoke=self.metrics.first_frame.observe,
            received=self.metrics.received.add,
            late=self._late,
            slow=lambda: self.load.slow,
        )
        settings = ConnectionSettings(
            codec=stream.codec,
            hardware=stream.encoder == "auto",
            video_bps=stream.video_kbps * 1000,
            min_video_bps=stream.min_video_kbps * 1000,
            audio_bps=stream.audio_kbps * 1000,
            reserve_s=stream.reserve_ms / 1000,
            listens=container.listen is not None,
            ice_servers=tuple(
                {"urls": list(ice.urls), "username": ice.username or None, "credential": ice.credential or None}
                for ice in stream.ice_servers
                if ice.credential or not ice.secret_env  # a relay of our own is for our visitors
            ),
            candidates=stream.candidates,
            relays=offer_check.relays([url for ice in stream.ice_servers for url in ice.urls]),
            provenance=config.provenance.model_dump(),
        )
        self.connections = ConnectionFactory(
            settings, media_processes(stream.processes, container.loop.capacity), lag=self.metrics.media_lag.observe
        )

    async def face(self, name: str | None) -> Face:
        """The face of that name; Refused (404) if there is none."""
        if (face := self.container.ready(name)) is not None:
            return face
        if name and not self.container.knows(name):
            raise http.unknown_avatar(name, self.container.names())
        return await asyncio.to_thread(self.container.face, name)

    async def connect(
        self,
        sdp: str,
        avatar: str | None,
        address: str = "",
        who: Visitor = ANYBODY,
        voice: str = "",
        speed: float = 1.0,
    ) -> tuple[ClientSession, str]:
        """Open a session for the offer of a browser at ``address``; returns it and the SDP answer."""
        if not 0.5 <= speed <= 2:
            raise http.Refused(422, f"A voice can speak 0.5 to 2 times as fast as by itself, not {speed} times.")
        face = await self.face(avatar)
        await check_live(face.portrait)
        offer_check.check(sdp)
        owner = client_of(who, address)
        if (who.name or not is_loopback(address)) and self._sessions_of(owner) >= self.config.limits.sessions:
            raise LimitError(
                f"{self.config.limits.sessions} conversations are open from here already. End one of them first.",
                retry_after_s=10,
            )
        portrait = face.portrait
        height, width = portrait.image.shape[:2]
        try:
            stages = await asyncio.to_thread(self.container.stages_for, portrait.name, voice, speed)
        except (ConfigError, WeightsError) as error:  # no such voice, or not on this machine
            raise http.Refused(404, str(error)) from error
        listening = self.container.listen
        listen = None if listening is None else await asyncio.to_thread(listening.of, stages.language)
        guest = self.container.is_guest(portrait.name)
        own = self.config.avatar.name if portrait.name == self.container.default else portrait.name
        permission = Permission(self.config, portrait.name, "" if guest else own, self.container.voice_of(portrait.name, voice))
        hello = events.Hello(
            session="",
            avatar=portrait.name,
            licence=portrait.licence,
            source=portrait.source,
            label=self.config.stream.label,
            width=width,
            height=height,
            barge_in=self.config.session.barge_in,
            listens=listen is not None,
            remembers=await asyncio.to_thread(self.container.remembers, portrait.name),
            records=self.config.recording.enabled and await asyncio.to_thread(permission.given),
            labelled=self.config.provenance.label,
            manner=events.HowItPerforms(**asdict(self.container.manner(portrait.name))),
            language=stages.language.code,
            tone=listen is not None and listen.tone,
        )
        async with self.gate.turn():
            await self.connections.ready()
            remember = partial(self._known, stages, hello.avatar, who) if hello.remembers else None
            record = self._recorder(permission) if hello.records else None
            peer, answer = await self._open(sdp, address, face, hello, owner, stages, listen, remember, record)
        self.audit.note(
            "session", who, address, number=peer.session.number, avatar="a visitor's photo" if guest else portrait.name
        )
        return peer, answer

    def _known(self, stages: Stages, avatar: str, who: Visitor, token: str) -> Brief | None:
        """What a presenter says to a visitor who shows the token of their memory ("": none). Raises InputError for no token."""
        return self.container.brief_for(stages, avatar, visitor_id(token, who.name)) if token else None

    def _recorder(self, permission: Permission) -> Callable[[ClientSession], LiveRecording]:
        settings = self.config.recording
        return partial(LiveRecording, self.recordings, permission, settings.minutes, settings.bytes)

    def _sessions_of(self, owner: str) -> int:
        return sum(peer.owner == owner for peer in self.peers.values())

    async def _open(
        self,
        sdp: str,
        address: str,
        face: Face,
        hello: events.Hello,
        owner: str,
        stages: Stages,
        listen: ListenStages | None,
        remember: Callable[[str], Brief | None] | None,
        record: Callable[[ClientSession], LiveRecording] | None,
    ) -> tuple[ClientSession, str]:
        session = self.config.session
        peer = ClientSession(
            stages,
            self.connections.connect,
            hello,
            self._forget,
            gauges=self.gauges,
            greeting=session.greeting or self.container.presenters.get(hello.avatar).greeting,
            idle_timeout_s=session.idle_timeout_s,
            texts_per_s=self.config.limits.texts_per_s,
            owner=owner,
            listen=listen,
            remember=remember,
            record=record,
            barge_in=session.barge_in,
        )
        try:
            peer.rejoin = partial(self.container.join, face, peer.session.next_chunk, peer.deliver, peer.slot_lost)
            peer.session.sit(peer.rejoin())
            self.peers[peer.session.id] = peer
            answer = await peer.answer(sdp, address)
        except BaseException:
            await peer.close()
            raise
        return peer, answer

    def _late(self) -> None:
        self.metrics.late.inc()
        self.load.late()

    def _forget(self, peer: ClientSession) -> None:
        if self.peers.pop(peer.session.id, None) is not None:
            self.left.append(peer.session.id)
            self.audit.note("session ended", None, "", number=peer.session.number, turns=peer.session.turn)

    def peer(self, session: str) -> ClientSession:
        """The peer of a session; Refused (404) if it is gone."""
        peer = self.peers.get(session)
        if peer is None:
            raise http.Refused(404, "There is no such session; it may have ended.")
        return peer

    async def close(self) -> None:
        """End every session."""
        await asyncio.gather(*(peer.close() for peer in list(self.peers.values())), return_exceptions=True)
        self.connections.close()
        await asyncio.to_thread(self.recordings.close)
        self.audit.close()


def create_app(container: AppContainer, config: Config, jobs: JobRunner | None = None) -> FastAPI:
    """The ASGI app. ``container`` must be started; it is not closed by the app. ``jobs``: None makes what ``config`` says."""
    server = Server(container, config)
    runner = jobs or job_runner(config)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watches = [
            asyncio.create_task(each)
            for each in (
                server.metrics.watch_event_loop(),
                server.connections.watch(),
                server.load.watch(),
                watch_presenters(container.presenters),
                changes.watch(),
                watch_recordings(server.recordings),
            )
        ]
        hooks = Webhooks(config.films, partial(described, runner))
        runner.listen(hooks.heard)
        await asyncio.to_thread(runner.start)
        yield
        await asyncio.to_thread(hooks.close)
        await asyncio.to_thread(runner.close)
        for watch in watches:
            watch.cancel()
        for close in app.state.closing:
            await close()
        await server.close()

    app = FastAPI(
        title="Talking head",
        version=__version__,
        description="Sound and picture over WHEP, words over HTTP. The data channel is described in web/PROTOCOL.md.",
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,  # its pages come from elsewhere
        redoc_url=None,
    )
    app.state.server = server
    app.state.jobs = runner
    app.state.closing = []  # what was mounted, to be awaited at the end
    http.install(app)
    if config.server.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(config.server.origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Link", "Retry-After"],
        )
    app.add_middleware(  # the last to be added is the first to be passed
        Doors, policy=policy_of(config), auth=server.auth, limits=limits_of(config), audit=server.audit
    )
    _whep_routes(app, server)
    _program_routes(app, server)
    word_routes(app, server.peer, config.limits.text_chars)
    recording_routes(app, server.recordings, server.peer)
    avatar_routes(app, container, config, server.audit)
    knowledge_routes(app, container, config, server.audit)
    changes = studio_routes(app, container, config, server.audit)
    memory_routes(app, container)
    voice_routes(app, container, config)
    verify_routes(app, config)
    job_routes(app, runner)
    film_routes(app, container, config, runner)
    auth_routes(app, server.auth, config, server.audit)
    openai_routes(app, container, config)
    if WEB.is_dir():
        app.mount("/", StaticFiles(directory=WEB, html=True), name="web")
    return app


def _whep_routes(app: FastAPI, server: Server) -> None:
    @app.post("/whep", status_code=201, tags=["sessions"], openapi_extra=docs.SDP, responses=docs.WHEP_ANSWERS)
    async def whep(request: Request, avatar: str | None = None, voice: str = "", speed: float = 1.0) -> Response:
        """Open a session: an SDP offer in, an SDP answer out. ``voice``, ``speed``: instead of the presenter's own."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/sdp":
            raise http.Refused(415, "Post the SDP offer as application/sdp.")
        body = await http.read_body(request, offer_check.MAX_BYTES)
        who = http.visitor(request)
        offer = body.decode("utf-8", "replace")
        peer, answer = await server.connect(offer, avatar, http.address(request), who, voice, speed)
        if await request.is_disconnected():  # a browser that waits no longer asks anew, and finds its own place taken
            await peer.close()
        headers = {"Location": f"/whep/{peer.session.id}"}
        if links := [turn.link(ice) for ice in server.config.stream.ice_servers]:
            headers["Link"] = ", ".join(links)
        return Response(answer, 201, headers, media_type="application/sdp")

    @app.head("/whep/{session}", status_code=204, tags=["sessions"], responses=docs.SESSION_ANSWERS)
    async def there(session: str) -> Response:
        """Whether the session is there: 204 or 404."""
        server.peer(session)
        return Response(status_code=204)

    @app.delete("/whep/{session}", tags=["sessions"], responses=docs.SESSION_ANSWERS)
    async def leave(session: str) -> Response:
        """End the session; 200 also where it has ended just before, by “bye”."""
        if session not in server.left:
            await server.peer(session).close()
        return Response(status_code=200)

    @app.patch(
        "/whep/{session}", status_code=204, tags=["sessions"], openapi_extra=docs.FRAGMENT, responses=docs.SESSION_ANSWERS
    )
    async def trickle(session: str, request: Request) -> Response:
        """Candidates that were found after the offer (trickle ICE)."""
        peer = server.peer(session)
        fragment = (await http.read_body(request, offer_check.MAX_BYTES)).decode("utf-8", "replace")
        mid = "0"
        for line in fragment.splitlines():
            if line.startswith("a=mid:"):
                mid = line[6:]
            elif line.startswith("a=candidate:"):
                await peer.add_candidate(line[len("a=candidate:") :], mid)
        return Response(status_code=204)


def _program_routes(app: FastAPI, server: Server) -> None:
    @app.get("/healthz", tags=["server"], responses={503: {"description": "The models are being loaded"}})
    async def healthz(request: Request) -> dict[str, Any]:
        """Whether the server is ready; how full it is, for whoever may see that."""
        status: dict[str, Any] = {"status": "ok"}
        if "view" in http.visitor(request).scopes:
            status |= {
                "sessions": len(server.peers),
                "capacity": server.container.loop.capacity,
                "avatars": server.container.names(),
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
            "avatars": server.container.names(),
            "default_avatar": server.container.default,
            "photo_bytes": server.config.limits.photo_bytes,
            "video_bytes": server.config.limits.video_bytes,
            "editable": server.config.editable,
        }

    @app.head("/docs", include_in_schema=False)
    @app.get("/docs", include_in_schema=False)
    async def described() -> Response:
        return FileResponse(WEB / "docs.html")
