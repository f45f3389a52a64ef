"""A server to be fuzzed, and what must hold of it afterwards."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from talking_head.server.container import AppContainer
from talking_head.server.state import Server
from tests.held import held_bytes

LEFT_BYTES = 50e6


@dataclass(frozen=True)
class Served:
    """``url`` without a slash at its end; ``server``: the inside of ``app``, which lives on ``loop``."""

    url: str
    app: FastAPI
    server: Server
    container: AppContainer
    loop: asyncio.AbstractEventLoop

    def http(self) -> httpx.Client:
        """A client that reads no variables of the environment."""
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    def tasks(self) -> set[str]:
        """Names of the tasks that are not done."""
        return {task.get_name() for task in asyncio.all_tasks(self.loop) if not task.done()}

    @contextmanager
    def unharmed(self, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        """Afterwards: no traceback was logged, no session and no task is left, memory is back within 50 MB."""
        self.settled()
        before, memory = self.tasks(), held_bytes()
        with caplog.at_level(logging.WARNING):
            yield
        self.settled()
        assert "Traceback" not in caplog.text, caplog.text[-4000:]
        assert not [record for record in caplog.records if record.exc_info], caplog.text[-4000:]
        assert len(self.tasks()) <= len(before) + 2, self.tasks() - before
        for _ in range(20):  # what is over may be let go of a moment later
            left = held_bytes() - memory
            if left < LEFT_BYTES:
                break
            time.sleep(0.5)
        assert left < LEFT_BYTES, f"{left / 1e6:.0f} MB are left"
        assert httpx.get(f"{self.url}/healthz", trust_env=False, timeout=60).json()["status"] == "ok"

    def settled(self) -> None:
        """End every session that was opened, and wait until it is forgotten, and until no document is being read any more."""
        for _ in range(1200):
            if all(each.problem for each in self.container.additions.of("ann")):
                break
            time.sleep(0.05)
        for _ in range(600):
            peers = list(self.server.peers.values())
            if not peers:
                break
            for peer in peers:
                self.loop.call_soon_threadsafe(peer.close)
            time.sleep(0.05)
        assert not self.server.peers
        time.sleep(0.5)


def until(deadline: float) -> Callable[[object], bool]:
    """A filter for hypothesis: examples are drawn until the time is up, and then only passed over."""
    return lambda _: time.monotonic() < deadline
