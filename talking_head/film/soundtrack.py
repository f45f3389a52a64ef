"""The sound of a film: what its scenes say, one after the other, over a bed of music that steps back while somebody speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from talking_head.audio.pcm import PEAK_CEILING, TARGET_LUFS, limit, loudness
from talking_head.film.narration import Narration
from talking_head.film.spec import Music
from talking_head.media_files.sound import read_audio
from talking_head.types import F32, FPS, FRAME_TICKS, TICKS_PER_SECOND

TAIL = round(0.4 * FPS)  # frames of silence at a scene's end, in which the mouth closes
_MUSIC_S = 1200.0  # of a file that is read
_SPEAKS = 10 ** (-45 / 20)  # of full scale: a frame with more is speech (narrations are at −16 LUFS)
_BEFORE, _AFTER = 5, 12  # frames: music goes down before a word, and stays down for the pause between two
_DOWN, _UP = 6, 18  # frames that it takes to go down and up again
_BLOCK = 20 * TICKS_PER_SECOND
_AROUND = TICKS_PER_SECOND // 10  # what the limiter sees beyond its block


@dataclass(frozen=True, slots=True)
class Timing:
    """Where a scene lies in the film: its first frame, the number of its frames, and how many of them fade in."""

    start: int
    frames: int
    fade: int

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + self.frames


def timings(narrations: Sequence[Narration], fades: Sequence[int]) -> list[Timing]:
    """Where the scenes lie; ``fades``: how many frames of each (0: a cut) overlap the end of the one before."""
    out: list[Timing] = []
    end = 0
    for narration, fade in zip(narrations, fades, strict=True):
        frames = -(-len(narration.pcm) // FRAME_TICKS) + TAIL
        out.append(Timing(end - fade, frames, fade))
        end += frames - fade
    return out


def lay(
    file: Path,
    narrations: Sequence[Narration],
    places: Sequence[Timing],
    music: tuple[Path, Music] | None,
    mark: Callable[[F32], F32],
) -> F32:
    """Write the sound of the whole film into ``file`` (.npy) and map it: f32[frames * 1920] at 48 kHz.

    ``mark`` is called with stretch after stretch and returns it with its mark. Raises AudioError for music that cannot be read.
    """
    frames = places[-1].end
    track = np.lib.format.open_memmap(file, "w+", np.float32, (frames * FRAME_TICKS,))
    for narration, place in zip(narrations, places, strict=True):
        track[place.start * FRAME_TICKS :][: len(narration.pcm)] += narration.pcm
    if music is not None:
        _add_music(track, read_audio(music[0], most_s=_MUSIC_S), music[1])
    for start in range(0, len(track), _BLOCK):
        if music is not None:
            first = max(0, start - _AROUND)
            piece = limit(np.array(track[first : start + _BLOCK + _AROUND]), PEAK_CEILING, TICKS_PER_SECOND)
            track[start : start + _BLOCK] = piece[start - first :][: len(track[start : start + _BLOCK])]
        track[start : start + _BLOCK] = mark(np.array(track[start : start + _BLOCK]))
    track.flush()
    return np.asarray(np.load(file, mmap_mode="r"))


def ducked(levels: F32, duck_db: float) -> F32:
    """Gain of the music in dB, f32[n], 0 … −``duck_db``, for frames of speech of ``levels`` f32[n] (root mean square)."""
    speaks = np.convolve(levels > _SPEAKS, np.ones(_BEFORE + _AFTER + 1))[_BEFORE : _BEFORE + len(levels)] > 0.5
    gain, out = 0.0, np.empty(len(levels), np.float32)
    for number, down in enumerate(speaks):
        gain = max(-duck_db, gain - duck_db / _DOWN) if down else min(0.0, gain + duck_db / _UP)
        out[number] = gain
    return out


def _add_music(track: np.ndarray, music: F32, how: Music) -> None:
    """Add ``music``, repeated, to ``track`` in place, a stretch at a time."""
    level = 10 ** ((TARGET_LUFS + how.level_db - loudness(music, TICKS_PER_SECOND)) / 20)
    edge = min(TICKS_PER_SECOND // 20, len(music) // 2)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    looped = music.copy()
    looped[:edge] *= ramp
    looped[len(looped) - edge :] *= ramp[::-1]
    levels = [
        np.sqrt(np.square(track[at : at + _BLOCK].reshape(-1, FRAME_TICKS)).mean(1)) for at in range(0, len(track), _BLOCK)
    ]
    gains = ducked(np.concatenate(levels), how.duck_db)
    end = min(1.5 * FPS, len(gains) / 3)
    for at in range(0, len(track), _BLOCK):
        part = track[at : at + _BLOCK]
        first = at // FRAME_TICKS
        count = len(part) // FRAME_TICKS
        steps = np.arange(count + 1) + first
        db = gains[np.minimum(steps, len(gains) - 1)]
        fade = np.clip(np.minimum((steps + 1) / (0.5 * FPS), (len(gains) - steps) / end), 0, 1)
        points = level * 10 ** (db / 20) * fade
        gain = np.interp(np.arange(len(part)) / FRAME_TICKS, np.arange(count + 1), points)
        index = (at + np.arange(len(part))) % len(looped)
        part += (looped[index] * gain).astype(np.float32)
