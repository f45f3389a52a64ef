"""A peer: one browser, one session, and the connection between them (``connection.py``).

A peer ends by "bye", by DELETE, by its connection being lost, or by nothing being said for a long time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from talking_head.errors import BackendError, InputError, LimitError, TalkingHeadError, for_visitors, visitors_sentence
from talking_head.listen.ear import Decimator
from talking_head.listen.tone.subdued import Habits
from talking_head.loop import MediaFrame, Slot
from talking_head.protocols import Brief
from talking_head.session.hearing import MicrophoneHearing
from talking_head.session.session import Session
from talking_head.session.stages import ListenStages, Stages
from talking_head.session.state import SessionState
from talking_head.types import F32, Fact, Manner, MoodOrUnset, Source
from talking_head.webrtc import events
from talking_head.webrtc.peer_connection import ConnectionOwner, ConnectionStats, PeerConnection
from talking_head.webrtc.rate import Bucket

log = logging.getLogger(__name__)

TEXTS_AT_ONCE = 5
CLOSE_S = 30.0  # for each part of a session, a recording's file included
RESEAT_S = 10.0  # a face that stops twice within this is given up

MakeConnection = Callable[[ConnectionOwner, int, int], PeerConnection]  # for an owner and a picture of this width and height


class Closing(Protocol):
    """What a session ends with."""

    async def close(self) -> None:
        """Done when nothing of it is left."""


class SessionRecording(Protocol):
    """Records one session; called on the event loop."""

    def wanted(self, event: events.Record) -> None:
        """The visitor agrees to a recording, or ends it. Raises a TalkingHeadError where there is none."""

    def ask(self) -> None:
        """The owner of the server asks the visitor. Raises InputError where it is recorded already."""

    def heard(self, pcm: F32) -> None:
        """What the visitor's microphone hears while it is on, f32[n] at 16 kHz."""

    def ended(self, reason: str) -> None:
        """The recorder stopped by itself."""

    async def close(self) -> None:
        """The session ends; its connection is still there."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """Whoever counts: ``received``: a browser's digest and the one before it; ``late``: a picture was due and not there;
    ``spoke``: a turn became audible so many seconds after its text arrived; ``slow``: whether pictures are left out for want
    of time.
    """

    received: Callable[[events.ClientStats, events.ClientStats], None] = lambda now, before: None
    late: Callable[[], None] = lambda: None
    spoke: Callable[[float], None] = lambda _: None
    slow: Callable[[], bool] = lambda: False


class ClientSession:
    """Made by the app for each offer; implements the session's Observer and the connection's ConnectionOwner.

    ``hello`` is what the browser learns first (its ``session`` is filled in), ``greeting`` what it hears first; ``owner``: the
    client whose sessions are counted together, ``texts_per_s``: how many it may send after the first :data:`TEXTS_AT_ONCE`;
    ``listen``: what hears it, None where nothing does; ``remember(token)``: the brief that knows the visitor of that token;
    ``record(session)``: what records it, None where nothing does;
    ``gone(peer)`` is called once, when all is closed.
    """

    def __init__(
        self,
        stages: Stages,
        make_connection: MakeConnection,
        hello: events.Hello,
        gone: Callable[[ClientSession], None],
        *,
        gauges: Gauges,
        greeting: str = "",
        idle_timeout_s: float = 900,
        texts_per_s: float = 1.0,
        owner: str = "",
        listen: ListenStages | None = None,
        remember: Callable[[str], Brief | None] | None = None,
        record: Callable[[ClientSession], SessionRecording] | None = None,
        barge_in: bool = True,
    ) -> None:
        self.session = Session(stages, self)
        self.hello = hello.model_copy(update={"session": self.session.id})
        self._gauges, self._gone = gauges, gone
        self.listen, self._barge_in, self._remember = listen, barge_in, remember
        self.habits = Habits() if listen is not None and listen.tone else None
        self._hearing: MicrophoneHearing | None = None
        self._microphone_on = False
        self._decimate = Decimator()
        self._muted = 0  # turns up to this one are not heard
        self._greeting, self._idle_timeout_s = greeting, idle_timeout_s
        self.owner = owner
        self._texts = Bucket(texts_per_s, TEXTS_AT_ONCE)
        self._loop = asyncio.get_running_loop()
        self.connection = make_connection(self, hello.width, hello.height)
        self.recording = None if record is None else record(self)
        self._stats = ConnectionStats()
        self._digest = events.ClientStats()
        self._unsent: list[str] | None = []  # until the connection is open
        self.rejoin: Callable[[], Slot] | None = None  # takes another slot after a failure
        self._reseated = -RESEAT_S
        self._closing: asyncio.Task[None] | None = None
        self._active = self._loop.time()

    # Opening and closing

    async def answer(self, sdp: str, address: str = "") -> str:
        """Take the offer of the browser at ``address`` and return the answer. Raises InputError if it cannot be used."""
        return await self.connection.answer(sdp, address)

    def deliver(self, media_frame: MediaFrame) -> None:
        """Target of the session's slot; called on the inference loop's thread."""
        if self._closing is None:
            self.connection.deliver(media_frame)

    def slot_lost(self, error: Exception) -> None:
        """The inference loop gave the slot up; called on a thread of the loop. The session goes on in a new one."""
        self._loop.call_soon_threadsafe(self._change_slot, error)

    def _change_slot(self, error: Exception) -> None:
        if self._closing is not None:
            return
        self.session.abort(error)
        now = self._loop.time()
        try:
            if self.rejoin is None or now - self._reseated < RESEAT_S:
                raise BackendError("The face stopped again. Please connect once more.")
            self._reseated = now
            self.session.sit(self.rejoin())
        except TalkingHeadError as refusal:
            self.error("slot", str(refusal))
            self.close()

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """A candidate that the browser found after its offer. Raises InputError."""
        await self.connection.add_candidate(candidate, mid)

    def close(self) -> asyncio.Task[None]:
        """End everything; the returned task is done when nothing is left. Calling twice is fine."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name=f"close-{self.session.number}")
        return self._closing

    async def _close(self) -> None:
        try:
            for part in (self._hearing, self.recording, self.session, self.connection):
                if part is not None:
                    await self._close_part(part)
        finally:
            self._gone(self)

    async def _close_part(self, part: Closing) -> None:
        """Each by itself and for so long at most: a place in the loop must not stay taken because something else failed."""
        try:
            async with asyncio.timeout(CLOSE_S):
                await part.close()
        except Exception:
            log.exception("session %d was not closed in order: %s", self.session.number, type(part).__name__)

    # What comes in: the connection's owner

    def opened(self) -> None:
        """See ConnectionOwner."""
        unsent, self._unsent = self._unsent or [], None
        for message in [self.hello.model_dump_json(exclude_none=True), *unsent]:
            self.connection.send(message)
        if self._greeting and not self.session.turn:
            self.session.say(self._greeting)

    def received(self, message: str | bytes) -> None:
        """See ConnectionOwner."""
        try:
            self._handle(events.parse_client(message))
        except TalkingHeadError as error:
            self.error(type(error).__name__.removesuffix("Error").lower(), visitors_sentence(error))

    def _handle(self, event: events.ClientEvent) -> None:
        if not isinstance(event, events.Ping | events.ClientStats):
            self._active = self._loop.time()
        match event:
            case events.Chat(text=text):
                self.chat(text)
            case events.Say(text=text, mood=mood):
                self.say(text, mood)
            case events.Perform(mood=mood, expressiveness=expressiveness, articulation=articulation):
                self.session.perform(Manner(mood, expressiveness, articulation))
            case events.Pronounce(words=words):
                self.session.pronounce(words)
            case events.Interrupt():
                self.session.interrupt()
            case events.Typing(active=active):
                self.session.typing(active)
            case events.Microphone(active=active, hold=hold):
                self._microphone(active, hold)
            case events.Memory(token=token):
                if self._remember is None:
                    raise InputError("This presenter keeps nothing of its visitors.")
                self.session.meet(self._remember(token))
            case events.Record():
                if self.recording is None:
                    raise InputError(
                        "This conversation cannot be recorded: who is shown has not agreed, or it is switched off."
                    )
                self.recording.wanted(event)
            case events.Ping(t=t):
                self.tell(events.Pong(t=t))
            case events.ClientStats():
                self._gauges.received(event, self._digest)
                self._digest = event
            case events.Bye():
                self.close()

    def chat(self, text: str, *, subdued: bool = False) -> int:
        """See Session; raises LimitError besides, where texts come too fast."""
        self._take_turn()
        return self.session.chat(text, subdued=subdued)

    def say(self, text: str, mood: MoodOrUnset = "") -> int:
        """See Session; raises LimitError besides, where texts come too fast."""
        self._take_turn()
        return self.session.say(text, mood)

    def _take_turn(self) -> None:
        self._active = self._loop.time()
        if not self._texts.take():
            wait = self._texts.wait_s
            raise LimitError(f"That was too fast: please wait {wait} s before the next message.", retry_after_s=wait)

    def _microphone(self, active: bool, hold: bool) -> None:
        """The browser's microphone is switched."""
        if self.listen is None:
            raise InputError("This server does not listen; type your message instead.")
        if self._hearing is None and active:
            hearing = MicrophoneHearing(self.listen, self.session, self, barge_in=self._barge_in, habits=self.habits)
            self._hearing = hearing
        self._microphone_on = active
        if self._hearing is not None:
            self._hearing.switch(active, hold)

    def heard(self, pcm: F32) -> None:
        """See ConnectionOwner. What comes before the microphone is said to be on is not listened to."""
        if self._hearing is not None:
            self._hearing.push(pcm)
        if self.recording is not None and self._microphone_on:
            self.recording.heard(pcm)

    def recorded(self, reason: str) -> None:
        """See ConnectionOwner."""
        if self.recording is not None:
            self.recording.ended(reason)

    def sent(self, media_frame: MediaFrame, at_ms: float) -> None:
        """See ConnectionOwner."""
        if self._hearing is not None and media_frame.turn > self._muted:
            self._hearing.played(self._decimate.push(media_frame.pcm), at_ms)
        self.session.sent(media_frame, at_ms)

    def late(self) -> None:
        """See ConnectionOwner."""
        self._gauges.late()

    def measured(self, stats: ConnectionStats) -> None:
        """See ConnectionOwner."""
        self._stats = stats
        # Who began to type and left is told by nobody to have stopped: listening is idle, too.
        waiting = self.session.state in (SessionState.IDLE, SessionState.LISTENING)
        if waiting and self._loop.time() - self._active > self._idle_timeout_s:
            self.error("idle", "This session ended because nothing was said for a while.")
            self.close()
        elif self._unsent is None:
            self.tell(self.statistics())

    def lost(self) -> None:
        """See ConnectionOwner."""
        log.info("session %d: the connection is lost", self.session.number)
        self.close()

    # What goes out: the session's Observer

    def state(self, state: SessionState, turn: int) -> None:
        """See Observer."""
        if state is SessionState.SPEAKING and self.session.trace.audio is not None:
            self._gauges.spoke(self.session.trace.audio - self.session.trace.text)
        self.tell(events.State(state=state.value, turn=turn))

    def reply(self, turn: int, text: str) -> None:
        """See Observer."""
        self.tell(events.Reply(turn=turn, text=text))

    def caption(self, turn: int, index: int, text: str, start_ms: float, duration_ms: float) -> None:
        """See Observer."""
        self.tell(events.Caption(turn=turn, index=index, text=text, start_ms=start_ms, duration_ms=duration_ms))

    def sources(self, turn: int, sources: Sequence[Source]) -> None:
        """See Observer."""
        shown = [events.Source(document=source.document, heading=source.heading) for source in sources]
        self.tell(events.Sources(turn=turn, sources=shown))

    def noticed(self, turn: int, facts: Sequence[Fact]) -> None:
        """See Observer."""
        for fact in facts:
            self.tell(events.Noticed.model_validate({"turn": turn, "kind": fact.kind, "value": fact.value}))

    def turn_end(self, turn: int, reason: events.TurnEndReason, heard: str) -> None:
        """See Observer."""
        if reason != "done":
            self._muted = turn
            self.connection.mute(turn)
        self._active = self._loop.time()
        self.tell(events.TurnEnd(turn=turn, reason=reason, heard=heard))

    def loudness(self, gain: float) -> None:
        """See HearingObserver."""
        self.connection.duck(gain)
        self.tell(events.Voice(active=gain < 1))

    def transcript(self, utterance: int, text: str, settled: int, final: bool) -> None:
        """See HearingObserver."""
        self._active = self._loop.time()
        self.tell(events.TranscriptEvent(utterance=utterance, text=text, settled=settled, final=final))

    def error(self, code: str, message: str) -> None:
        """See Observer."""
        self.tell(events.Error(code=code, message=for_visitors(message)))

    def tell(self, event: events.Event) -> None:
        """Send an event to the browser, at the latest when its data channel opens."""
        message = event.model_dump_json(exclude_none=True)
        if self._unsent is None:
            self.connection.send(message)
        else:
            self._unsent = [*self._unsent[-200:], message]

    def statistics(self) -> events.ServerStats:
        """The figures of this moment; those of the connection are a second old at most."""
        trace, connection = self.session.trace, self._stats
        return events.ServerStats(
            turn=trace.turn,
            voice_ms=None if trace.voice is None else round((trace.text - trace.voice) * 1000, 1),
            first_token_ms=trace.since_text_ms("token"),
            first_clause_ms=trace.since_text_ms("clause"),
            first_speech_ms=trace.since_text_ms("speech"),
            first_audio_ms=trace.since_text_ms("audio"),
            frames=connection.frames,
            late_frames=connection.late_frames,
            reserve_ms=connection.reserve_ms,
            codec=connection.codec,
            bitrate_kbps=connection.bitrate_kbps,
            video_rtp_origin=connection.video_rtp_origin,
            audio_rtp_origin=connection.audio_rtp_origin,
            slow=self._gauges.slow(),
        )
