"""What every synthesiser's sound goes through: trimmed, faded, at one loudness, with a natural pause behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt, sosfilt_zi

from talking_head.audio.pcm import TARGET_LUFS, fade, limit, loudness, to_loudness
from talking_head.types import F32, TICKS_PER_SECOND, Phoneme, Utterance

# Seconds of silence behind a clause, counted from where its sound has died away. Read-aloud speech pauses 0.15–0.25 s at
# commas and 0.4–0.7 s between sentences (Goldman-Eisler 1968); a conversation is quicker.
PAUSES = {",": 0.14, ";": 0.2, ":": 0.2, ".": 0.3, "!": 0.3, "?": 0.34, "": 0.03}

_WINDOW = 240  # 5 ms
_KEPT_BEFORE = 720  # 15 ms: the first sound's own rise
_KEPT_AFTER = 2_400  # 50 ms: the last sound's decay
_FLOOR_DB = -42.0  # against the loudest 5 ms of the clause; breath and the model's own noise lie below −50
_RISE, _FALL = 240, 1_440
_STRESS_DB = 3.0
_HIGH_PASS = butter(2, 40, "high", fs=TICKS_PER_SECOND, output="sos")


def audible(pcm: F32) -> tuple[int, int]:
    """First and one-past-last sample of the sound in f32[n] at 48 kHz, with room for rise and decay; (0, 0) if silent."""
    whole = len(pcm) // _WINDOW * _WINDOW
    if not whole:
        return (0, len(pcm)) if pcm.any() else (0, 0)
    power = np.square(pcm[:whole]).reshape(-1, _WINDOW).mean(axis=1)
    loud = np.flatnonzero(power > max(float(power.max()) * 10 ** (_FLOOR_DB / 10), 1e-9))
    if not len(loud):
        return 0, 0
    return max(0, int(loud[0]) * _WINDOW - _KEPT_BEFORE), min(len(pcm), (int(loud[-1]) + 1) * _WINDOW + _KEPT_AFTER)


def without_rumble(pcm: F32) -> F32:
    """High-pass at 40 Hz: an offset of the zero line, which some networks have, would click at every join."""
    if not pcm.size:
        return pcm
    out: F32 = sosfilt(_HIGH_PASS, pcm, zi=sosfilt_zi(_HIGH_PASS) * pcm[0])[0].astype(np.float32)
    return out


def finish(pcm: F32, phonemes: Iterable[Phoneme] = (), mark: str = "") -> Utterance:
    """Raw mono ``pcm`` f32[n] at 48 kHz of one clause → what is played: −16 LUFS, peaks below −1 dBFS, ends at zero.

    ``mark``: the punctuation that ends the clause, which decides the pause. Phonemes move with the sound; silence is a
    phoneme too (symbol " "), so that they cover the utterance without a gap.
    """
    pcm = without_rumble(pcm)
    start, end = audible(pcm)
    pause = round(PAUSES.get(mark, PAUSES[""]) * TICKS_PER_SECOND)
    # The pause is measured along: a short word followed by silence would else come out below the target.
    played = to_loudness(np.concatenate([fade(pcm[start:end], _RISE, _FALL), np.zeros(pause, np.float32)]))
    return Utterance(played, tuple(_moved(list(phonemes), start, len(played))))


def _moved(phonemes: list[Phoneme], start: int, length: int) -> Iterable[Phoneme]:
    for place, phoneme in enumerate(phonemes):
        first = max(0, phoneme.start - start)
        last = phoneme.start + phoneme.ticks - start
        if place == len(phonemes) - 1:
            last = length
        last = min(last, length)
        if last > first:
            yield replace(phoneme, start=first, ticks=last - first)


def emphasised(pcm: F32, phonemes: Sequence[Phoneme]) -> F32:
    """``pcm`` with its emphasised phonemes louder, 3 dB a step, for voices whose pitch cannot be moved."""
    if not any(phoneme.emphasis for phoneme in phonemes):
        return pcm
    gain = np.zeros(len(pcm), np.float32)
    for phoneme in phonemes:
        gain[phoneme.start : phoneme.start + phoneme.ticks] = _STRESS_DB * phoneme.emphasis
    window = np.hanning(2 * _RISE + 1)
    smooth = fftconvolve(gain, window / window.sum(), mode="same")
    out: F32 = (pcm * 10 ** (smooth / 20)).astype(np.float32)
    return out


def louder(utterance: Utterance, gain_db: float) -> Utterance:
    """``utterance`` louder or softer by ``gain_db``, with peaks below −1 dBFS."""
    if not gain_db:
        return utterance
    return replace(utterance, pcm=limit(utterance.pcm * np.float32(10 ** (gain_db / 20))))


class RunningGain:
    """−16 LUFS for a backend that streams inside a clause: the gain follows all that was heard of the clause so far.

    It moves linearly over each chunk, so that chunks join without a step.
    """

    def __init__(self) -> None:
        self._heard: list[F32] = []
        self._gain = 0.0

    def push(self, pcm: F32) -> F32:
        """One chunk f32[n] at 48 kHz → the same at the running loudness."""
        self._heard.append(pcm)
        level = loudness(np.concatenate(self._heard))
        wanted = 10 ** (min(TARGET_LUFS - level, 40.0) / 20) if level > -70 else self._gain
        ramp = np.linspace(self._gain or wanted, wanted, len(pcm), dtype=np.float32)
        self._gain = wanted
        return limit(pcm * ramp)


def mark_of(text: str) -> str:
    """The punctuation that ends ``text`` and decides its pause; "" for none."""
    last = text.rstrip().rstrip("\"'”’)]*_")[-1:]
    return "." if last == "…" else last if last in PAUSES else ""


def tail(pcm: F32, mark: str) -> F32:
    """The last chunk of a streamed clause: faded out, with the pause of ``mark`` behind it."""
    pause = round(PAUSES.get(mark, PAUSES[""]) * TICKS_PER_SECOND)
    return np.concatenate([fade(pcm, 0, _FALL), np.zeros(pause, np.float32)])
