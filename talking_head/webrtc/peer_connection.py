"""What a connection to a browser promises, what its owner is told, and how it is set up; one in this process is
``connection.py``, one in a process of its own ``media_process/remote.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from talking_head.loop import MediaFrame
from talking_head.types import F32
from talking_head.webrtc.offers.check import CandidatePolicy
from talking_head.webrtc.recording.taps import Recorded


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How a connection sends. ``codec``: "auto", "h264" or "vp8"; ``hardware``: a GPU's encoder may be used; rates in bit/s;
    ``reserve_s``: see Pacer. ``listens``: a microphone that is offered is received. ``ice_servers``: dicts of ``urls``,
    ``username``, ``credential``. ``candidates``, ``relays``: see ``offers.check.Reach``; ``provenance``: see ``live_marker``.
    Can be written as JSON.
    """

    codec: str = "auto"
    hardware: bool = True
    video_bps: int = 1_500_000
    min_video_bps: int = 250_000
    audio_bps: int = 64_000
    reserve_s: float = 0.02
    listens: bool = False
    ice_servers: tuple[dict[str, str | list[str] | None], ...] = ()
    candidates: CandidatePolicy = "visitor"
    relays: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectionStats:
    """A connection's figures of this moment. The origins are RTP timestamps of media time 0."""

    frames: int = 0
    late_frames: int = 0
    reserve_ms: float = 0.0
    codec: str = ""
    bitrate_kbps: float | None = None
    video_rtp_origin: int | None = None
    audio_rtp_origin: int | None = None


class ConnectionOwner(Protocol):
    """Who a connection belongs to; called on the owner's event loop."""

    def opened(self) -> None:
        """The data channel is open: what is sent from now on arrives."""

    def received(self, message: str | bytes) -> None:
        """A message of the browser."""

    def heard(self, pcm: F32) -> None:
        """A packet of the visitor's microphone, f32[n] at 16 kHz."""

    def sent(self, media_frame: MediaFrame, at_ms: float) -> None:
        """A frame with a mark goes out, at this media time. Its picture may be missing."""

    def late(self) -> None:
        """A picture was due and not there."""

    def measured(self, stats: ConnectionStats) -> None:
        """Once a second."""

    def lost(self) -> None:
        """The connection failed, or the browser shows no sign of life."""

    def recorded(self, reason: str) -> None:
        """A recording ended by itself: "time", "size", "disk" or "error"."""


class PeerConnection(Protocol):
    """What a session's peer does with its connection."""

    async def answer(self, sdp: str, address: str) -> str:
        """Take the offer of the browser at ``address``, return the answer, and pace from now on what :meth:`deliver` takes in.

        Raises InputError if the offer cannot be used."""
        ...

    def deliver(self, media_frame: MediaFrame) -> None:
        """A frame came out of the inference loop. Any thread; does not wait."""
        ...

    def mute(self, turn: int) -> None:
        """Turns up to this one were cut: what is left of them must not be heard."""
        ...

    def duck(self, gain: float) -> None:
        """From now on the sound is heard at ``gain`` (1: as it is)."""
        ...

    def send(self, message: str) -> None:
        """To the browser; forgotten where the data channel is not open or not emptied."""
        ...

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """What follows ``candidate:`` in a line that the browser sent after its offer. Raises InputError."""
        ...

    async def record(self, file: str, seconds: float, most: int) -> Recorded:
        """Write what is sent from now on into ``file`` as well, see ``Recorder``."""
        ...

    async def stop_recording(self) -> float | None:
        """Finish the file; what ``time.monotonic()`` was at its first picture, None where there is none."""
        ...

    async def close(self) -> None:
        """End everything."""
        ...
