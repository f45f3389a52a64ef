"""Does a server that runs for long stay as it was? ``talking-head bench soak`` and ``bench cycles``.

Visitors sit in a process of their own and talk every ten seconds, or come and go; the server is looked at every few seconds
from outside. What grows, grows by a slope: least squares over what was seen after the first ten minutes (of shorter runs: after
a sixth).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from talking_head.bench.served import Served, roomy
from talking_head.bench.sessions import figure, lag
from talking_head.errors import BackendError

LOOK_S = 5.0
WARM_S = 600.0  # what is not looked at in a slope: caches fill
PARTS = 4  # memory is looked at between them
EVERY_S = 10.0  # from one question to the next


@dataclass(frozen=True, slots=True)
class Look:
    """The server at one moment: the names are those of the curves."""

    minute: float
    memory_mb: float
    threads: int
    descriptors: int
    sessions: int
    late_pictures: float
    event_loop_lag_ms: float


def soak(minutes: float, sessions: int, config: Path | None = None, plot: Path | None = None) -> dict[str, Any]:
    """``sessions`` visitors who talk every ten seconds for ``minutes``, on a server that takes as many, whatever was measured
    here, with the configuration ``config``.

    Returns memory (MB: first, last, most, slope a minute), share of late pictures, ``skew_ms`` as the packets arrive {p50 p95},
    lag of the event loop, slopes of threads and descriptors. ``plot``: a PNG with the curves.
    """
    seconds = minutes * 60
    with (
        roomy(config, sessions) as file,
        Served(["--config", str(file)]) as server,
        _visitors(server.url, sessions, seconds, every=EVERY_S) as visitors,
    ):
        looks = _watch(server, visitors)
        seen = _told(visitors)
        page = _page(server.url)
    if plot is not None:
        _plot(looks, plot)
    staying = seen["staying"]
    if staying["refused"]:
        raise BackendError(f"{staying['refused']} of {sessions} visitors were refused: this was no soak of {sessions}.")
    return {
        "minutes": round(minutes, 2),
        "sessions": sessions,
        "turns": staying["turns"],
        "failed": staying["failed"] + staying["errors"],
        "memory_mb": {"first": looks[0].memory_mb, "last": looks[-1].memory_mb, "most": max(look.memory_mb for look in looks)},
        "memory_slope_mb_min": slope(looks, "memory_mb"),
        "late_share": round(staying["late_frames"] / max(staying["frames"], 1), 4),
        "skew_ms": staying["skew_ms"],
        "first_sound_ms": staying["first_sound_ms"],
        "event_loop_lag_ms": lag(page),
        "threads_slope": slope(looks, "threads"),
        "descriptors_slope": slope(looks, "descriptors"),
    }


def cycles(count: int, at_once: int, config: Path | None = None) -> dict[str, Any]:
    """``count`` visitors come and go, ``at_once`` at a time; what of them is left on the server afterwards.

    The server takes more at once than ``config`` says or was measured here: nobody is to be refused. ``memory_mb``: once it is
    warm, and after each quarter; what is leaked grows from quarter to quarter, what is merely kept does not.
    """
    quarter = -(-count // PARTS)
    storms, memory, began = list[dict[str, Any]](), list[float](), time.monotonic()
    with roomy(config, 2 * at_once + 2) as file, Served(["--config", str(file)]) as server:
        _come_and_go(server.url, max(10, count // 20), at_once)  # caches, pools
        before = after = _settled(server)
        memory.append(before.memory_mb)
        for _ in range(PARTS):
            storms.append(_come_and_go(server.url, quarter, at_once)["storm"])
            after = _settled(server)
            memory.append(after.memory_mb)
    left = {name: round(getattr(after, name) - getattr(before, name), 1) for name in ("threads", "descriptors")}
    return {
        "cycles": sum(storm["visits"] for storm in storms),
        "refused": sum(storm["refused"] for storm in storms),
        "failed": sum(len(storm["failed"]) + len(storm["errors"]) for storm in storms),
        "seconds": round(time.monotonic() - began, 1),
        "connect_ms": storms[-1]["connect_ms"],
        "sessions_left": after.sessions,
        "memory_mb": memory,
        "left": left,
    }


def slope(looks: Sequence[Look], name: str) -> float:
    """By how much the figure ``name`` grows a minute, once the server is warm."""
    end = looks[-1].minute
    warm = min(WARM_S / 60, end / 6)
    points = [(look.minute, float(getattr(look, name))) for look in looks if look.minute >= warm]
    if len(points) < 2:
        return 0.0
    at, value = np.array(points).T
    return round(float(np.polyfit(at, value, 1)[0]), 3)


def _watch(server: Served, visitors: subprocess.Popen[str]) -> list[Look]:
    began, looks = time.monotonic(), list[Look]()
    while visitors.poll() is None:
        looks.append(_look(server, (time.monotonic() - began) / 60))
        with_end = time.monotonic() + LOOK_S
        while visitors.poll() is None and time.monotonic() < with_end:
            time.sleep(0.2)
    if not looks:
        raise BackendError(f"The visitors did not stay: {_told(visitors)}")
    return looks


def _look(server: Served, minute: float) -> Look:
    page = _page(server.url)
    processes = [server.process, *server.process.children(recursive=True)]
    behind = lag(page) or {}
    return Look(
        round(minute, 3),
        round(server.memory_mb(), 1),
        sum(_of(process, "num_threads") for process in processes),
        sum(_of(process, "num_fds") for process in processes),
        int(figure(page, "talking_head_sessions") or 0),
        figure(page, "talking_head_late_pictures_total") or 0.0,
        behind.get("p99", 0.0),
    )


def _settled(server: Served) -> Look:
    """The server once the last visitor is forgotten, or half a minute later."""
    for _ in range(60):
        look = _look(server, 0.0)
        if not look.sessions:
            break
        time.sleep(0.5)
    time.sleep(6)  # memory is given back a while after the last turn
    return _look(server, 0.0)


def _of(process: psutil.Process, what: str) -> int:
    try:
        return int(getattr(process, what)())
    except psutil.Error:  # it ended
        return 0


def _page(url: str) -> str:
    return httpx.get(f"{url}/metrics", timeout=30, trust_env=False).text


def _come_and_go(url: str, count: int, at_once: int) -> dict[str, Any]:
    with _visitors(url, 0, 3600, storm=count, at_once=at_once, way="watch") as visitors:
        return _told(visitors)


@contextmanager
def _visitors(url: str, sessions: int, seconds: float, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """Visitors in a process of their own, which goes when the bench does."""
    command = [sys.executable, "-m", "talking_head.bench.load_client", "--url", url, "--interrupts", "0"]
    for name, value in {"sessions": sessions, "seconds": seconds, **more}.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as visitors:
        try:
            yield visitors
        except BaseException:  # the bench ends early, and would wait for visitors who stay for an hour
            visitors.terminate()
            raise


def _told(visitors: subprocess.Popen[str]) -> dict[str, Any]:
    out, problems = visitors.communicate()
    if visitors.returncode:
        raise BackendError(f"The visitors failed:\n{problems[-2000:]}")
    told: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return told


def _plot(looks: Sequence[Look], file: Path) -> None:
    from matplotlib.figure import Figure

    names = [each.name for each in fields(Look)][1:]
    figure_ = Figure(figsize=(9, 2.1 * len(names)), layout="constrained")
    columns = np.array([astuple(look) for look in looks], float).T
    for axes, name, values in zip(figure_.subplots(len(names), 1, sharex=True), names, columns[1:], strict=True):
        axes.plot(columns[0], values, linewidth=1.5)
        axes.set_title(f"{name.replace('_', ' ')}  ({slope(looks, name):+.3f} a minute)", loc="left", fontsize=10)
        axes.grid(alpha=0.25)
    axes.set_xlabel("minutes")
    figure_.savefig(file, dpi=110)
