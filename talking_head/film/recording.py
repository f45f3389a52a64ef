"""A recorded live session becomes a film: the packets that were sent, joined with what says where they come from.

The picture is not encoded again; it has carried its label and its marks since it was sent. Only where the visitor agreed to be
heard, too, the sound is: both voices mixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

from talking_head.audio.pcm import StreamResampler
from talking_head.config import Provenance
from talking_head.errors import InputError
from talking_head.film.picture.segments import whole
from talking_head.provenance import aigc
from talking_head.provenance.codeword import Origin
from talking_head.provenance.content_credentials import Facts, sidecar_of, sign
from talking_head.provenance.identity import Made, identity, new_origin, remember
from talking_head.types import F32, TICKS_PER_SECOND, VOICE_RATE

_NOTHING = "Nothing that can be played was recorded."
_BLOCK = 960  # samples of the mixed sound


@dataclass(frozen=True, slots=True)
class Visitor:
    """The visitor's voice: 16-bit samples at 16 kHz in ``file``; the first was heard ``late_s`` after the first picture."""

    file: Path
    late_s: float


def finish(
    packets: Path,
    out: Path,
    presenter: str,
    consent: str,
    comment: str,
    settings: Provenance,
    voice: Visitor | None,
    marked: str = "",
) -> float:
    """Make the MP4 or WebM ``out`` of the recorder's file ``packets``; its length in seconds.

    ``consent``: SHA-256 of the presenter's record; ``comment``: the disclosure; ``marked``: the origin in the marks that it
    carries since it was sent, which is the one that it is signed under ("": it carries none). Raises InputError where nothing
    was recorded or the disk is full; nothing is left of ``out`` then.
    """
    if not packets.is_file():
        raise InputError(_NOTHING)
    signer = identity(settings.certificate, settings.key)
    origin = Origin.of(marked) if marked else new_origin(signer.server)
    title = out.stem
    told = {"title": title, "comment": comment}
    if settings.aigc:
        told["AIGC"] = aigc.metadata(origin, signer, settings.producer)
    kind = out.suffix.removeprefix(".")
    half = out.with_name(f".{out.name}")
    try:
        with whole(half):
            seconds = _join(packets, half, kind, told, voice)
    except av.error.FFmpegError as error:
        half.unlink(missing_ok=True)
        raise InputError(_NOTHING) from error
    if settings.manifest and (beside := sign(half, Facts(origin.text, presenter, (), consent, title), signer)) is not None:
        beside.replace(sidecar_of(out))
    remember(Made(origin.text, "recording", presenter, consent))
    half.replace(out)
    return seconds


def _join(packets: Path, out: Path, kind: str, told: dict[str, str], voice: Visitor | None) -> float:
    options = {"movflags": "+faststart+use_metadata_tags"} if kind == "mp4" else {}
    last = 0.0
    with av.open(str(packets)) as source, av.open(str(out), "w", format=kind, options=options) as made:
        made.metadata.update(told)
        streams: dict[int, Any] = {}
        for stream in source.streams:
            if stream.type == "video" or voice is None:
                streams[stream.index] = made.add_stream_from_template(stream, opaque=False if stream.type == "video" else None)
        mixed = None
        if voice is not None:
            mixed = _Mixer(made, voice)
        for packet in _readable(source):
            last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if packet.stream.index in streams:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
            elif mixed is not None:
                for frame in packet.decode():
                    mixed.add(frame)
        if mixed is not None:
            mixed.end()
    return last


def _readable(source: Any) -> Iterator[Any]:
    """The packets of a file whose end may be missing: its process was killed.

    They are in the order in which they are shown, as the encoders of a conversation send them. Libav does not know that of
    H.264 and leaves out when to decode the first ones where few pictures came in many seconds.
    """
    packets = source.demux()
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        if packet.pts is not None and packet.size:
            packet.dts = packet.pts
            yield packet


class _Mixer:
    """The presenter's sound with the visitor's, encoded once more into ``container``."""

    def __init__(self, container: Any, voice: Visitor) -> None:
        self._container = container
        self._stream: Any = container.add_stream("libopus", rate=TICKS_PER_SECOND, layout="mono")
        self._stream.bit_rate = 64_000
        self._voice = _placed(voice)
        self._at = 0  # samples that are encoded
        self._waiting = np.zeros(0, np.float32)

    def add(self, frame: Any) -> None:
        """A decoded piece of the presenter's sound; a gap before it is silence."""
        pcm = frame.to_ndarray()
        pcm = (pcm.mean(axis=0) if frame.format.is_planar else pcm.reshape(-1)).astype(np.float32)
        if np.issubdtype(frame.to_ndarray().dtype, np.integer):
            pcm /= np.float32(32_768)
        start = round(float(frame.pts * frame.time_base) * TICKS_PER_SECOND)
        gap = start - self._at - len(self._waiting)
        if gap > _BLOCK:
            pcm = np.concatenate([np.zeros(gap, np.float32), pcm])
        self._waiting = np.concatenate([self._waiting, pcm])
        while len(self._waiting) >= _BLOCK:
            self._encode(self._waiting[:_BLOCK])
            self._waiting = self._waiting[_BLOCK:]

    def end(self) -> None:
        """What is left."""
        if len(self._waiting):
            self._encode(np.pad(self._waiting, (0, _BLOCK - len(self._waiting))))
        self._container.mux(self._stream.encode(None))

    def _encode(self, pcm: F32) -> None:
        said = self._voice[self._at : self._at + _BLOCK]
        mixed = pcm.copy()
        mixed[: len(said)] += said
        block = (np.clip(mixed, -1, 1) * 32_767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = TICKS_PER_SECOND, self._at, Fraction(1, TICKS_PER_SECOND)
        self._container.mux(self._stream.encode(frame))
        self._at += _BLOCK


def _placed(voice: Visitor) -> F32:
    """The visitor's voice f32[n] at 48 kHz, from the first picture on."""
    data = voice.file.read_bytes() if voice.file.is_file() else b""
    pcm = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32_768)
    late = round(voice.late_s * VOICE_RATE)
    pcm = np.concatenate([np.zeros(late, np.float32), pcm]) if late >= 0 else pcm[-late:]
    return StreamResampler(VOICE_RATE, TICKS_PER_SECOND).push(pcm, last=True) if len(pcm) else pcm
