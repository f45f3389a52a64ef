"""The process of one job: ``python -m talking_head.jobs.worker SOCKET``.

The first line that comes is the job as JSON; what goes back are lines ``{"share", "sentence"}`` and at last ``{"done": …}`` or
``{"failed": …, "code": …}``. When the other side is gone, so is this process: nobody would hear of what it made.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

from talking_head.config import Config
from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.jobs.work import Work, prepare
from talking_head.system import disk
from talking_head.system.process import run_worker
from talking_head.system.scheduling import be_idle, be_nice

EVERY_S = 0.25  # between two lines of progress
BROKEN = "It failed because of a mistake in this program; the log of the server says more."

log = logging.getLogger(__name__)


class ProgressChannel:
    """JSON lines to the runner; progress no more often than it can be shown."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._last = 0.0

    def send(self, message: dict[str, Any]) -> None:
        """One line."""
        self._channel.sendall(json.dumps(message).encode() + b"\n")

    def tell(self, share: float, sentence: str) -> None:
        """See ``Work.tell``."""
        now = time.monotonic()
        if now - self._last >= EVERY_S or share >= 1:
            self._last = now
            self.send({"share": share, "sentence": sentence})


def work(task: dict[str, Any], progress: ProgressChannel) -> dict[str, Any]:
    """Do it; the last line to send."""
    try:
        module, _, function = task["run"].partition(":")
        run = getattr(importlib.import_module(module), function)
        inputs, outputs, folder = prepare(Path(task["room"]))
        config = Config.model_validate(task["config"])
        return {"done": run(Work(task["parameters"], config, inputs, outputs, folder, task["attempt"], progress.tell)) or {}}
    except TalkingHeadError as error:
        return {"failed": visitors_sentence(error), "code": error.code}
    except OSError as error:
        if disk.is_full(error):
            return {"failed": disk.TOLD, "code": "disk"}
        log.exception("a job of the kind “%s” failed", task.get("kind"))
        return {"failed": BROKEN, "code": "job_broken"}
    except MemoryError:
        return {"failed": "There was not enough memory for it.", "code": "job_memory"}
    except Exception:
        log.exception("a job of the kind “%s” failed", task.get("kind"))
        return {"failed": BROKEN, "code": "job_broken"}


def main(descriptor: int) -> None:
    """Do the job that comes over the socket."""
    channel = socket.socket(fileno=descriptor)
    lines = channel.makefile("rb")
    task = json.loads(lines.readline())
    if task["priority"] == "idle":
        be_idle()
    elif task["priority"] == "low":
        be_nice(10)

    def watch() -> None:
        lines.read()  # until the runner is gone
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()
    progress = ProgressChannel(channel)
    progress.send(work(task, progress))


if __name__ == "__main__":
    run_worker(main)
