"""Whether somebody waits for an answer that gets no core, and what is left out for it: see ``loop/thinning.py``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from talking_head.loop.thinning import RunQueue, Thinning
from talking_head.server.container import AppContainer
from talking_head.session.state import SessionState
from talking_head.system.memory import give_back
from talking_head.webrtc.client import ClientSession

LOOK_S = 0.2
GIVE_BACK_S = 2.5
BEHIND_S = 1.0  # after a late picture the machine counts as behind
FULL = 0.75  # share of the time between two pictures that drawing takes, from which it does, too


class LoadWatch:
    """Run :meth:`watch` as a task. ``peers``: the sessions of the moment."""

    def __init__(self, container: AppContainer, peers: Mapping[str, ClientSession]) -> None:
        self._container, self._peers = container, peers
        self._thinning, self._queue = Thinning(), RunQueue()
        self._talked, self._given_back = False, 0.0
        self._late = float("-inf")

    @property
    def slow(self) -> bool:
        """Whether pictures are left out at the moment."""
        return self._container.loop.thinned > 1

    def late(self) -> None:
        """A picture was due and not there."""
        self._late = time.monotonic()

    async def watch(self) -> None:
        """Look a few times a second; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            now = time.monotonic()
            waits = max((peer.session.waits_s for peer in self._peers.values()), default=0.0)
            # Reading the figures of all threads takes a millisecond or two: only where it matters.
            starved = self._queue.waiting(now) if waits or self.slow else 0.0
            self._container.loop.thinned = self._thinning.update(now, waits, starved)
            self._container.awaited = waits > 0
            self._container.behind = now - self._late < BEHIND_S or self._container.loop.stats.load() > FULL
            talking = any(peer.session.state is not SessionState.IDLE for peer in self._peers.values())
            self._talked |= talking
            if self._talked and not waits and now - self._given_back > GIVE_BACK_S:
                # An answer's keys and values grow with every word; what that leaves in the allocator's arenas is 20 to 60 MB a
                # turn, while it is written and once more when it is over.
                self._talked, self._given_back = talking, now
                await asyncio.to_thread(give_back)
