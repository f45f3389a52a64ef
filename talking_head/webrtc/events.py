"""Every event on the data channel, typed. ``web/PROTOCOL.md`` is this module in prose.

One event is one JSON object in one text message; ``type`` says which. Unknown fields are refused on the way in, so that a
misspelt field is an error event and not a silence. Times are milliseconds. ``turn`` counts the answers of a session from 1;
an event whose turn is lower than the highest seen may be ignored.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from talking_head.errors import InputError
from talking_head.types import MoodName, MoodOrUnset

MAX_MESSAGE_BYTES = 64 * 1024


class Event(BaseModel):
    """Base of all wire events."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- browser → server ---------------------------------------------------------------------------------------------------


class Chat(Event):
    """The person said ``text``; the presenter answers. Interrupts an answer that is being spoken."""

    type: Literal["chat"] = "chat"
    text: str


class Say(Event):
    """Speak ``text`` word for word, in ``mood`` ("": as the face is). Interrupts an answer that is being spoken."""

    type: Literal["say"] = "say"
    text: str
    mood: MoodOrUnset = ""


class HowItPerforms(Event):
    """See ``types.Manner``."""

    mood: MoodName
    expressiveness: Annotated[float, Field(ge=0, le=2)]
    articulation: Annotated[float, Field(ge=0.5, le=1.5)]


class Perform(HowItPerforms):
    """How the face performs from now on."""

    type: Literal["perform"] = "perform"


MAX_WORDS = 50  # of a visitor's list of pronunciations
ShortText = Annotated[str, Field(min_length=1, max_length=60)]


class Pronounce(Event):
    """Words and how they are said from now on, respelt or in IPA between slashes, beside those of the configuration; the list
    takes the place of the one before."""

    type: Literal["pronounce"] = "pronounce"
    words: Annotated[dict[ShortText, ShortText], Field(max_length=MAX_WORDS)]


class Interrupt(Event):
    """Be silent now."""

    type: Literal["interrupt"] = "interrupt"


class Typing(Event):
    """The person started (``active``) or stopped typing; the face listens meanwhile."""

    type: Literal["typing"] = "typing"
    active: bool


class Microphone(Event):
    """The microphone is sent from now on (``active``), or no longer.

    ``hold``: as long as a button is pressed; what was said ends when it is let go.
    """

    type: Literal["microphone"] = "microphone"
    active: bool
    hold: bool = False


class Memory(Event):
    """The visitor whose memory ``token`` opens is here; "": what is known of them is not used any longer."""

    type: Literal["memory"] = "memory"
    token: Annotated[str, Field(max_length=100)]


class Record(Event):
    """The visitor agrees that the session is recorded from now on (``active``), or ends the recording. ``voice``: with what
    the microphone hears as well."""

    type: Literal["record"] = "record"
    active: bool
    voice: bool = False


class Ping(Event):
    """Answered with a :class:`Pong` that carries the same ``t``."""

    type: Literal["ping"] = "ping"
    t: float


class ClientStats(Event):
    """A digest of the browser's ``getStats()``, about once a second. Every figure may be absent."""

    type: Literal["stats"] = "stats"
    fps: float | None = None
    frames_decoded: int | None = None
    frames_dropped: int | None = None
    freezes: int | None = None
    jitter_ms: float | None = None
    jitter_buffer_ms: float | None = None
    packets_lost: int | None = None
    bitrate_kbps: float | None = None
    rtt_ms: float | None = None
    av_skew_ms: float | None = None


class Bye(Event):
    """The page goes away; the session ends at once instead of after the connection's timeout."""

    type: Literal["bye"] = "bye"


ClientEvent = Annotated[
    Chat | Say | Perform | Pronounce | Interrupt | Typing | Microphone | Memory | Record | Ping | ClientStats | Bye,
    Field(discriminator="type"),
]

# --- server → browser ---------------------------------------------------------------------------------------------------

StateName = Literal["idle", "listening", "thinking", "speaking"]
TurnEndReason = Literal["done", "interrupted", "error"]


class Hello(Event):
    """First event of a session. Show beside the face: ``label`` (the disclosure), the portrait's ``licence`` and ``source``.

    ``barge_in``: a new text cuts what is being spoken. ``listens``: a microphone that is sent is heard. ``remembers``: the
    presenter keeps what a visitor allows. ``records``: who is shown has agreed to recordings. ``labelled``: the picture itself
    says that it is made. ``manner``: how the face performs until :class:`Perform` says otherwise. ``language``: code of the one
    that the presenter speaks and understands. ``tone``: how a voice sounds may move the presenter; a page says so.
    """

    type: Literal["hello"] = "hello"
    session: str
    avatar: str
    licence: str
    source: str
    label: str
    width: int
    height: int
    fps: int = 25
    barge_in: bool = True
    listens: bool = False
    remembers: bool = False
    records: bool = False
    labelled: bool = False
    manner: HowItPerforms | None = None
    language: str = "en"
    tone: bool = False


class State(Event):
    """What the presenter is doing. Speaking starts when the first sound leaves, thinking when words are being made."""

    type: Literal["state"] = "state"
    state: StateName
    turn: int


class Reply(Event):
    """A piece of the reply's text as it is written, ahead of the voice. Pieces of one turn concatenate to the whole reply."""

    type: Literal["reply"] = "reply"
    turn: int
    text: str


class Caption(Event):
    """Clause ``index`` starts to be heard now.

    ``start_ms`` is the media time of its first sample since the session began, ``duration_ms`` how long it lasts as far as it
    is synthesised. Sent again with a longer duration if more sound of the clause follows.
    """

    type: Literal["caption"] = "caption"
    turn: int
    index: int
    text: str
    start_ms: float
    duration_ms: float


class Source(Event):
    """A place in a document: its file's name and the heading."""

    document: str
    heading: str


class Sources(Event):
    """What the answer of a turn comes from, nearest first. Sent before its words."""

    type: Literal["sources"] = "sources"
    turn: int
    sources: list[Source]


class Noticed(Event):
    """Something that the visitor said of themselves: ask them whether it may be kept, then ``POST /memory/facts``."""

    type: Literal["noticed"] = "noticed"
    turn: int
    kind: Literal["name", "likes", "dislikes", "prefers"]
    value: str


class Voice(Event):
    """While the presenter speaks: the visitor seems to speak (no longer), so its sound goes down (up)."""

    type: Literal["voice"] = "voice"
    active: bool


class TranscriptEvent(Event):
    """What the visitor says, as far as it is understood. Comes again with the same ``utterance`` as it grows and is corrected.

    The first ``settled`` characters will hardly change. ``final``: nothing more comes; with an empty ``text`` nothing was said
    that is answered (a cough, "mm-hm"), and what was shown of it goes away.
    """

    type: Literal["transcript"] = "transcript"
    utterance: int
    text: str
    settled: int
    final: bool


class Recording(Event):
    """ "asked": the owner of the server asks the visitor for a recording; nothing is recorded before :class:`Record`. "on": it
    is, for ``seconds`` at most, and will be at ``url`` until ``until`` (ISO 8601). "off": it ended, because of ``reason``.

    ``agreed``: what who is shown has agreed to, "" where nobody is shown; ``voice``: the visitor's is in it.
    """

    type: Literal["recording"] = "recording"
    state: Literal["asked", "on", "off"]
    agreed: str = ""
    voice: bool = False
    seconds: float = 0.0
    url: str = ""
    until: str = ""
    reason: Literal["", "stopped", "time", "size", "disk", "error"] = ""


class TurnEnd(Event):
    """A turn is over. ``heard`` is the part of its text that was really spoken."""

    type: Literal["turn_end"] = "turn_end"
    turn: int
    reason: TurnEndReason
    heard: str


class Error(Event):
    """Something failed; the session lives on. ``message`` is a sentence for the person."""

    type: Literal["error"] = "error"
    code: str
    message: str


class ServerStats(Event):
    """Once a second. Latencies (ms) are those of the latest turn, ``None`` until known; counts run since the session began.
    ``voice_ms``: from the end of the visitor's voice to its words, where the turn was spoken to.

    ``video_rtp_origin``: RTP timestamp of media time 0 of the picture, by which a page finds the frame that belongs to a
    ``start_ms``: ``(origin + 90 * start_ms) mod 2**32``; ``audio_rtp_origin`` the same of the sound, 48 a millisecond.
    ``slow``: pictures are left out at the moment, because the answer needs the machine's time.
    """

    type: Literal["stats"] = "stats"
    turn: int
    voice_ms: float | None = None
    first_token_ms: float | None = None
    first_clause_ms: float | None = None
    first_speech_ms: float | None = None
    first_audio_ms: float | None = None
    frames: int
    late_frames: int
    reserve_ms: float
    codec: str
    bitrate_kbps: float | None = None
    video_rtp_origin: int | None = None
    audio_rtp_origin: int | None = None
    slow: bool = False


class Pong(Event):
    """The answer to a :class:`Ping`."""

    type: Literal["pong"] = "pong"
    t: float


ServerEvent = Annotated[
    Hello
    | State
    | Reply
    | Sources
    | Noticed
    | Caption
    | Voice
    | TranscriptEvent
    | Recording
    | TurnEnd
    | Error
    | ServerStats
    | Pong,
    Field(discriminator="type"),
]

_TYPES = ("chat", "say", "perform", "interrupt", "typing", "microphone", "memory", "record", "ping", "stats", "bye")
_CLIENT: TypeAdapter[ClientEvent] = TypeAdapter(ClientEvent)
_SERVER: TypeAdapter[ServerEvent] = TypeAdapter(ServerEvent)


def parse_client(message: str | bytes) -> ClientEvent:
    """Read one message of a browser. Raises InputError with a sentence that says what is wrong."""
    if isinstance(message, bytes):
        raise InputError("Events are JSON text, not binary.")
    if len(message) > MAX_MESSAGE_BYTES:
        raise InputError(f"This event is larger than {MAX_MESSAGE_BYTES // 1024} KiB.")
    try:
        return _CLIENT.validate_json(message)
    except ValidationError as error:
        raise InputError(f"This event cannot be read: {_problem(error)} See PROTOCOL.md.") from None


def _problem(error: ValidationError) -> str:
    """What is wrong, in our words."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = str(first["loc"][-1])[:40] if first["loc"] else ""
    match first["type"]:
        case "missing":
            return f"“{field}” is missing."
        case "extra_forbidden":
            return f"there is no field “{field}”."
        case "union_tag_invalid" | "union_tag_not_found":
            return "its “type” must be one of " + ", ".join(_TYPES) + "."
        case "json_invalid" | "model_attributes_type" | "dict_type":
            return "it must be a JSON object."
    return f"“{field}” is not what it should be."


def parse_server(message: str) -> ServerEvent:
    """Read one message of the server (for clients written in Python). Raises pydantic's ValidationError."""
    return _SERVER.validate_json(message)
