"""Jobs that run, as they stand now: newer than the store, and where the disk is full also what it would not take."""

from __future__ import annotations

import logging

from talking_head.errors import DiskError
from talking_head.jobs.store import Job, JobStore

log = logging.getLogger(__name__)


class LiveJobs:
    """By id. Not safe for threads: whoever holds it locks."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._unwritten: set[str] = set()

    def __contains__(self, job: str) -> bool:
        return job in self._jobs

    def get(self, job: str) -> Job | None:
        """The job with that id, if it is here."""
        return self._jobs.get(job)

    def newer(self, job: Job) -> Job:
        """``job`` as it stands here; as it is where it is not here."""
        return self._jobs.get(job.id, job)

    def put(self, job: Job) -> None:
        """It runs, or has changed."""
        self._jobs[job.id] = job

    def ended(self, job: str) -> Job | None:
        """Forget it, unless the store has not heard yet what became of it. Returns it."""
        return self._jobs.get(job) if job in self._unwritten else self._jobs.pop(job, None)

    def drop(self, job: str) -> None:
        """Forget it in any case."""
        self._jobs.pop(job, None)
        self._unwritten.discard(job)

    def write(self, store: JobStore, job: Job) -> None:
        """Put ``job`` into ``store``. On a full disk it waits for :meth:`write_again` if it is here, else raises DiskError."""
        try:
            store.put(job)
        except DiskError:
            if job.id not in self._jobs:
                raise
            if job.id not in self._unwritten:
                log.warning("how a job stands cannot be written down: the disk is full")
            self._unwritten.add(job.id)
        else:
            self._unwritten.discard(job.id)

    def write_again(self, store: JobStore) -> None:
        """Try once more what could not be written; of those that have ended nothing stays here then."""
        for job in [self._jobs[job] for job in self._unwritten]:
            self.write(store, job)
            if job.ended and job.id not in self._unwritten:
                del self._jobs[job.id]
