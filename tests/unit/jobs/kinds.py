"""Kinds of jobs for tests, as a job's process imports them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from talking_head.errors import InputError
from talking_head.jobs import Kind
from talking_head.jobs.work import Work

HERE = "tests.unit.jobs.kinds"


def count(work: Work) -> dict[str, Any]:
    """Count to ``to``, a file each, ``pause`` seconds long; goes on where it was. ``die_at``: the first process dies there."""
    to = work.parameters.get("to", 3)
    began = len(list(work.folder.iterdir()))
    for number in range(began, to):
        if work.attempt == 1 and number == work.parameters.get("die_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        (work.folder / str(number)).touch()
        half = work.outputs / f".{number}.txt"
        half.write_text(f"{number}")
        half.rename(work.outputs / f"{number}.txt")
        work.tell((number + 1) / to, f"{number + 1} of {to}")
        time.sleep(work.parameters.get("pause", 0.0))
    return {"began": began, "given": [file.name for file in work.inputs.iterdir()], "port": work.config.server.port}


def fail(work: Work) -> None:
    """Fail with a sentence."""
    (work.outputs / "half.txt").touch()
    raise InputError("This picture shows no face.", "photo_no_face")


def mistake(work: Work) -> None:
    """Fail as only a mistake does."""
    raise ZeroDivisionError(str(work.folder))


def forever(work: Work) -> None:
    """Tell its own number and wait."""
    (work.outputs / "half.txt").touch()
    work.tell(0.5, str(os.getpid()))
    time.sleep(600)


KINDS = {
    "count": Kind("count", f"{HERE}:count", resumes=True),
    "once": Kind("once", f"{HERE}:count"),
    "fail": Kind("fail", f"{HERE}:fail"),
    "mistake": Kind("mistake", f"{HERE}:mistake"),
    "forever": Kind("forever", f"{HERE}:forever"),
}


def alive(process: int) -> bool:
    """Whether a process of that number is there."""
    return Path(f"/proc/{process}").exists()
