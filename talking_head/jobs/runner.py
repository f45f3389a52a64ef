"""Runs jobs, as many at a time as it may, each in a process of its own (``worker.py``); see the package for how to use it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from talking_head.errors import CapacityError, DiskError, InputError, LimitError
from talking_head.jobs.limits import Kind, Limits
from talking_head.jobs.live import LiveJobs
from talking_head.jobs.store import ENDED, Job, JobStore, State
from talking_head.jobs.work import prepare
from talking_head.system.disk import told_when_full
from talking_head.system.process import WorkerProcess
from talking_head.system.scratch import bytes_in

ATTEMPTS = 3  # a job that takes its process down is not begun for ever
_KEEP_FREE = 500_000_000  # bytes of the disk that jobs leave to others
_WRITE_S = 1.0  # between two writes of progress
_DAY_S = 86_400.0
_RESTARTED = "The server was restarted in the middle of it. Start it again, please."
_KILLED = "Its process was ended, perhaps for want of memory. Start it again, please."
_LONG = "It took more than the {:g} hours that a job may (jobs.hours)."
_LARGE = "Its files became larger than the room that jobs have (jobs.total_bytes)."
_DEFAULTS = Limits()

log = logging.getLogger(__name__)


class JobRunner:
    """The jobs in ``folder``, which is made at the first one. May be used from any thread.

    ``config``: the configuration as JSON, which every job gets.
    """

    def __init__(self, folder: Path, kinds: Mapping[str, Kind], config: dict[str, Any], limits: Limits = _DEFAULTS) -> None:
        self.folder, self.limits = folder, limits
        self.kinds, self._config = kinds, config
        self._store: JobStore | None = None
        self._held: int | None = None  # descriptor of the lock: one runner a folder
        self._changed = threading.Condition()
        self._live = LiveJobs()
        self._processes: dict[str, WorkerProcess] = {}
        self._threads: list[threading.Thread] = []
        self._listeners: list[Callable[[Job], None]] = []
        self._closing = False

    def start(self) -> None:
        """Go on with what an earlier process left behind; without that nothing is touched."""
        if (self.folder / "jobs.sqlite").is_file():
            try:
                self._open()
            except (CapacityError, DiskError) as error:  # such as another server that works here; who submits hears of it
                log.warning("no jobs for now: %s", error)

    # What is asked for

    def new_inputs(self) -> Path:
        """A folder for the files that a new job needs; hand it to :meth:`submit`, or remove it."""
        self._open()
        room = self.folder / f"new-{secrets.token_hex(8)}"
        with told_when_full():
            room.mkdir()
        return room

    def submit(self, kind: str, parameters: dict[str, Any], *, owner: str, title: str = "", inputs: Path | None = None) -> Job:
        """Queue a job. Raises InputError (unknown kind), LimitError (too many wait), CapacityError and DiskError (the disk);
        ``inputs`` is gone then.
        """
        try:
            if kind not in self.kinds:
                raise InputError(f"There is no kind of job “{kind[:40]}”. Known ones: {', '.join(self.kinds)}.")
            store = self._open()
            self._tidy(store)
            self._check_room(store, owner)
            job = Job(secrets.token_hex(16), kind, owner, title[:200], parameters, time.time())
            self._enter(job, inputs)
        except BaseException:
            if inputs is not None:
                shutil.rmtree(inputs, ignore_errors=True)
            raise
        with self._changed:
            self._changed.notify_all()
        return job

    def _enter(self, job: Job, inputs: Path | None) -> None:
        room = self.folder / job.id
        try:
            with told_when_full():
                room.mkdir()
                if inputs is not None:
                    inputs.rename(room / "in")
                prepare(room)
            self._note(job, write=True)
        except BaseException:
            shutil.rmtree(room, ignore_errors=True)
            raise

    def again(self, job: Job) -> Job:
        """Queue the same once more, with the same files. Raises as :meth:`submit`, and InputError if its files are gone."""
        inputs = self.new_inputs()
        try:
            with told_when_full():
                shutil.copytree(self.folder / job.id / "in", inputs, dirs_exist_ok=True)
        except DiskError:
            shutil.rmtree(inputs, ignore_errors=True)
            raise
        except OSError as error:
            shutil.rmtree(inputs, ignore_errors=True)
            raise InputError("What this job was made from is not here any more, so it cannot be made again.") from error
        return self.submit(job.kind, job.parameters, owner=job.owner, title=job.title, inputs=inputs)

    def jobs(self, owner: str | None = None) -> list[Job]:
        """Jobs of ``owner`` (None: of everybody), the newest first."""
        found = self._store.all(owner) if self._store else []
        with self._changed:
            return [self._live.newer(job) for job in found]

    def job(self, job: str) -> Job | None:
        """The job with that id, None if there is none."""
        with self._changed:
            if (live := self._live.get(job)) is not None:
                return live
        return self._store.get(job) if self._store else None

    def cancel(self, job: str) -> Job | None:
        """End a job that has not ended, and delete what it made. The job as it stands then; None if there is none."""
        with self._changed:
            found = self.job(job)
            if found is None or found.state in ENDED:
                return found
            ended = self._end(found, "cancelled", "It was cancelled.")
            process = self._processes.get(job)
            if process is not None:
                process.kill()  # the thread that serves it sees the end and deletes the files
        if process is None:
            self._sweep(job, everything=True)
        return ended

    def forget(self, job: str) -> bool:
        """Delete a job that has ended, with its files; False where there is none that has."""
        found = self.job(job)
        if self._store is None or found is None or found.state not in ENDED:
            return False
        with self._changed:
            self._store.drop(job)
            self._live.drop(job)
        shutil.rmtree(self.folder / job, ignore_errors=True)
        return True

    def files(self, job: str) -> list[Path]:
        """What a job offers for download, by name."""
        place = self.folder / job / "out"
        if not place.is_dir():
            return []
        return sorted(file for file in place.iterdir() if file.is_file() and not file.name.startswith("."))

    def listen(self, heard: Callable[[Job], None]) -> Callable[[], None]:
        """Call ``heard`` with every job that changes, on threads of the runner; what is returned ends that."""
        with self._changed:
            self._listeners.append(heard)

        def silence() -> None:
            with self._changed:
                self._listeners.remove(heard)

        return silence

    def close(self) -> None:
        """End the processes. Their jobs stay running in the store: the next start settles them."""
        with self._changed:
            self._closing = True
            for process in self._processes.values():
                process.kill()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._held is not None:
            os.close(self._held)
            self._held = None

    # How it is done

    def _open(self) -> JobStore:
        with self._changed:
            if self._store is not None:
                return self._store
            with told_when_full():
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                held = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(held)
                raise CapacityError(
                    "Another server on this machine does the jobs of this folder. Ask that one, or set jobs.folder.", 60
                ) from None
            try:
                self._store = JobStore(self.folder / "jobs.sqlite")
                for left in self.folder.glob("new-*"):
                    shutil.rmtree(left, ignore_errors=True)
                for job in self._store.open():
                    self._settle(job)
            except BaseException:  # such as a full disk: the next who asks begins anew
                if self._store is not None:
                    self._store.close()
                    self._store = None
                os.close(held)
                raise
            self._held = held
            self._threads = [
                threading.Thread(target=self._serve, name=f"jobs-{n}", daemon=True) for n in range(self.limits.workers)
            ]
            for thread in self._threads:
                thread.start()
            return self._store

    def _settle(self, job: Job) -> None:
        """What happens to a job whose process is gone."""
        kind = self.kinds.get(job.kind)
        if job.state == "queued" and kind is not None:
            return
        if kind is not None and kind.resumes and job.attempts < ATTEMPTS:
            self._note(replace(job, state="queued", sentence="It goes on in a moment."), write=True)
            return
        self._end(job, "failed", _RESTARTED, code="job_restarted")
        self._sweep(job.id, everything=True)

    def _tidy(self, store: JobStore) -> None:
        for job in store.all():
            if job.state in ENDED and time.time() - job.ended > self.limits.keep_days * _DAY_S:
                self.forget(job.id)

    def _check_room(self, store: JobStore, owner: str) -> None:
        if sum(job.owner == owner for job in store.open()) >= self.limits.waiting:
            raise LimitError(f"{self.limits.waiting} jobs are waiting already. Let some of them end first.", 60)
        if bytes_in(self.folder) >= self.limits.total_bytes:
            gigabytes = self.limits.total_bytes / 1e9
            raise CapacityError(
                f"Jobs fill the {gigabytes:.3g} GB that they may (jobs.total_bytes). Delete old ones first.", 60
            )
        if shutil.disk_usage(self.folder).free < _KEEP_FREE:
            raise CapacityError("The disk of this server is nearly full. Make room, and try again.", 60)

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._closing and (job := self._take()) is None:
                    self._changed.wait()
                if self._closing or job is None:
                    return
                process = WorkerProcess("talking_head.jobs.worker", 1, [])
                self._processes[job.id] = process
            try:
                self._attend(job, process)
            except Exception:  # the next job is served all the same
                log.exception("a job was lost")
                self._end(job, "failed", _KILLED, code="job_killed")
            finally:
                process.stop()
                process.sockets[0].close()
                with self._changed:
                    self._processes.pop(job.id, None)
                    now = self._live.ended(job.id) or self.job(job.id)
                if not self._closing and now is not None and now.state in ENDED:
                    self._sweep(job.id, everything=now.state == "cancelled")

    def _take(self) -> Job | None:
        """The oldest of those that wait, now running."""
        assert self._store is not None
        self._live.write_again(self._store)
        waiting = (self._live.newer(job) for job in self._store.open())
        job = next((job for job in waiting if job.state == "queued"), None)
        if job is None:
            return None
        taken = replace(job, state="running", started=time.time(), attempts=job.attempts + 1, sentence="It begins.")
        self._live.put(taken)
        self._note(taken, write=True)
        return taken

    def _attend(self, job: Job, process: WorkerProcess) -> None:
        """Hand the job to its process and hear what becomes of it."""
        channel = process.sockets[0]
        channel.settimeout(5)
        task = {
            "kind": job.kind,
            "run": self.kinds[job.kind].run,
            "parameters": job.parameters,
            "room": str(self.folder / job.id),
            "config": self._config,
            "attempt": job.attempts,
            "priority": self.limits.priority,
        }
        until, looked, written = time.monotonic() + self.limits.hours * 3600, time.monotonic(), 0.0
        waiting = b""
        with contextlib.suppress(ConnectionError):
            channel.sendall(json.dumps(task).encode() + b"\n")
            while True:
                try:
                    piece = channel.recv(65536)
                    if not piece:
                        break
                    *lines, waiting = (waiting + piece).split(b"\n")
                except TimeoutError:
                    lines = []
                for line in lines:
                    told = json.loads(line)
                    if "share" not in told:
                        self._told_end(job, told)
                        return
                    now = time.monotonic()
                    self._progress(job.id, told["share"], told["sentence"], write=now - written >= _WRITE_S)
                    written = now if now - written >= _WRITE_S else written
                now = time.monotonic()
                if now > until:
                    self._end(job, "failed", _LONG.format(self.limits.hours), code="job_hours")
                    return
                if now - looked > 5:
                    looked = now
                    if bytes_in(self.folder) > 1.1 * self.limits.total_bytes:
                        self._end(job, "failed", _LARGE, code="job_bytes")
                        return
        with self._changed:
            left = self._live.get(job.id)
            if not self._closing and left is not None and left.state not in ENDED:  # else it was cancelled
                self._settle_lost(left)

    def _settle_lost(self, job: Job) -> None:
        if self.kinds[job.kind].resumes and job.attempts < ATTEMPTS:
            self._note(replace(job, state="queued", sentence="Its process was ended; it goes on."), write=True)
        else:
            self._end(job, "failed", _KILLED, code="job_killed")

    def _told_end(self, job: Job, told: dict[str, Any]) -> None:
        self._sweep(job.id, everything=False)  # before anybody hears that it has ended
        if "done" in told:
            self._end(job, "done", "It is done.", told["done"])
        else:
            self._end(job, "failed", str(told.get("failed", _KILLED)), code=str(told.get("code", "job_killed")))

    def _progress(self, job: str, share: float, sentence: str, *, write: bool) -> None:
        with self._changed:
            live = self._live.get(job)
            if live is not None and live.state == "running":
                self._note(replace(live, progress=share, sentence=sentence), write=write)

    def _end(self, job: Job, state: State, sentence: str, result: dict[str, Any] | None = None, code: str = "") -> Job:
        """The first end counts: who cancelled what was just done has cancelled nothing, and the other way round."""
        with self._changed:
            job = self._live.newer(job)
            if job.state in ENDED:
                return job
            progress = 1.0 if state == "done" else job.progress
            ended = replace(job, state=state, progress=progress, sentence=sentence, code=code, result=result, ended=time.time())
            self._note(ended, write=True)
            return ended

    def _note(self, job: Job, *, write: bool) -> None:
        with self._changed:
            if job.id in self._live:
                self._live.put(job)
            if write and self._store is not None:
                self._live.write(self._store, job)
            listeners = list(self._listeners)
        for heard in listeners:
            heard(job)

    def _sweep(self, job: str, *, everything: bool) -> None:
        """Delete what a job that has ended needs no more. ``in`` stays: it may be made again."""
        for place in ("work", "out") if everything else ("work",):
            shutil.rmtree(self.folder / job / place, ignore_errors=True)
