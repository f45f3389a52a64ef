"""The stream's small parts by themselves: reserve, encoders, offers, events."""

from __future__ import annotations

import asyncio
import gc

import av
import numpy as np
import pytest
from pydantic import ValidationError

from talking_head.errors import CapacityError, InputError
from talking_head.loop import SILENCE, MediaFrame
from talking_head.server import connection_gate
from talking_head.system import gc_tuning
from talking_head.types import AUDIO_TICKS, FRAME_TICKS
from talking_head.webrtc import events, nvenc
from talking_head.webrtc.encoder import LibavEncoder, OpusEncoder, Vp8Encoder, X264Encoder
from talking_head.webrtc.jitter_buffer import JitterBuffer
from talking_head.webrtc.offers.sdp import choose_codec, offered_video_codecs

LOUD = np.full(FRAME_TICKS, 0.1, np.float32)
PICTURE = np.full((96, 64), 128, np.uint8)


def media_frame(tick: int, pcm: np.ndarray = SILENCE) -> MediaFrame:
    return MediaFrame(tick, pcm, PICTURE, 1 if pcm.any() else -1, None, due=tick * 0.04)


def test_the_reserve_keeps_speech_and_takes_delay_back_in_silence() -> None:
    reserve = JitterBuffer()
    for tick in range(3):
        reserve.push(media_frame(tick, LOUD), now=0.0)
    assert [reserve.pop(now=1.0).tick for _ in range(3)] == [0, 1, 2]  # type: ignore[union-attr]
    for tick in range(3, 6):
        reserve.push(media_frame(tick), now=0.0)
    late = reserve.pop(now=0.12 + 0.05)
    assert late is not None
    assert late.tick == 4  # one silent frame was left out for the 40 ms
    assert reserve.pop(now=5.0) is not None  # the last one is never left out
    assert reserve.dropped == 1


def test_the_reserve_keeps_two_frames_in_hand_for_a_while_after_the_loop_was_late() -> None:
    reserve = JitterBuffer()
    assert reserve.pop(now=0.0) is None
    for tick in range(6):
        reserve.push(media_frame(tick), now=0.0)
    assert reserve.pop(now=0.075).tick == 0  # type: ignore[union-attr]
    assert reserve.pop(now=0.04 + 0.085).tick == 2  # type: ignore[union-attr]
    assert reserve.dropped == 1
    reserve.push(media_frame(300), now=12.0)
    reserve.push(media_frame(301), now=12.0)
    assert reserve.pop(now=12.03).tick == 300  # type: ignore[union-attr]
    assert reserve.dropped == 4


class Clock:
    """Time for the gate: it moves when somebody sleeps."""

    Lock = asyncio.Lock

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_the_gate_connects_one_after_the_other_and_turns_a_crowd_away(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(connection_gate, "time", clock)
    monkeypatch.setattr(connection_gate, "asyncio", clock)
    gate = connection_gate.ConnectionGate(pause_s=0.01, room=3)
    inside: list[int] = []
    seen: list[int] = []
    entered: list[float] = []

    async def come(number: int) -> None:
        async with gate.turn():
            entered.append(clock.now)
            inside.append(number)
            seen.append(len(inside))
            await clock.sleep(0.002)
            inside.remove(number)
            if number == 1:
                raise ValueError("this one fails")

    came = await asyncio.gather(*(come(number) for number in range(4)), return_exceptions=True)
    assert seen == [1, 1, 1, 1]  # the failure did not leave the gate shut
    assert isinstance(came[1], ValueError)
    assert np.diff(entered) == pytest.approx([0.012] * 3)
    crowd = await asyncio.gather(*(come(number) for number in range(10, 20)), return_exceptions=True)
    assert sum(isinstance(answer, CapacityError) for answer in crowd) == 6


def test_the_reserve_is_bounded() -> None:
    reserve = JitterBuffer(max_frames=3)
    for tick in range(5):
        reserve.push(media_frame(tick, LOUD), now=0.0)
    assert len(reserve) == 3
    assert reserve.head_due() == pytest.approx(0.08)


class NvencOnCpu(nvenc.NvencEncoder):
    """The GPU encoder's code with x264 in its place; x264 does not know the GPU's presets."""

    library = "libx264"

    def _configure(self, codec: av.VideoCodecContext, bitrate: int) -> None:
        super()._configure(codec, bitrate)
        codec.options = {**codec.options, "preset": "superfast", "tune": "zerolatency"}


SOFTWARE = [X264Encoder, Vp8Encoder, NvencOnCpu]


def test_what_was_built_is_not_walked_by_the_collector_again() -> None:
    built = [{"number": number, "itself": []} for number in range(100)]
    gc_tuning.freeze()
    try:
        later = [{}]
        walked = {id(thing) for thing in gc.get_objects()}
        assert id(later) in walked
        assert not walked & {id(thing) for thing in built}
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("make", [*SOFTWARE, nvenc.NvencEncoder])
def test_encoders_answer_picture_for_packet_with_key_frames_on_request(make: type[LibavEncoder]) -> None:
    if make is nvenc.NvencEncoder and not nvenc.nvenc_opens():
        pytest.skip("no NVENC here")
    encoder = make(256, 256, 900_000)
    rng = np.random.default_rng(0)
    decoder = av.CodecContext.create("vp8" if make is Vp8Encoder else "h264", "r")
    decoded = 0
    for number in range(30):
        packet = encoder.encode(rng.integers(90, 160, (384, 256), np.uint8), number * 3600, key_frame=number in (0, 17))
        assert packet is not None
        assert packet.pts == number * 3600
        assert packet.is_keyframe == (number in (0, 17))
        decoded += len(decoder.decode(packet))
    assert decoded + len(decoder.decode(None)) == 30


@pytest.mark.parametrize("make", SOFTWARE)
def test_a_quiet_picture_takes_few_bits_and_a_sudden_change_no_more_than_the_line(make: type[LibavEncoder]) -> None:
    encoder = make(256, 256, 1_000_000)
    rng = np.random.default_rng(0)
    ramp = np.linspace(40, 200, 384 * 256).reshape(384, 256)
    sizes = []
    for number in range(175):
        wild = rng.integers(0, 255, (24, 16)).repeat(16, 0).repeat(16, 1)
        picture = wild if number >= 100 else ramp + rng.normal(0, 1, ramp.shape)
        packet = encoder.encode(picture.clip(0, 255).astype(np.uint8), number * 3600, key_frame=number == 0)
        assert packet is not None
        sizes.append(packet.size * 8)
    assert sum(sizes[25:100]) / 3 < 500_000
    assert sum(sizes[100:]) / 3 < 1_500_000  # bits that were not used before are not spent now


def test_h264_comes_from_the_gpu_where_it_opens_and_from_x264_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvenc, "nvenc_opens", lambda: False)
    assert isinstance(nvenc.video_encoder("H264", 64, 64, 300_000), X264Encoder)
    monkeypatch.setattr(nvenc, "nvenc_opens", lambda: True)
    monkeypatch.setattr(nvenc, "NvencEncoder", NvencOnCpu)
    assert isinstance(nvenc.video_encoder("H264", 64, 64, 300_000), NvencOnCpu)
    assert isinstance(nvenc.video_encoder("H264", 64, 64, 300_000, hardware=False), X264Encoder)
    assert isinstance(nvenc.video_encoder("VP8", 64, 64, 300_000), Vp8Encoder)

    def full(*_: object) -> None:
        raise av.error.ExternalError(1, "no more sessions")

    monkeypatch.setattr(nvenc, "NvencEncoder", full)
    assert isinstance(nvenc.video_encoder("H264", 64, 64, 300_000), X264Encoder)


def test_h264_is_constrained_baseline_with_headers_in_band() -> None:
    packet = X264Encoder(64, 64, 300_000).encode(PICTURE, 0, key_frame=True)
    stream = bytes(packet)  # type: ignore[arg-type]
    kinds = [stream[at + 3] & 0x1F for at in range(len(stream) - 3) if stream[at : at + 3] == b"\x00\x00\x01"]
    assert {7, 8, 5} <= set(kinds)
    parameters = stream[stream.index(b"\x00\x00\x01\x67") + 4 :]
    assert parameters[0] == 66  # profile_idc: baseline


def test_bitrate_follows_down_and_never_above_the_cap() -> None:
    rng = np.random.default_rng(0)

    def kbps(bitrate: int) -> float:
        encoder = X264Encoder(256, 256, 800_000)
        size = 0
        for number in range(75):
            encoder.bitrate = bitrate
            packet = encoder.encode(rng.integers(0, 255, (384, 256), np.uint8), number * 3600, key_frame=number == 0)
            assert packet is not None
            size += packet.size if number >= 25 else 0
        return size * 8 / 2 / 1000

    assert kbps(5_000_000) < 1000
    assert kbps(300_000) < 450


def test_opus_packets_follow_the_given_time_over_a_gap() -> None:
    encoder = OpusEncoder()
    for pts in (0, 960, 1920, 96_000, 96_960):
        packet = encoder.encode(np.zeros(AUDIO_TICKS, np.float32), pts)
        assert packet is not None
        assert packet.pts == pts


def test_codec_choice() -> None:
    offer = (
        "a=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\na=rtpmap:103 rtx/90000\r\n"
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}\r\n"
    )
    assert "H264" in offered_video_codecs(offer.format(mode=1, profile="42e01f"))
    assert "H264" not in offered_video_codecs(offer.format(mode=0, profile="42e01f"))
    assert "H264" not in offered_video_codecs(offer.format(mode=1, profile="640c1f"))
    assert choose_codec("auto", {"VP8", "H264"}) == "H264"
    assert choose_codec("auto", {"VP8", "AV1"}) == "VP8"
    assert choose_codec("vp8", {"VP8", "H264"}) == "VP8"
    with pytest.raises(InputError, match="H264"):
        choose_codec("h264", {"VP8"})


def test_events_are_strict_on_the_way_in_and_readable_on_the_way_out() -> None:
    assert events.parse_client('{"type": "chat", "text": "hi"}') == events.Chat(text="hi")
    for message in ("", "{}", '{"type": "chat"}', '{"type": "chat", "text": "hi", "txet": 1}', '{"type": "state"}'):
        with pytest.raises(InputError):
            events.parse_client(message)
    with pytest.raises(InputError, match="binary"):
        events.parse_client(b"\x00")
    sent = events.Caption(turn=1, index=0, text="Hi.", start_ms=40.0, duration_ms=500.0)
    assert events.parse_server(sent.model_dump_json()) == sent
    with pytest.raises(ValidationError):
        events.parse_server('{"type": "chat", "text": "hi"}')
