"""How often the invisible marks are found, and how often where there are none.

    python scripts/measure_marks.py FOLDER_OF_FILMS [--unmarked FOLDER ...] [--limit N] [--windows N]

Every film of FOLDER (unmarked, about lossless) is marked and goes through each treatment; one second of pictures and one to
four of sound are read back, the sound with 200 numbers that were given out. Windows of one second of unmarked films, of FOLDER
after an encoder and of the other folders, are the false alarms. ``--limit 0``: these alone; ``--windows``: at most so many.
Ends with one JSON object.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import sys
import time
from pathlib import Path

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


def encode(frames: list[U8], crf: int, size: tuple[int, int] | None = None) -> list[U8]:
    """The luma of ``frames`` after H.264, resized to ``size`` (width, height) if given."""
    width, height = frames[0].shape[1], frames[0].shape[0] * 2 // 3
    to = size or (width, height)
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height = to
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": "medium"}
        stream.codec_context.thread_count = 1
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
            out.mux(stream.encode(frame.reformat(width=to[0], height=to[1], interpolation="BICUBIC") if size else frame))
        out.mux(stream.encode(None))
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


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--unmarked", type=Path, nargs="*", default=[])
    options.add_argument("--limit", type=int, default=10**9)
    options.add_argument("--windows", type=int, default=10**9)
    given = options.parse_args()
    files = sorted(p for p in given.folder.iterdir() if p.suffix in (".mkv", ".mp4", ".mov"))[: given.limit]
    hits: dict[str, list[bool]] = {}
    psnr: list[float] = []
    snr: list[float] = []
    spent: list[float] = []
    false = windows = 0
    chance = np.random.default_rng(0)
    for number, file in enumerate(files):
        origin = Origin(int(chance.integers(1 << 16)), int(chance.integers(1 << 24)))
        whole = pictures(file)
        start = int(chance.integers(0, max(1, len(whole) - SECOND)))  # a second cut out anywhere
        cut = whole[start : start + SECOND]
        rows, columns = cut[0].shape[0] * 2 // 3, cut[0].shape[1]
        mark = PictureMark(origin, columns, rows)
        began = time.thread_time()
        marked = [mark(frame) for frame in cut]
        spent.append((time.thread_time() - began) / len(cut) * 1000)
        change = np.stack([a[:rows].astype(float) - b[:rows] for a, b in zip(marked[:3], cut[:3], strict=True)])
        psnr.append(float(10 * np.log10(255**2 / np.mean(change**2))))
        half = (columns // 4 * 2, rows // 4 * 2)
        treated = {
            "crf 28": encode(marked, 28),
            "half size, crf 28": encode(marked, 28, half),
            "crf 18, then crf 28": encode(
                [_again(luma, frame) for luma, frame in zip(encode(marked, 18), marked, strict=True)], 28
            ),
        }
        for name, lumas in treated.items():
            found = picture_mark.read(lumas)
            hits.setdefault(f"picture: {name}", []).append(found is not None and found.origin == origin)
        windows += 2
        false += sum(picture_mark.read(encode(cut, 28, size)) is not None for size in (None, half))
        pcm = read_audio(file)
        sounded = SoundMark(origin)(pcm)
        snr.append(float(10 * np.log10(np.square(pcm).sum() / max(np.square(sounded - pcm).sum(), 1e-12))))
        at = int(chance.integers(0, 4800))
        for name, heard in (
            ("aac 128", aac(sounded, 128)),
            ("aac 64", aac(sounded, 64)),
            ("aac 128, 2 s", aac(sounded, 128)[at : at + 96_000]),
            ("aac 128, 1 s", aac(sounded, 128)[at : at + 48_000]),
        ):
            told = sound_mark.read(heard if name.endswith(" s") else heard[at:], origin.server, [*GIVEN, origin])
            hits.setdefault(f"sound: {name}", []).append(told is not None and told.origin == origin)
        print(number, file.name, {k: v[-1] for k, v in hits.items()}, file=sys.stderr, flush=True)
    sounds = 0
    false_sound = 0
    for folder in given.unmarked:
        for file in sorted(folder.rglob("*.mp4")):
            if windows >= given.windows:
                break
            try:
                with av.open(str(file)) as film:
                    decoded = (np.asarray(f.reformat(format="gray").to_ndarray(), np.uint8) for f in film.decode(video=0))
                    while len(window := list(itertools.islice(decoded, SECOND))) == SECOND:
                        windows += 1
                        false += picture_mark.read(window) is not None
                pcm = read_audio(file)
            except Exception as error:  # a file without sound, or a broken one, is no window
                print(file.name, error, file=sys.stderr)
                continue
            for first in range(0, len(pcm) - 48_000, 48_000):
                sounds += 1
                false_sound += sound_mark.read(pcm[first : first + 48_000], 1, GIVEN) is not None
    rates = {name: round(float(np.mean(values)), 4) for name, values in hits.items()}
    print(
        json.dumps(
            {
                "clips": len(files),
                "found": rates,
                "picture_windows_unmarked": windows,
                "picture_false_alarms": false,
                "sound_windows_unmarked": sounds,
                "sound_false_alarms": false_sound,
                "psnr_db": round(float(np.mean(psnr)), 2) if psnr else None,
                "psnr_min_db": round(float(np.min(psnr)), 2) if psnr else None,
                "sound_snr_db": round(float(np.mean(snr)), 1) if snr else None,
                "picture_ms": round(float(np.median(spent)), 3) if spent else None,
            }
        )
    )


def _again(luma: U8, frame: U8) -> U8:
    return np.vstack([luma, frame[luma.shape[0] :]])


if __name__ == "__main__":
    main()
