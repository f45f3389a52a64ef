"""`talking-head serve` as a user starts it, for tests that ask a real server."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT


@dataclass(frozen=True)
class Server:
    """A running server: ``url`` without a slash at the end; ``log`` what it printed."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def call(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
        """Status and decoded JSON of a request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(log: Path, answers: int = 200, config: Path | None = None) -> Iterator[Server]:
    """`talking-head serve` on a free port, once its health has the status ``answers``; ended as a user would, with Ctrl-C."""
    port = _free_port()
    command = [sys.executable, "-m", "talking_head.cli.main", "serve", "--port", str(port)]
    command += ["--config", str(config)] if config else []
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    running = Server(f"http://127.0.0.1:{port}", log, process)
    for _ in range(1500):
        if process.poll() is not None:
            break
        try:
            if running.call("/healthz")[0] == answers:
                break
        except OSError:
            pass
        time.sleep(0.1 if answers == 200 else 0.02)
    else:
        process.kill()
    if process.poll() is not None:
        pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
    try:
        yield running
    except BaseException:
        process.kill()  # a server that a failed test leaves behind would take the cores of all that follow
        process.wait()
        raise
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail("the server did not stop within 20 s of Ctrl-C")
