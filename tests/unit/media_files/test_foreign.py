"""Files that name other files, stand still for hours or grow on their way: what FFmpeg would read, and is not asked to."""

from __future__ import annotations

import wave
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from talking_head.config import Limits
from talking_head.errors import AudioError, InputError
from talking_head.film.check import check_files
from talking_head.film.spec import FilmSpec
from talking_head.media_files.sound import read_audio
from talking_head.media_files.video import read_pictures
from talking_head.provenance.verify import verify


def stream_file(path: Path) -> Path:
    """A second of sound as a player's playlist would name it."""
    with av.open(str(path), "w", format="mpegts") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 48_000), 0.1, np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return path


def sound_file(path: Path, seconds: float, rate: int = 48_000) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(np.full(round(seconds * rate), 900, "<i2").tobytes())
    return path


def jpeg(width: int, height: int) -> bytes:
    coder: Any = av.CodecContext.create("mjpeg", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = width, height, "yuvj420p", Fraction(1, 25)
    frame = av.VideoFrame(width, height, "yuvj420p")
    frame.pts = 0
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return bytes(coder.encode(frame)[0])


def film_file(path: Path, pictures: dict[int, bytes]) -> Path:
    """A video of JPEGs, each shown from its 1/25 s on. Its header says that they have 64 × 64 pixels."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("mjpeg", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuvj420p"
        for at, data in pictures.items():
            packet = av.Packet(data)
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, at, at, Fraction(1, 25)
            out.mux(packet)
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{}\n#EXT-X-ENDLIST\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "ffconcat version 1.0\nfile secret.ts\n"),
    ],
    ids=["address", "path", "neighbour"],
)
def test_a_list_of_files_reads_none_of_them(tmp_path: Path, name: str, text: str) -> None:
    secret = stream_file(tmp_path / "secret.ts")
    assert len(read_audio(secret)) >= 48_000  # by itself it can be read
    sent = tmp_path / name
    sent.write_text(text.format(secret))
    with pytest.raises(AudioError) as refused:
        read_audio(sent)
    assert str(tmp_path) not in str(refused.value)
    with pytest.raises(InputError):
        next(read_pictures(sent))
    with pytest.raises(InputError):
        verify(sent, 1)
    with pytest.raises(InputError):
        check_files(FilmSpec(sound=name), {name: sent}, Limits())


def test_two_pictures_a_hundred_hours_apart_are_no_nine_million(tmp_path: Path) -> None:
    small = jpeg(64, 64)
    film = film_file(tmp_path / "gap.mkv", {0: small, 10: small, 25 * 3600 * 100: small})
    with pytest.raises(InputError, match="cut that part out"):
        list(islice(read_pictures(film), 100_000))
    still = film_file(tmp_path / "still.mkv", {0: small, 25 * 30: small})
    assert len(list(read_pictures(still))) == 25 * 30 + 1


def test_a_video_may_be_too_long(tmp_path: Path) -> None:
    film = film_file(tmp_path / "long.mkv", dict.fromkeys(range(0, 25 * 200, 25 * 40), jpeg(64, 64)))
    assert len(list(read_pictures(film, most_s=200))) == 25 * 160 + 1
    with pytest.raises(InputError, match="longer than the 2 minutes"):
        list(read_pictures(film, most_s=120))


def test_a_picture_that_grows_on_its_way_is_not_decoded(tmp_path: Path) -> None:
    film = film_file(tmp_path / "grows.mkv", {**dict.fromkeys(range(30), jpeg(64, 64)), 30: jpeg(8200, 4400)})
    sizes = []
    with pytest.raises(InputError, match="cannot be read as a video"):
        sizes += [picture.shape for picture in read_pictures(film)]
    assert all(size == (64, 64, 3) for size in sizes)


def test_of_a_long_sound_only_what_is_asked_for_is_decoded(tmp_path: Path) -> None:
    assert len(read_audio(sound_file(tmp_path / "long.wav", 90), first_s=1.5)) == 72_000
    with pytest.raises(AudioError):  # each of its packets would be minutes
        read_audio(sound_file(tmp_path / "slow.wav", 500, rate=8))
