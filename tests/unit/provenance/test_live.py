"""Live packets carry the mark and the label: what a visitor records says where it came from."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest

from talking_head.config import Provenance
from talking_head.provenance import picture_mark, sound_mark
from talking_head.provenance.identity import identity, recall
from talking_head.provenance.marker import live_marker
from talking_head.types import F32, U8
from talking_head.webrtc.encoder import OpusEncoder, X264Encoder
from talking_head.webrtc.tracks import AudioOut, VideoOut
from tests.unit.provenance.clips import frames, speech


async def test_what_is_sent_says_where_it_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(tmp_path))
    marker = live_marker(Provenance().model_dump(), 512, 512)
    assert marker is not None
    with ThreadPoolExecutor(2) as executor:
        video, audio = VideoOut(X264Encoder(512, 512, 1_500_000), executor), AudioOut(OpusEncoder(64_000), executor)
        video.mark, audio.mark = marker.live, marker.sound
        lumas = await _sent(video, [(frame, n * 3600) for n, frame in enumerate(frames())], "h264")
        heard = await _sent(audio, [(block, n * 960) for n, block in enumerate(speech(8.0).reshape(-1, 960))], "libopus")
    seen = picture_mark.read([np.asarray(luma[:512], np.uint8) for luma in lumas])
    told = sound_mark.read(np.concatenate([np.asarray(block, np.float32).reshape(-1) for block in heard]))
    assert seen is not None
    assert told is not None
    assert seen.origin == told.origin
    assert seen.origin.server == identity().server
    made = recall(seen.origin)
    assert made is not None
    assert made.kind == "live"
    label = lumas[0][:60, :200].astype(int) - frames()[0][:60, :200]
    assert np.abs(label).max() > 60


def test_without_the_section_nothing_is_marked() -> None:
    assert live_marker({}, 512, 512) is None


async def _sent(track: AudioOut | VideoOut, pieces: list[tuple[U8 | F32, int]], codec: str) -> list[np.ndarray]:
    """What a receiver decodes of ``pieces``, put one after the other as the pacer does."""
    decoder = av.CodecContext.create(codec, "r")
    mono = av.AudioResampler("flt", "mono", 48_000)
    out: list[np.ndarray] = []
    for piece, pts in pieces:
        waiting = asyncio.create_task(track.recv())
        await asyncio.sleep(0)
        track.put(piece, pts)  # type: ignore[arg-type]
        packet = await waiting
        for frame in decoder.decode(av.Packet(bytes(packet))):
            out += [piece.to_ndarray() for piece in mono.resample(frame)] if codec == "libopus" else [frame.to_ndarray()]
    track.stop()
    return out
