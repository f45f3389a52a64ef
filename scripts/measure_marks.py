"""How often the invisible marks are found, and how often where there are none.

    python scripts/measure_marks.py FOLDER_OF_FILMS [--unmarked FOLDER ...] [--limit N] [--windows N] [--kept FILE]

Every film of FOLDER (unmarked, about lossless) is marked and goes through each treatment; one second of pictures and one to
four of sound are read back, the sound with 200 numbers that were given out. Windows of one second of unmarked films, of FOLDER
after an encoder and of the other folders, are the false alarms. ``--limit 0``: these alone; ``--windows``: at most so many.
``--kept``: a file that is told what each film gave, in JSON lines; films that stand in it are not measured again, so that a
run that was ended goes on. Ends with one JSON object over all of them.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from talking_head.media_files.sound import read_audio
from talking_head.provenance import picture_mark, sound_mark
from talking_head.provenance.codeword import Origin
from talking_head.provenance.picture_mark import PictureMark
from talking_head.provenance.sound_mark import SoundMark
from talking_head.types import F32, U8

cv2.setNumThreads(1)
SECOND = 25
GIVEN = [Origin(1, session) for session in range(1000, 1200)]  # numbers that a server has given out


def pictures(file: Path) -> list[U8]:
    """All pictures of a film as I420."""
    with av.open(str(file)) as film:
        return [np.asarray(frame.reformat(format="yuv420p").to_ndarray(), np.uint8) for frame in film.decode(video=0)]


def encoded(frames: list[U8], crf: int, size: tuple[int, int] | None = None) -> io.BytesIO:
    """``frames`` as H.264 in MP4, resized to ``size`` (width, height) if given."""
    width, height = frames[0].shape[1], frames[0].shape[0] * 2 // 3
    to = size or (width, height)
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=SECOND)
        stream.width, stream.height = to
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": "medium"}
        stream.codec_context.thread_count = 1
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
            out.mux(stream.encode(frame.reformat(width=to[0], height=to[1], interpolation="BICUBIC") if size else frame))
        out.mux(stream.encode(None))
    return data


def remuxed(data: io.BytesIO) -> io.BytesIO:
    """The packets of a film in a file of another kind (Matroska), as ``-c copy`` does."""
    data.seek(0)
    copied = io.BytesIO()
    with av.open(data, "r") as film, av.open(copied, "w", format="matroska") as out:
        stream = out.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return copied


def lumas(data: io.BytesIO) -> list[U8]:
    """The luma of all pictures of a film, u8[H, W] each."""
    data.seek(0)
    with av.open(data, "r") as film:
        return [np.asarray(frame.to_ndarray()[: frame.height], np.uint8) for frame in film.decode(video=0)]


def aac(pcm: F32, kbps: int) -> F32:
    """``pcm`` after AAC."""
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        stream.bit_rate = kbps * 1000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[None]), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        for piece in av.AudioResampler("fltp", "mono", 48_000, frame_size=1024).resample(frame):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    data.seek(0)
    with av.open(data, "r") as film:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in film.decode(audio=0)]).astype(np.float32)


def marked_film(file: Path, number: int) -> dict[str, Any]:
    """What the film with that ``number`` gives once it is marked: what is found after each treatment, what the mark costs."""
    chance = np.random.default_rng(number)
    origin = Origin(int(chance.integers(1 << 16)), int(chance.integers(1 << 24)))
    whole = pictures(file)
    rows, columns = whole[0].shape[0] * 2 // 3, whole[0].shape[1]
    mark = PictureMark(origin, columns, rows)
    began = time.thread_time()
    marked = [mark(frame) for frame in whole]
    spent = (time.thread_time() - began) / len(whole) * 1000
    change = np.stack([a[:rows].astype(float) - b[:rows] for a, b in zip(marked[:3], whole[:3], strict=True)])
    start = int(chance.integers(0, max(1, len(whole) - SECOND)))  # a second cut out anywhere
    second = slice(start, start + SECOND)
    cut = marked[second]
    half = (columns // 4 * 2, rows // 4 * 2)
    again = [np.vstack([luma, frame[rows:]]) for luma, frame in zip(lumas(encoded(cut, 18)), cut, strict=True)]
    treated = {
        "crf 28": lumas(encoded(cut, 28)),
        "half size, crf 28": lumas(encoded(cut, 28, half)),
        "crf 18, then crf 28": lumas(encoded(again, 28)),
        "crf 28, re-mux, then cut": lumas(remuxed(encoded(marked, 28)))[second],
    }
    hits = {}
    for name, seen in treated.items():
        found = picture_mark.read(seen)
        hits[f"picture: {name}"] = found is not None and found.origin == origin
    false = sum(picture_mark.read(lumas(encoded(whole[second], 28, size))) is not None for size in (None, half))
    pcm = read_audio(file)
    sounded = SoundMark(origin)(pcm)
    at = int(chance.integers(0, 4800))
    for name, heard in (
        ("aac 128", aac(sounded, 128)[at:]),
        ("aac 64", aac(sounded, 64)[at:]),
        ("aac 128, 2 s", aac(sounded, 128)[at : at + 96_000]),
        ("aac 128, 1 s", aac(sounded, 128)[at : at + 48_000]),
    ):
        told = sound_mark.read(heard, origin.server, [*GIVEN, origin])
        hits[f"sound: {name}"] = told is not None and told.origin == origin
    return {
        "hits": hits,
        "windows": 2,
        "false": false,
        "psnr": float(10 * np.log10(255**2 / np.mean(change**2))),
        "snr": float(10 * np.log10(np.square(pcm).sum() / max(np.square(sounded - pcm).sum(), 1e-12))),
        "ms": spent,
    }


def unmarked_film(file: Path) -> dict[str, Any]:
    """How many windows of one second an unmarked film has, and in how many of them a mark is read."""
    told: dict[str, Any] = {"windows": 0, "false": 0, "sounds": 0, "false_sounds": 0}
    try:
        with av.open(str(file)) as film:
            decoded = (np.asarray(f.reformat(format="gray").to_ndarray(), np.uint8) for f in film.decode(video=0))
            while len(window := list(itertools.islice(decoded, SECOND))) == SECOND:
                told["windows"] += 1
                told["false"] += picture_mark.read(window) is not None
        pcm = read_audio(file)
    except Exception as error:  # a file without sound, or a broken one, is no window
        print(file.name, error, file=sys.stderr)
        return told
    for first in range(0, len(pcm) - 48_000, 48_000):
        told["sounds"] += 1
        told["false_sounds"] += sound_mark.read(pcm[first : first + 48_000], 1, GIVEN) is not None
    return told


def summary(films: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One object over what all films gave."""
    every = list(films)
    marked = [film for film in every if "hits" in film]
    names = marked[0]["hits"] if marked else ()
    psnr = [film["psnr"] for film in marked]

    def total(what: str) -> int:
        return sum(film.get(what, 0) for film in every)

    return {
        "clips": len(marked),
        "found": {name: sum(film["hits"][name] for film in marked) for name in names},
        "picture_windows_unmarked": total("windows"),
        "picture_false_alarms": total("false"),
        "sound_windows_unmarked": total("sounds"),
        "sound_false_alarms": total("false_sounds"),
        "psnr_db": round(float(np.mean(psnr)), 2) if psnr else None,
        "psnr_min_db": round(min(psnr), 2) if psnr else None,
        "sound_snr_db": round(float(np.mean([film["snr"] for film in marked])), 1) if marked else None,
        "picture_ms": round(float(np.median([film["ms"] for film in marked])), 3) if marked else None,
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--unmarked", type=Path, nargs="*", default=[])
    options.add_argument("--limit", type=int, default=10**9)
    options.add_argument("--windows", type=int, default=10**9)
    options.add_argument("--kept", type=Path)
    given = options.parse_args()
    kept = given.kept.read_text().splitlines() if given.kept and given.kept.exists() else []
    told: dict[str, dict[str, Any]] = {film["file"]: film for film in map(json.loads, kept)}

    def tell(file: Path, what: dict[str, Any]) -> None:
        told[str(file)] = {"file": str(file), **what}
        line = json.dumps(told[str(file)])
        print(line, file=sys.stderr, flush=True)
        if given.kept:
            with given.kept.open("a") as out:
                out.write(line + "\n")

    files = sorted(p for p in given.folder.iterdir() if p.suffix in (".mkv", ".mp4", ".mov"))[: given.limit]
    for number, file in enumerate(files):
        if str(file) not in told:
            tell(file, marked_film(file, number))
    for file in (file for folder in given.unmarked for file in sorted(folder.rglob("*.mp4"))):
        if sum(film["windows"] for film in told.values()) >= given.windows:
            break
        if str(file) not in told:
            tell(file, unmarked_film(file))
    print(json.dumps(summary(told.values())))


if __name__ == "__main__":
    main()
