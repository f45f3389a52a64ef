"""The sound of any file that FFmpeg reads, as one row of samples, and recordings at the level that everything here plays at.

A stereo file becomes mono by the mean of its channels, unless that loses the voice: a microphone wired in opposite phase, or
heard on one side only, cancels itself or drops by half. Then the louder channel alone is taken.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from talking_head.audio.pcm import PEAK_CEILING, SILENT_LUFS, TARGET_LUFS, check_pcm, limit, loudness
from talking_head.errors import AudioError
from talking_head.media_files.opened import opened
from talking_head.media_files.pictures import Tell, silent
from talking_head.types import F32, TICKS_PER_SECOND

_LEAST_RATE = 4_000  # Hz: at 1 Hz, a packet of some bytes is a minute of samples here
_LOST_DB = 5.0  # below its louder channel: the mean has lost the voice
_BLOCK_S = 0.4
_MOST_GAIN_DB = 50.0
_TOLD_DB = 6.0  # a smaller change of level is not worth a sentence
_PIECE_S = 20.0  # the limiter works on four times the samples: piece by piece, it takes no memory worth naming


def read_audio(
    path: Path,
    sample_rate: int = TICKS_PER_SECOND,
    *,
    most_s: float | None = None,
    first_s: float | None = None,
    tell: Tell = silent,
) -> F32:
    """The first sound track of a file → mono f32[n] at ``sample_rate``, at the level that it was recorded with; of it the first
    ``first_s`` seconds, which are all that is decoded then.

    Raises AudioError: no such file, not media, no sound in it, broken, or longer than ``most_s`` seconds.
    """
    path = Path(path)
    if not path.is_file():
        raise AudioError(f"There is no audio file {path.name}.")
    stereo, _ = _channels(path, sample_rate, most_s, first_s)
    if stereo is None or stereo.size == 0:
        raise AudioError(f"{path.name} holds no sound.")
    return check_pcm(to_mono(stereo, sample_rate, tell), sample_rate)


def read_sound(path: Path, samples: int) -> F32 | None:
    """The sound of a video as f32[samples] at 48 kHz, placed by its time stamps; None when it has no sound track."""
    stereo, began = _channels(path, TICKS_PER_SECOND, None)
    if stereo is None or stereo.size == 0:
        return None
    out = np.zeros(samples, np.float32)
    pcm = np.nan_to_num(to_mono(stereo, TICKS_PER_SECOND))
    start = round(began * TICKS_PER_SECOND)
    pcm, at = (pcm[-start:], 0) if start < 0 else (pcm, start)
    count = max(0, min(len(pcm), samples - at))
    out[at : at + count] = pcm[:count]
    return out


def _channels(path: Path, rate: int, most_s: float | None, first_s: float | None = None) -> tuple[F32 | None, float]:
    """One or two channels f32[c, n] and the time of the first sample; None without a sound track. More than two are folded."""
    import av
    import av.error

    enough_s = min((most + 1 for most in (most_s, first_s) if most is not None), default=math.inf)
    pieces: list[F32] = []
    began, length = 0.0, 0
    try:
        with opened(path) as container:
            if not container.streams.audio:
                return None, 0.0
            stream = container.streams.audio[0]
            layout = "mono" if stream.codec_context.channels == 1 else "stereo"
            mixer = av.AudioResampler(format="fltp", layout=layout, rate=rate)
            for frame in container.decode(stream):
                if frame.sample_rate < _LEAST_RATE:
                    raise ValueError(frame.sample_rate)
                if not pieces and frame.time:
                    began = float(frame.time)
                pieces += [np.asarray(out.to_ndarray(), np.float32) for out in mixer.resample(frame)]
                length += frame.samples
                if length > enough_s * frame.sample_rate:
                    break
            else:
                pieces += [np.asarray(out.to_ndarray(), np.float32) for out in mixer.resample(None)]
    except (av.error.FFmpegError, ValueError) as error:
        raise AudioError(f"{path.name} cannot be read as sound. Use a WAV, MP3, M4A, FLAC or Ogg file, or a video.") from error
    whole = np.concatenate(pieces, axis=1) if pieces else None
    if most_s is not None and whole is not None and whole.shape[1] > most_s * rate:
        raise AudioError(f"This sound is longer than {most_s:.0f} seconds (limits.audio_seconds).")
    if first_s is not None and whole is not None:
        whole = whole[:, : round(first_s * rate)]
    return whole, began


def to_mono(channels: F32, sample_rate: int, tell: Tell = silent) -> F32:
    """f32[1 or 2, n] → f32[n]: the mean, or the louder channel where the mean loses more than 5 dB of it.

    Judged in the blocks of 0.4 s that hold nine tenths of the energy, so that noise between sentences has no say.
    """
    if len(channels) == 1:
        return np.asarray(channels[0], np.float32)
    block = max(1, min(channels.shape[1], round(_BLOCK_S * sample_rate)))
    count = channels.shape[1] // block
    cut = channels[:, : count * block].reshape(len(channels), count, block).astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        energy = np.nan_to_num(np.square(cut).mean(axis=2))
        mixed = np.nan_to_num(np.square(cut.mean(axis=0)).mean(axis=1))
    order = np.argsort(-energy.sum(0))
    loud = order[: 1 + int(np.searchsorted(np.cumsum(energy.sum(0)[order]), 0.9 * energy.sum()))]
    best = int(energy[:, loud].sum(1).argmax())
    kept = mixed[loud] / np.maximum(energy[best, loud], 1e-20)
    weight = energy[best, loud] / max(energy[best, loud].sum(), 1e-20)
    lost_whole = (kept * weight).sum() < 10 ** (-_LOST_DB / 10)
    lost_parts = weight[kept < 0.1].sum() > 0.05  # a few sentences of it are gone
    if not (lost_whole or lost_parts):
        return np.asarray(channels.mean(axis=0), np.float32)
    if (cut[0, loud] * cut[1, loud]).sum() < -0.3 * np.sqrt(energy[0, loud].sum() * energy[1, loud].sum()) * block:
        tell("The two channels of the recording cancel each other; only the louder one is used.")
    return np.asarray(channels[best], np.float32)


def levelled(pcm: F32, sample_rate: int = TICKS_PER_SECOND, tell: Tell = silent) -> F32:
    """A recording f32[n] at −16 LUFS with true peaks below −1 dB, whatever its level was; samples beyond ±1 are welcome.

    Raises AudioError for silence.
    """
    pcm = check_pcm(pcm, sample_rate)
    pcm = _without_offset(pcm, sample_rate)
    level, peak = loudness(pcm, sample_rate), float(np.abs(pcm).max())
    if level <= SILENT_LUFS:
        raise AudioError("The recording is silent. Record it again, nearer to the microphone.")
    if peak > 1.05:
        tell(f"The recording went to {peak:.1f} times full scale; it was turned down instead of cut off.")
    elif abs(TARGET_LUFS - level) >= _TOLD_DB:
        way = "quiet" if level < TARGET_LUFS else "loud"
        tell(f"The recording was {way} ({level:.0f} LUFS); it was brought to {TARGET_LUFS:.0f}.")
    for attempt in range(6):  # the limiter takes loudness away from a peaky recording: the next pass gives it back
        missing = float(np.clip(TARGET_LUFS - level, -120.0, _MOST_GAIN_DB))
        if abs(missing) < 0.3:
            break
        gain = 10 ** (missing * (1.4 if attempt else 1.0) / 20)
        pcm = _limited((pcm * np.float32(gain)).astype(np.float32), sample_rate)
        level = loudness(pcm, sample_rate)
    return _limited(pcm, sample_rate)


def _without_offset(pcm: F32, sample_rate: int) -> F32:
    """A cheap sound card's constant added to every sample takes room from the voice: a high-pass at 20 Hz removes it."""
    if abs(float(pcm.mean())) < 0.002:
        return pcm
    pole = float(np.exp(-2 * np.pi * 20 / sample_rate))
    return np.asarray(lfilter([1.0, -1.0], [1.0, -pole], pcm, zi=[-float(pcm[0])])[0], np.float32)


def _limited(pcm: F32, sample_rate: int) -> F32:
    """The limiter of ``audio.limit`` in pieces that overlap by more than it looks around."""
    size, overlap = round(_PIECE_S * sample_rate), round(0.1 * sample_rate)
    if len(pcm) <= size + overlap:
        return limit(pcm, PEAK_CEILING, sample_rate)
    out = np.empty_like(pcm)
    for start in range(0, len(pcm), size):
        first, end = max(0, start - overlap), min(len(pcm), start + size)
        piece = limit(pcm[first : min(len(pcm), end + overlap)], PEAK_CEILING, sample_rate)
        out[start:end] = piece[start - first : end - first]
    return out
