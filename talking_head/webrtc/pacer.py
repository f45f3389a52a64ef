"""The one clock of a session: it ticks every 20 ms and everything that leaves, leaves on a tick.

Sound every tick (pts = k · 960 at 48 kHz), a picture every second tick (pts = k · 1800 at 90 kHz), both from one monotonic
origin. Timestamps advance with the wall clock whatever happens: when the loop has nothing, equal silence and the last picture
go out; when this task itself was held up by more than 100 ms, the index jumps to the present and nothing is sent in a burst.

A frame takes two ticks, but silence is elastic: a voice that begins does not wait for the second half of a silent frame
(``jitter_buffer.py`` says when it may), and what it is early by is given back by the next silent frame, which takes three.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np

from talking_head.audio.pcm import fade_out
from talking_head.loop import SILENCE, TICK_S, MediaFrame
from talking_head.types import AUDIO_TICKS, F32, FRAME_TICKS, TICKS_PER_SECOND, U8
from talking_head.webrtc.encoder import FRAME_PTS
from talking_head.webrtc.jitter_buffer import NEARLY_S, JitterBuffer
from talking_head.webrtc.sender_reports import MediaClock
from talking_head.webrtc.tracks import AudioOut, VideoOut

AUDIO_S = AUDIO_TICKS / TICKS_PER_SECOND
JUMP_S = 0.1
PICTURE_PTS = FRAME_PTS // 2  # a tick in 1/90000 s
REPEAT_TICKS = 12  # a picture that stays is sent again so often (every 240 ms): whoever lost it sees it, and encoders rest
FADE_TICKS = 240


class Pacer:
    """``reserve_s``: how long a frame waits after it was due, so that a loop that is late by less is not seen.

    ``sent(media_frame, at_ms)``: it goes out, at this media time; ``started(clock)``: the origin is known; ``late()``: there
    was no frame when one was due. All are called on the event loop.
    """

    def __init__(
        self,
        audio: AudioOut,
        video: VideoOut,
        *,
        reserve_s: float,
        sent: Callable[[MediaFrame, float], None],
        started: Callable[[MediaClock], None],
        late: Callable[[], None] = lambda: None,
    ) -> None:
        self.reserve = JitterBuffer()
        self.frames = self.late_frames = 0
        self._audio, self._video, self._reserve_s = audio, video, reserve_s
        self._sent, self._started, self._late = sent, started, late
        self._cut = 0  # turns up to this one were cut
        self._gain = self._wanted_gain = 1.0
        self._loop = asyncio.get_running_loop()
        self._first: asyncio.Event = asyncio.Event()
        self._picture: U8 | None = None
        self._pcm: F32 = SILENCE
        self._sounding = False  # the samples before the next frame are heard
        self._half_left = False  # the second half of the current frame did not leave yet
        self._talking = False  # the current frame is a turn's, though it may be silent
        self._missing = 0  # ticks in a row in which there was no frame
        self._next_due = 0.0  # when the frame after the current one wants to be shown
        self._fresh = True  # the picture was not sent before
        self._shown = -REPEAT_TICKS  # when one was sent last

    def deliver(self, media_frame: MediaFrame) -> None:
        """A frame came out of the inference loop; called on its thread, so that a busy event loop does not make it late."""
        self.reserve.push(media_frame, time.monotonic())
        if not self._first.is_set():
            self._loop.call_soon_threadsafe(self._first.set)

    async def run(self) -> None:
        """Tick until cancelled."""
        await self._first.wait()
        due = self.reserve.head_due()
        assert due is not None
        origin = max(due, time.monotonic()) + self._reserve_s
        self._started(MediaClock(origin))
        tick = 0
        while True:
            behind = time.monotonic() - (origin + tick * AUDIO_S)
            if behind < 0:
                await asyncio.sleep(-behind)
            elif behind > JUMP_S:
                tick += 2 * int(behind / (2 * AUDIO_S))
            pcm = self._half(tick, time.monotonic())
            if self._picture is not None and (self._fresh or tick - self._shown >= REPEAT_TICKS):
                self._video.put(self._picture, tick * PICTURE_PTS)
                self._fresh, self._shown = False, tick
            self._audio.put(self._ducked(pcm), tick * AUDIO_TICKS)
            tick += 1

    def _half(self, tick: int, now: float) -> F32:
        """The sound f32[960] of this tick; the next frame begins where it is due."""
        silent = not self._pcm.any()
        hurries = silent and not self._talking and self.reserve.voice_may_begin(now, self._reserve_s)
        if self._half_left and not hurries:
            self._half_left = False
            return self._pcm[AUDIO_TICKS:]
        early = self._next_due + self._reserve_s - now
        if silent and not hurries and early > NEARLY_S:
            return self._pcm[AUDIO_TICKS:]
        self._half_left = self._next_frame(tick, now)
        return self._pcm[:AUDIO_TICKS]

    def mute(self, turn: int) -> None:
        """Turns up to this one were cut: fade out what is left of the current frame, and let none of them be heard any more."""
        self._cut = max(self._cut, turn)
        if self._half_left and self._sounding:
            self._pcm = np.concatenate([self._pcm[:AUDIO_TICKS], fade_out(self._pcm[AUDIO_TICKS:], FADE_TICKS)])
            self._sounding = False

    def duck(self, gain: float) -> None:
        """From the next 20 ms on the sound is heard at ``gain`` (1: as it is), without a click."""
        self._wanted_gain = gain

    def _ducked(self, pcm: F32) -> F32:
        if self._gain == self._wanted_gain:
            return pcm if self._gain == 1 else pcm * np.float32(self._gain)
        gain = np.full(len(pcm), self._wanted_gain, np.float32)
        gain[:FADE_TICKS] = np.linspace(self._gain, self._wanted_gain, FADE_TICKS)
        self._gain = self._wanted_gain
        return pcm * gain

    def _next_frame(self, tick: int, now: float) -> bool:
        """Begin the next frame. False: it is not here yet; silence for a tick."""
        media_frame = self.reserve.pop(now, self._reserve_s)
        if media_frame is None:
            if self._missing % 2 == 0:  # counted in frames
                self.frames += 1
                self.late_frames += 1
                self._late()
            self._missing += 1
            self._pcm, self._sounding, self._talking, self._next_due = SILENCE, False, False, 0.0
            return False
        self.frames += 1
        self._missing, self._talking, self._next_due = 0, media_frame.turn > 0, media_frame.due + TICK_S
        if 0 < media_frame.turn <= self._cut and media_frame.pcm.any():
            self._pcm = fade_out(media_frame.pcm, FADE_TICKS) if self._sounding else SILENCE
            self._sounding = False
        else:
            self._pcm = media_frame.pcm
            self._sounding = bool(media_frame.pcm[-1])
        self._picture, self._fresh = media_frame.frame, media_frame.fresh or self._picture is None
        self._sent(media_frame, tick * AUDIO_S * 1000)
        return True


assert 2 * AUDIO_TICKS == FRAME_TICKS
