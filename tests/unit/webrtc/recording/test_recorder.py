"""The recorder writes the packets that it is given, from the first key frame on, and stops by itself where it must."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from talking_head.config import Provenance
from talking_head.errors import InputError
from talking_head.film.recording import Visitor, finish
from talking_head.provenance.identity import given_out
from talking_head.provenance.marker import live_marker
from talking_head.provenance.verify import verify
from talking_head.types import AUDIO_TICKS, F32, U8
from talking_head.webrtc.encoder import FRAME_PTS, OpusEncoder, Packet, Vp8Encoder, X264Encoder
from talking_head.webrtc.recording import recorder as recorders
from talking_head.webrtc.recording.recorder import Recorder
from tests.unit.film.players import moov_first
from tests.unit.provenance.clips import frames

pytestmark = pytest.mark.usefixtures("cache")
SIDE = 128
START = 30 * 25  # frames: a session is half a minute old


def picture(number: int) -> U8:
    """A bar that moves."""
    out = np.full((SIDE * 3 // 2, SIDE), 128, np.uint8)
    out[:SIDE] = 60
    out[:SIDE, number % SIDE : number % SIDE + 8] = 200
    return out


def beep(half: int) -> F32:
    """20 ms: a tone in every second half of a second."""
    at = (np.arange(AUDIO_TICKS) + half * AUDIO_TICKS) / 48_000
    return (0.3 * np.sin(2 * np.pi * 440 * at) * (half // 25 % 2)).astype(np.float32)


def sent(seconds: float, codec: str = "H264", key: int = 3) -> Iterator[tuple[str, Packet]]:
    """A session's packets; the first key frame that is asked for comes ``key`` frames late."""
    video = (X264Encoder if codec == "H264" else Vp8Encoder)(SIDE, SIDE, 300_000)
    audio = OpusEncoder(48_000)
    video.encode(picture(0), 0, True)
    for n in range(round(seconds * 25)):
        made = video.encode(picture(n), (START + n) * FRAME_PTS, n == key)
        assert made is not None
        yield "video", made
        for half in range(2):
            tone = audio.encode(beep(2 * n + half), (2 * (START + n) + half) * AUDIO_TICKS)
            assert tone is not None
            yield "audio", tone


def record(folder: Path, packets: Iterator[tuple[str, Packet]], codec: str = "H264", **more: Any) -> tuple[Recorder, list[str]]:
    reasons: list[str] = []
    limits = {"seconds": 60.0, "most": 10_000_000} | more
    made = Recorder(folder / "packets.mkv", codec, SIDE, SIDE, key_frame=lambda: None, ended=reasons.append, **limits)
    for kind, packet in packets:
        (made.video if kind == "video" else made.audio)(packet)
    made.close()
    made.close()
    return made, reasons


def pcm_of(file: Path) -> F32:
    with av.open(str(file)) as container:
        return np.concatenate([frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)]).astype(np.float32)


@pytest.mark.parametrize(("codec", "ending"), [("H264", ".mp4"), ("VP8", ".webm")])
def test_what_was_sent_is_what_is_recorded(tmp_path: Path, codec: str, ending: str) -> None:
    packets = list(sent(3, codec))
    pictures = [bytes(packet) for kind, packet in packets if kind == "video"]
    made, reasons = record(tmp_path, iter(packets), codec)
    assert (made.began, reasons) == (30.12, [])
    out = tmp_path / f"clara{ending}"
    seconds = finish(made.file, out, "clara", "ab" * 32, "AI-generated", Provenance(), None)
    assert seconds == pytest.approx(2.88, abs=0.03)
    assert verify(out).credentials.state == "valid"
    assert not list(tmp_path.glob(".*"))
    with av.open(str(out)) as container:
        assert container.streams.video[0].codec_context.name == ("h264" if codec == "H264" else "vp8")
        frames = [frame.time for frame in container.decode(video=0)]
        assert container.metadata.get("AIGC") or container.metadata.get("aigc")
    assert np.allclose(frames, np.arange(72) / 25, atol=0.002)
    with av.open(str(made.file)) as container:  # not a byte was encoded anew
        kept = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert len(kept) == 72
    if codec == "VP8":
        assert kept == pictures[3:]
    else:
        assert moov_first(out)
    heard = pcm_of(out)
    first = np.nonzero(np.abs(heard) > 0.1)[0][0] / 48_000
    assert first == pytest.approx(0.5 - 0.12, abs=0.01)  # sound and picture together


@pytest.mark.parametrize(("codec", "ending"), [("H264", ".mp4"), ("VP8", ".webm")])
def test_few_pictures_of_a_busy_machine_are_all_there(tmp_path: Path, codec: str, ending: str) -> None:
    """One every four seconds: of two such none was in the film, for nothing said when to decode them."""
    some = (each for n, each in enumerate(sent(8, codec, key=0)) if each[0] == "audio" or n // 3 % 100 == 0)
    made, _ = record(tmp_path, some, codec)
    out = tmp_path / f"clara{ending}"
    finish(made.file, out, "clara", "ab" * 32, "AI-generated", Provenance(), None)
    with av.open(str(out)) as container:
        assert [round(frame.time, 1) for frame in container.decode(video=0)] == [0.0, 4.0]


def test_a_recording_is_signed_under_the_number_in_its_marks(tmp_path: Path) -> None:
    marker = live_marker(Provenance().model_dump(), 512, 512)
    assert marker is not None
    encoder = X264Encoder(512, 512, 1_500_000)

    def packets() -> Iterator[tuple[str, Packet]]:
        for n, frame in enumerate(frames()):
            made = encoder.encode(marker.live(frame), n * FRAME_PTS, n == 0)
            assert made is not None
            yield "video", made

    made, _ = record(tmp_path, packets())
    out = tmp_path / "clara.mp4"
    finish(made.file, out, "clara", "ab" * 32, "AI-generated", Provenance(), None, marker.origin.text)
    report = verify(out)
    told = report.as_json()
    numbers = {told["watermark"], told["manifest"]["origin"], told["aigc"]["ProduceID"], told["made_here"]["origin"]}
    assert numbers == {marker.origin.text}
    said = report.sentences()
    assert any(f"{marker.origin.text}, as its content credentials do." in each for each in said)
    assert any("a recorded live session of “clara” on" in each for each in said)
    assert given_out(marker.origin.server, 10).count(marker.origin) == 1  # told twice, as live and as recorded
    finish(made.file, out, "clara", "ab" * 32, "AI-generated", Provenance(), None)
    assert any("name another number" in each for each in verify(out).sentences())


def test_the_visitors_voice_is_mixed_in_where_it_was_said(tmp_path: Path) -> None:
    made, _ = record(tmp_path, sent(3))
    voice = tmp_path / "voice.pcm"
    said = np.zeros(16_000, np.float32)
    said[1600:4800] = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(3200) / 16_000)
    voice.write_bytes((said * 32_767).astype("<i2").tobytes())
    out = tmp_path / "both.mp4"
    finish(made.file, out, "clara", "", "AI-generated", Provenance(), Visitor(voice, 1.5))
    heard = pcm_of(out)
    window = np.hanning(960)

    def loud(hertz: float, at: float) -> float:
        piece = heard[round(at * 48_000) :][:960] * window
        return float(abs(np.sum(piece * np.exp(-2j * np.pi * hertz * np.arange(960) / 48_000))))

    assert loud(1000, 1.7) > 20 * loud(1000, 1.55)
    assert loud(1000, 1.7) > 20 * loud(1000, 1.9)
    assert loud(440, 0.6) > 20 * loud(440, 0.2)  # the presenter's is still there
    assert out.stat().st_size > 1000


@pytest.mark.parametrize(("limits", "reason"), [({"seconds": 1.0}, "time"), ({"most": 5000}, "size")])
def test_it_stops_by_itself(tmp_path: Path, limits: dict[str, Any], reason: str) -> None:
    made, reasons = record(tmp_path, sent(3), **limits)
    assert reasons == [reason]
    assert made.seconds < 3
    finish(made.file, tmp_path / "short.mp4", "clara", "", "", Provenance(), None)


def test_a_disk_that_is_full_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorders, "KEEP_FREE", 1 << 62)
    made, reasons = record(tmp_path, sent(1))
    assert reasons == ["disk"]
    assert made.began is None
    with pytest.raises(InputError, match="Nothing that can be played"):
        finish(made.file, tmp_path / "none.mp4", "clara", "", "", Provenance(), None)
    assert not list(tmp_path.glob("*.mp4"))


def test_what_a_killed_process_wrote_is_a_film(tmp_path: Path) -> None:
    made, _ = record(tmp_path, sent(3))
    data = made.file.read_bytes()
    made.file.write_bytes(data[: len(data) * 2 // 3])
    out = tmp_path / "cut.mp4"
    seconds = finish(made.file, out, "clara", "", "", Provenance(), None)
    assert 1 < seconds < 2.9
    with av.open(str(out)) as container:
        assert len(list(container.decode(video=0))) > 25
