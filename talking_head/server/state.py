"""What all routes share: the open sessions of this process, how one is opened, who came in, and what is measured."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from talking_head.config import Config
from talking_head.errors import ConfigError, LimitError, WeightsError
from talking_head.memory.store import visitor_id
from talking_head.protocols import Brief
from talking_head.server import http
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import ANYBODY, Visitor
from talking_head.server.access.routes import client_of
from talking_head.server.access.settings import audit_file, auth_of
from talking_head.server.connection_gate import ConnectionGate
from talking_head.server.container import AppContainer
from talking_head.server.load_watch import LoadWatch
from talking_head.server.metrics import Metrics
from talking_head.server.presenter.consent import check_live
from talking_head.server.presenter.faces import Face
from talking_head.server.recording.permission import Permission
from talking_head.server.recording.session import LiveRecording
from talking_head.server.recording.store import Recordings
from talking_head.session.stages import ListenStages, Stages
from talking_head.system.network import is_loopback
from talking_head.webrtc import events
from talking_head.webrtc.client import ClientSession, Gauges
from talking_head.webrtc.connections import ConnectionFactory, media_processes
from talking_head.webrtc.offers import check as offer_check
from talking_head.webrtc.peer_connection import ConnectionSettings


class Server:
    """The routes' state. ``peers``: the open sessions by their ids."""

    def __init__(self, container: AppContainer, config: Config) -> None:
        self.container, self.config = container, config
        self.peers: dict[str, ClientSession] = {}
        self.left: deque[str] = deque(maxlen=256)  # sessions that ended lately: a page says goodbye in two ways
        self.gate = ConnectionGate()
        executors = (container.reply_executor, container.speech_executor, container.heavy_speech_executor)
        self.metrics = Metrics(container.loop, [*executors, self.gate])
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
        if (face := self.container.faces.ready(name)) is not None:
            return face
        if name and not self.container.faces.knows(name):
            raise http.unknown_avatar(name, self.container.faces.names())
        return await asyncio.to_thread(self.container.faces.get, name)

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
        guest = self.container.faces.is_guest(portrait.name)
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
