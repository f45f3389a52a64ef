"""How many live faces a machine carries: ``talking-head bench sessions``.

With media, a server and its visitors (``load_client``) run as two processes and speak WebRTC over the loopback; without, faces
speak into the loop of this process and their frames are thrown away.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import tomlkit

from talking_head import registry
from talking_head.bench.animator import babble
from talking_head.bench.load_client import Way
from talking_head.bench.served import Served, by_thread, of_server
from talking_head.config import Config
from talking_head.device import resolve
from talking_head.errors import BackendError
from talking_head.face import avatars
from talking_head.loop import TICK_S, AudioChunk, InferenceLoop, MediaFrame
from talking_head.loop.capacity import measure
from talking_head.types import F32, FRAME_TICKS


@dataclass(frozen=True, slots=True)
class Load:
    """``sessions`` visitors for ``seconds``. ``way``: they "chat" and think, are spoken to without a pause ("say"), or "watch".

    ``storm`` others come and go meanwhile, ``at_once`` at a time. ``interrupts``: share of answers that are cut short.
    """

    sessions: int
    seconds: float
    way: Way = "chat"
    storm: int = 0
    at_once: int = 1
    interrupts: float = 0.2
    seed: int = 0


def bench_loop(config: Config, load: Load) -> dict[str, Any]:
    """The loop alone, in this process: ``sessions late_frames frames batch_ms capacity``. Faces speak 3/4 of the time."""
    landmarker = registry.configured(config, "landmarks")
    portrait = avatars.resolve(config.avatar.name, landmarker, size=config.animator.size, folder=config.avatar.folder)
    motion = registry.configured(config, "motion")
    animator = registry.configured(config, "animator")
    avatar = animator.prepare(portrait)
    on_cpu = resolve(config.device.name) == "cpu"
    capacity = measure(motion, animator, portrait, avatar=avatar, on_cpu=on_cpu)
    loop = InferenceLoop(motion, animator, capacity=max(load.sessions, capacity.sessions), overload=config.loop.when_full)
    sound = np.concatenate([babble(1, frame)[0] for frame in range(200)])
    loop.start()
    slots = [loop.join(avatar, portrait, _speaker(sound, 37 * number), _nobody, seed=number) for number in range(load.sessions)]
    time.sleep(1)
    before, began = [(slot.frames, slot.late_frames) for slot in slots], time.process_time()
    time.sleep(load.seconds)
    cores = (time.process_time() - began) / load.seconds
    frames = sum(slot.frames - f for slot, (f, _) in zip(slots, before, strict=True))
    late = sum(slot.late_frames - n for slot, (_, n) in zip(slots, before, strict=True))
    loop.stop()
    missing = max(0, round(load.seconds / TICK_S) * load.sessions - frames)  # ticks that were jumped are late, too
    return {
        "sessions": load.sessions,
        "media": False,
        "size": config.animator.size,
        "frames": frames + missing,
        "late_frames": late + missing,
        "late_share": round((late + missing) / max(frames + missing, 1), 4),
        "batch_ms": {f"p{q}": round(loop.stats.percentile(q), 2) for q in (50, 95, 99)},
        "cores": round(cores, 2),
        "capacity": capacity.sessions,
    }


def _speaker(sound: F32, start: int) -> Any:
    at = start

    def next_chunk() -> AudioChunk:
        nonlocal at
        at += 1
        first = (at * FRAME_TICKS) % (len(sound) - FRAME_TICKS)
        return AudioChunk(sound[first : first + FRAME_TICKS], turn=1)

    return next_chunk


def _nobody(media_frame: MediaFrame) -> None:
    """A place for frames to go."""


def bench_server(config: Config, load: Load) -> dict[str, Any]:
    """A server with WebRTC visitors. Raises BackendError when the server does not come up.

    ``late_frames`` is the server's count over the visitors who stay (its pacer had no fresh frame when one was due);
    ``received_late`` the visitors' own (a picture came by more than 40 ms later than its timestamp promises).
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.toml"
        file.write_text(tomlkit.dumps(config.model_dump()))
        with Served(["--config", str(file)]) as server:
            before, began = server.cpu_seconds(), time.monotonic()
            visitors = _visit(server.url, load)
            elapsed = time.monotonic() - began
            used = {name: spent - before.get(name, 0.0) for name, spent in server.cpu_seconds().items()}
            page = httpx.get(f"{server.url}/metrics", timeout=10, trust_env=False).text
            memory = server.memory_mb()
    staying = visitors["staying"]
    return {
        "sessions": load.sessions,
        "media": True,
        "size": config.animator.size,
        "frames": staying["frames"],
        "late_frames": staying["late_frames"],
        "late_share": round(staying["late_frames"] / max(staying["frames"], 1), 4),
        "received": staying["received"],
        "received_late": staying["received_late"],
        "refused": staying["refused"],
        "turns": staying["turns"],
        "failed": staying["failed"] + staying["errors"],
        "first_sound_ms": staying["first_sound_ms"],
        "interrupt_ms": staying["interrupt_ms"],
        "connect_ms": staying["connect_ms"],
        "storm": visitors["storm"],
        "batch_ms": {
            "p50": figure(page, 'talking_head_batch_milliseconds{quantile="0.5"}'),
            "p99": figure(page, 'talking_head_batch_milliseconds{quantile="0.99"}'),
        },
        "event_loop_lag_ms": lag(page),
        "jumped_ticks": figure(page, "talking_head_jumped_ticks_total"),
        "repeated_frames": figure(page, "talking_head_repeated_frames_total"),
        "cores": round(sum(used.values()) / elapsed, 2),
        "server_cores": round(of_server(used) / elapsed, 3),
        "cpu": by_thread(used, elapsed),
        "memory_mb": round(memory),
        "capacity": figure(page, "talking_head_capacity"),
    }


def _visit(url: str, load: Load) -> dict[str, Any]:
    command = [sys.executable, "-m", "talking_head.bench.load_client", "--url", url]
    for name, value in (
        ("sessions", load.sessions),
        ("seconds", load.seconds),
        ("storm", load.storm),
        ("at-once", load.at_once),
        ("way", load.way),
        ("interrupts", load.interrupts),
        ("seed", load.seed),
    ):
        command += [f"--{name}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False)
    if done.returncode:
        raise BackendError(f"The visitors failed:\n{done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def figure(page: str, name: str) -> float | None:
    """A sample's value on a page of Prometheus figures."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    return round(float(found[1]), 2) if found else None


def lag(page: str) -> dict[str, float] | None:
    """Median and 99th percentile (upper bucket edges) of the event loop's lag in ms."""
    buckets = [
        (float(edge), float(count))
        for edge, count in re.findall(r'^talking_head_event_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', page, re.MULTILINE)
    ]
    if not buckets or not buckets[-1][1]:
        return None
    total = buckets[-1][1]
    return {f"p{q}": next(edge * 1000 for edge, count in buckets if count >= total * q / 100) for q in (50, 99)}
