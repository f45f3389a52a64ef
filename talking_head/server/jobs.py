"""The jobs of a server: which kinds it does, and the runner that does them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from talking_head import folders
from talking_head.config import Config
from talking_head.jobs import JobRunner, Kind, Limits

# A name, and the function that a job's process imports.
_KINDS = (
    Kind("film", "talking_head.film.job:run", resumes=True),
    Kind("twin", "talking_head.train.twin_job:run", resumes=True),
)
KINDS = {kind.name: kind for kind in _KINDS}


def job_runner(config: Config, kinds: Mapping[str, Kind] = KINDS) -> JobRunner:
    """The jobs of a server with ``config``; nothing is read or written before :meth:`JobRunner.start`."""
    jobs = config.jobs
    folder = Path(jobs.folder).expanduser() if jobs.folder else folders.home() / "jobs"
    return JobRunner(folder, kinds, config.model_dump(mode="json"), Limits(**jobs.model_dump(exclude={"folder"})))
