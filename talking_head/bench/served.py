"""A server in a process of its own, for benches: started as a user starts it, ended when the bench is over."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import httpx
import psutil
import tomlkit

from talking_head.errors import BackendError

START_S = 180.0


class Served:
    """``with Served(["--avatar", "x"]) as server``: up and warm; ``url``, ``process``; ``page_s`` and ``start_s``: seconds
    until the page came, and until it was warm."""

    def __init__(self, arguments: list[str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.page_s = self.start_s = 0.0
        self._command = [sys.executable, "-m", "talking_head.cli.main", "serve", "--port", str(port), *arguments]
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Served:
        began = time.monotonic()
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        self._child = subprocess.Popen(
            self._command, stdout=self._log, stderr=self._log, text=True, env=environment, cwd=Path(__file__).parents[2]
        )
        while time.monotonic() - began < START_S and self._child.poll() is None:
            try:
                if not self.page_s and httpx.get(self.url, timeout=2, trust_env=False).status_code == 200:
                    self.page_s = time.monotonic() - began
                if httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).status_code == 200:
                    self.start_s = time.monotonic() - began
                    self.process = psutil.Process(self._child.pid)
                    return self
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        self.__exit__(None, None, None)
        raise BackendError(f"The server did not start:\n{self.log}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._child is not None
        self._log.seek(0)
        self.log = self._log.read()[-4000:]
        self._child.terminate()
        try:
            self._child.wait(15)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._log.close()

    def cpu_seconds(self) -> dict[str, float]:
        """Core seconds so far by what the threads do (they name themselves); the sum is the server with all its processes.

        The server's main thread, which bears the program's name, is the ``event-loop``; threads of another process have its
        name before theirs, its main thread that name alone: ``animator``, ``lines``.
        """
        used: defaultdict[str, float] = defaultdict(float)
        ticks = os.sysconf("SC_CLK_TCK")
        for main, process in self._processes():
            for task in Path(f"/proc/{process.pid}/task").glob("*"):
                try:
                    text = (task / "stat").read_text()
                except OSError:
                    continue  # it ended
                name = text[text.index("(") + 1 : text.rindex(")")]
                if task.name == str(process.pid):
                    name = main or "event-loop"
                elif main:
                    name = f"{main}: {name}"
                user, system = text[text.rindex(")") + 2 :].split()[11:13]
                used[name] += (int(user) + int(system)) / ticks
        return used

    def memory_mb(self) -> float:
        """Memory of the server and its processes in MB; what they share (libraries) counts once."""
        total = 0.0
        for main, process in self._processes():
            try:
                total += process.memory_full_info().pss / 1e6
            except psutil.NoSuchProcess:
                if not main:
                    raise
        return total  # without one that ended while it was looked at: the server replaces those

    def _processes(self) -> list[tuple[str, psutil.Process]]:
        """The server, without a name, and its processes, named for what they do."""
        children = self.process.children(recursive=True)
        return [("", self.process), *(("lines" if _sends(child) else "animator", child) for child in children)]


@contextmanager
def roomy(config: Path | None, capacity: int) -> Iterator[Path]:
    """The configuration ``config`` with so many places, and no limit to visitors of this machine, as a file."""
    content = tomlkit.parse(config.read_text("utf-8") if config is not None else "")
    content.setdefault("loop", tomlkit.table())["capacity"] = capacity
    content.setdefault("limits", tomlkit.table())["local_factor"] = 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(tomlkit.dumps(content), "utf-8")
        yield file


def _sends(process: psutil.Process) -> bool:
    try:
        return "talking_head.webrtc.media_process.worker" in process.cmdline()
    except psutil.Error:  # it ended
        return False


def of_server(used: dict[str, float]) -> float:
    """Of core seconds by thread, those of the server's own process: one interpreter, so never much more than the clock's."""
    return sum(seconds for name, seconds in used.items() if name.partition(":")[0] not in ("lines", "animator"))


def by_thread(used: dict[str, float], elapsed: float) -> dict[str, float]:
    """Cores that each kind of thread took, the busiest first, from core seconds; what took next to nothing is left out."""
    return {
        name: round(seconds / elapsed, 3)
        for name, seconds in sorted(used.items(), key=lambda item: -item[1])
        if seconds / elapsed >= 0.002
    }
