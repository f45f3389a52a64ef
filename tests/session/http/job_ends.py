"""Waits for the end of a job that was asked for over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from talking_head.jobs import ENDED


async def ended(http: httpx.AsyncClient, job: str) -> dict[str, Any]:
    """What the server says of ``job`` once it has ended; AssertionError after four minutes."""
    for _ in range(4800):
        found: dict[str, Any] = (await http.get(f"/jobs/{job}")).json()
        if found["state"] in ENDED:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)
