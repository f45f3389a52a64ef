"""Tells open pages that the presenters have changed, whoever changed them: this server, another one, or the command line."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from talking_head.errors import CapacityError, TalkingHeadError
from talking_head.face import avatars
from talking_head.server.container import AppContainer
from talking_head.server.http import HEARTBEAT_S

EVERY_S = 0.5
_MOST_LISTENERS = 256
_LOOKED_AT = ("avatar.toml", "portrait.png", "consent.json", "teeth.safetensors", "background.png", "twin/refine.safetensors")

Stamps = dict[str, tuple[int, ...]]


class AvatarWatch:
    """Looks at the folders of presenters; a face whose folder has changed is made anew for the next session."""

    def __init__(self, container: AppContainer) -> None:
        self._container = container
        self._stamps = self._look()
        self._one_at_a_time = asyncio.Lock()
        self._listeners: set[asyncio.Queue[str]] = set()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Look now, and tell whoever listens."""
        async with self._one_at_a_time:
            now = await asyncio.to_thread(self._look)
            before, self._stamps = self._stamps, now
        changed = [name for name in before.keys() | self._stamps.keys() if before.get(name) != self._stamps.get(name)]
        if not changed:
            return
        for name in changed:
            self._container.forget(name)
        for listener in self._listeners:
            if listener.qsize() < 4:  # who does not read needs no list of all that was missed
                listener.put_nowait(json.dumps({"changed": sorted(changed), "avatars": self._container.faces.names()}))

    async def events(self) -> AsyncIterator[str]:
        """Server-sent events named ``avatars``. Raises CapacityError where too many listen."""
        if len(self._listeners) >= _MOST_LISTENERS:
            raise CapacityError("Too many pages listen already.", 30)
        mine: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            yield "retry: 2000\n\n"
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_S):
                        news = await mine.get()
                    yield f"event: avatars\ndata: {news}\n\n"
                    continue
                yield ": still here\n\n"
        finally:
            self._listeners.discard(mine)

    def _look(self) -> Stamps:
        folder = self._container.config.avatar.folder
        found: Stamps = {}
        for name in avatars.names(folder):
            with contextlib.suppress(TalkingHeadError):
                found[name] = _stamp(avatars.find(name, folder).folder)
        return found


def _stamp(folder: Path) -> tuple[int, ...]:
    times = []
    for name in _LOOKED_AT:
        with contextlib.suppress(OSError):
            times.append((folder / name).stat().st_mtime_ns)
    return tuple(times)
