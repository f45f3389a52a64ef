"""Recordings on the disk: each in a folder of its own under a name that cannot be guessed, which is the visitor's link.

What is being recorded when the server ends, is finished when it starts again. After its hours, each is deleted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import secrets
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from talking_head import folders
from talking_head.config import Config
from talking_head.errors import CapacityError, InputError, TalkingHeadError, visitors_sentence
from talking_head.film.recording import Visitor, finish
from talking_head.system.scheduling import be_nice
from talking_head.system.scratch import bytes_in
from talking_head.webrtc.recording.recorder import KEEP_FREE

log = logging.getLogger(__name__)

TIDY_S = 300.0  # between two looks
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NICE = 10  # of the thread that finishes them: live faces go first
_ABOUT, _PACKETS, _VOICE, _FAILED = "about.json", "packets.mkv", "voice.pcm", "failed.txt"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a recording: the ``presenter``, the SHA-256 of its record of ``consent``, the session's ``owner``, when
    it ``began`` (Unix time), whether the visitor's ``voice`` is in it and how much later than the picture that begins
    (``late_s``), the picture's ``codec``, and what its marks say (``origin``, "" where it has none)."""

    presenter: str
    consent: str
    owner: str
    began: float
    voice: bool
    late_s: float = 0.0
    codec: str = "H264"
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """One of them: its ``token``, its ``folder`` and what is known of it."""

    token: str
    folder: Path
    about: About

    @property
    def packets(self) -> Path:
        """Where the recorder writes."""
        return self.folder / _PACKETS

    @property
    def voice(self) -> Path:
        """Where the visitor's voice goes, 16-bit samples at 16 kHz."""
        return self.folder / _VOICE

    @property
    def file(self) -> Path | None:
        """The finished film."""
        return next(
            (each for each in self.folder.glob("*.*") if each.suffix in (".mp4", ".webm") and each.name[0] != "."), None
        )

    @property
    def beside(self) -> Path | None:
        """The content credentials of a WebM."""
        return next(iter(self.folder.glob("[!.]*.c2pa")), None)

    @property
    def failed(self) -> str:
        """Why there is no film, "" while there may be one."""
        file = self.folder / _FAILED
        return file.read_text(encoding="utf-8") if file.is_file() else ""


class Recordings:
    """All recordings of a server with ``config``. Any thread may use it."""

    def __init__(self, config: Config) -> None:
        self._config, self.settings = config, config.recording
        self.folder = Path(config.recording.folder).expanduser() if config.recording.folder else folders.home() / "recordings"
        self._live: set[str] = set()  # tokens of what is being recorded or finished now
        self._lock = threading.Lock()
        self._executor = ThreadPoolExecutor(1, "recordings", partial(be_nice, _NICE))

    def begin(self, presenter: str, consent: str, owner: str, *, voice: bool) -> Recording:
        """Room for a new one. Raises CapacityError where there is no room."""
        self.tidy()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if bytes_in(self.folder) + self.settings.bytes > self.settings.total_bytes:
                raise CapacityError("Too much is recorded already; the oldest recordings are deleted after some hours.", 600)
            if shutil.disk_usage(self.folder).free < KEEP_FREE + self.settings.bytes // 10:
                raise CapacityError(
                    "The disk of this server is nearly full, so nothing is recorded. Tell its owner, please.", 600
                )
            token = secrets.token_urlsafe(32)
            folder = self.folder / token
            folder.mkdir(mode=0o700)
            made = Recording(token, folder, About(presenter, consent, owner, time.time(), voice))
            self.note(made)
        except OSError as error:
            raise CapacityError(
                "Nothing can be recorded: the disk of this server takes no more. Tell its owner, please."
            ) from error
        with self._lock:
            self._live.add(token)
        return made

    def note(self, recording: Recording) -> None:
        """Write down what is known of it; who reads it meanwhile finds what was known before. Raises OSError."""
        part = recording.folder / f".{_ABOUT}"
        try:
            part.write_text(json.dumps(asdict(recording.about)), encoding="utf-8")
            part.replace(recording.folder / _ABOUT)
        finally:
            part.unlink(missing_ok=True)

    def finish(self, recording: Recording) -> None:
        """Make the film of it; takes a second a few minutes. What went wrong is in ``failed`` then; nothing is raised."""
        about = recording.about
        try:
            if recording.folder.is_dir() and recording.file is None:
                when = datetime.fromtimestamp(about.began, UTC).strftime("%Y-%m-%d-%H%M")
                out = recording.folder / f"{about.presenter}-{when}{'.mp4' if about.codec == 'H264' else '.webm'}"
                voice = Visitor(recording.voice, about.late_s) if about.voice else None
                label, settings = self._config.stream.label, self._config.provenance
                finish(recording.packets, out, about.presenter, about.consent, label, settings, voice, about.origin)
        except (TalkingHeadError, OSError) as error:
            log.warning("a recording could not be finished: %s", error)
            said = visitors_sentence(error) if isinstance(error, InputError) else "The disk of the server takes no more."
            recording.packets.unlink(missing_ok=True)  # which makes the room to say so
            with contextlib.suppress(OSError):
                (recording.folder / _FAILED).write_text(said, encoding="utf-8")
        finally:
            recording.packets.unlink(missing_ok=True)
            recording.voice.unlink(missing_ok=True)
            with self._lock:
                self._live.discard(recording.token)

    def finish_later(self, recording: Recording) -> None:
        """The same on a thread of its own, one after the other."""
        with contextlib.suppress(RuntimeError):  # the server ends: the next one finishes it
            self._executor.submit(self.finish, recording)

    def abandon(self, recording: Recording) -> None:
        """It did not begin."""
        with self._lock:
            self._live.discard(recording.token)
        self.delete(recording)

    def close(self) -> None:
        """Wait for the one that is being finished."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def find(self, token: str) -> Recording | None:
        """The recording of that link; None where there is none, or not any more."""
        if not _TOKEN.fullmatch(token):
            return None
        found = self._read(self.folder / token)
        if found is not None and self.until(found) <= time.time() and not self.live(found):
            self.delete(found)
            return None
        return found

    def all(self) -> list[Recording]:
        """Every one, the newest first."""
        if not self.folder.is_dir():
            return []
        found = [each for folder in self.folder.iterdir() if (each := self._read(folder)) is not None]
        return sorted(found, key=lambda each: -each.about.began)

    def live(self, recording: Recording) -> bool:
        """Whether it is being recorded or finished."""
        with self._lock:
            return recording.token in self._live

    def until(self, recording: Recording) -> float:
        """When it is deleted, Unix time."""
        return recording.about.began + self.settings.hours * 3600

    def delete(self, recording: Recording) -> None:
        """Delete it with everything."""
        shutil.rmtree(recording.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Delete what is over its time, and finish what an earlier process left behind."""
        now = time.time()
        for each in self.all():
            if self.live(each):
                continue
            if self.until(each) <= now:
                self.delete(each)
            elif each.file is None and not each.failed:
                with self._lock:
                    self._live.add(each.token)
                self.finish_later(each)

    def _read(self, folder: Path) -> Recording | None:
        try:
            told = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            return Recording(folder.name, folder, About(**told))
        except (OSError, ValueError, TypeError):
            return None


def forget_presenter(config: Config, presenter: str) -> None:
    """Delete what was recorded of a presenter that is no more; what is recorded now becomes no film."""
    recordings = Recordings(config)
    for each in recordings.all():
        if each.about.presenter == presenter:
            recordings.delete(each)


async def watch_recordings(recordings: Recordings) -> None:
    """Delete what is over its time, and finish what was left behind; until cancelled."""
    while True:
        await asyncio.to_thread(recordings.tidy)
        await asyncio.sleep(TIDY_S)
