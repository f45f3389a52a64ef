"""Presenters follow their folders while the server runs: an edited persona or document counts from the next message on."""

from __future__ import annotations

import asyncio
import logging

from talking_head.server.presenter.presenters import Presenters

log = logging.getLogger(__name__)

EVERY_S = 2.0


async def watch_presenters(presenters: Presenters, every_s: float = EVERY_S) -> None:
    """Look at the files of the presenters in use until cancelled. It asks for times and sizes only; the work is for changes."""
    while True:
        await asyncio.sleep(every_s)
        try:
            for name in await asyncio.to_thread(presenters.refresh):
                log.info("%s was read anew", name)
        except Exception:
            log.exception("the presenters' folders could not be looked at")
