"""Records one session: nothing before the visitor has agreed, and nothing where who is shown has not."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

import numpy as np

from talking_head.errors import InputError, TalkingHeadError, visitors_sentence
from talking_head.server.recording.permission import Permission
from talking_head.server.recording.store import Recording, Recordings
from talking_head.types import F32, VOICE_RATE
from talking_head.webrtc import events
from talking_head.webrtc.client import ClientSession

log = logging.getLogger(__name__)

_GAP_S = 0.2  # a pause of the microphone that is longer becomes silence


class LiveRecording:
    """See ``SessionRecording``. ``seconds``: of the longest. ``permission()`` is asked at each start: consent ends."""

    def __init__(self, recordings: Recordings, permission: Permission, minutes: float, most: int, peer: ClientSession) -> None:
        self._recordings, self._permission, self._peer = recordings, permission, peer
        self.seconds, self._most = minutes * 60, most
        self._now: Recording | None = None
        self._voice: BinaryIO | None = None
        self._heard = 0  # samples of the visitor's that are written
        self._heard_from = 0.0  # the monotonic clock at the first of them
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    # SessionRecording

    def wanted(self, event: events.Record) -> None:
        """See SessionRecording."""
        self._later(self._start(voice=event.voice) if event.active else self._stop("stopped"))

    def ask(self) -> None:
        """The owner of the server asks the visitor. Raises InputError where it is recorded already."""
        if self._now is not None:
            raise InputError("This session is being recorded already.")
        self._peer.tell(events.Recording(state="asked", agreed=self._permission.words()))

    def heard(self, pcm: F32) -> None:
        """See SessionRecording."""
        if self._voice is None:
            return
        begins = time.monotonic() - len(pcm) / VOICE_RATE
        if not self._heard:
            self._heard_from = begins
        gap = round((begins - self._heard_from) * VOICE_RATE) - self._heard
        silence = gap if gap > _GAP_S * VOICE_RATE else 0
        try:
            self._voice.write(bytes(2 * silence) + (np.clip(pcm, -1, 1) * 32_767).astype("<i2").tobytes())
        except OSError as error:
            log.warning("a recording cannot be written on: %s", error)
            self.ended("disk")
            return
        self._heard += silence + len(pcm)

    def ended(self, reason: str) -> None:
        """See SessionRecording."""
        self._later(self._stop(reason))

    async def close(self) -> None:
        """See SessionRecording."""
        await self._stop("stopped")
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Inside

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start(self, *, voice: bool) -> None:
        async with self._turn:
            if self._now is not None:
                return
            try:
                agreed = await asyncio.to_thread(self._permission.check)
                begin = partial(self._recordings.begin, self._permission.presenter, agreed, self._peer.owner, voice=voice)
                made = await asyncio.to_thread(begin)
            except TalkingHeadError as error:
                self._peer.error("recording", visitors_sentence(error))
                return
            try:
                told = await self._peer.connection.record(str(made.packets), self.seconds, self._most)
            except TalkingHeadError as error:
                self._recordings.abandon(made)
                self._peer.error("recording", visitors_sentence(error))
                return
            about = dataclasses.replace(made.about, codec=told.codec, origin=told.origin)
            self._now = dataclasses.replace(made, about=about)
            with contextlib.suppress(OSError):  # told again at the end; now, in case that the server does not come to it
                await asyncio.to_thread(self._recordings.note, self._now)
            self._voice, self._heard = (made.voice.open("wb") if voice else None), 0
            until = datetime.fromtimestamp(self._recordings.until(made), UTC).isoformat(timespec="seconds")
            self._peer.tell(
                events.Recording(
                    state="on",
                    agreed=self._permission.words(),
                    voice=voice,
                    seconds=self.seconds,
                    url=f"/recordings/{made.token}",
                    until=until,
                )
            )

    async def _stop(self, reason: str) -> None:
        async with self._turn:
            now, self._now = self._now, None
            voice, self._voice = self._voice, None
            if now is None:
                return
            began = None
            try:
                began = await self._peer.connection.stop_recording()
            except TalkingHeadError as error:  # its process is gone: what it has written is there
                log.warning("a recording was not ended in order: %s", error)
            if voice is not None:
                with contextlib.suppress(OSError):  # the last of it does not go on a full disk
                    voice.close()
            late = self._heard_from - began if began is not None and self._heard else 0.0
            told = dataclasses.replace(now, about=dataclasses.replace(now.about, late_s=round(late, 4)))
            with contextlib.suppress(OSError):  # the presenter was deleted meanwhile, or the disk is full
                self._recordings.note(told)
            self._peer.tell(
                events.Recording.model_validate(
                    {"state": "off", "reason": reason, "voice": told.about.voice, "url": f"/recordings/{told.token}"}
                )
            )
            self._recordings.finish_later(told)
