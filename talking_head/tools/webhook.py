"""A tool that asks a service of the server's owner: one POST, to a host that the configuration allows, briefly and boundedly.

The address is fixed by the configuration; a model fills in nothing but the arguments, which travel as JSON in the body.
Redirects are not followed: a service must not be able to send us elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from typing import Any

import httpx

from talking_head.errors import BackendError, ConfigError
from talking_head.system.network import route, within
from talking_head.tools.tool import Tool

MAX_BYTES = 16_384


def webhook(
    name: str,
    url: str,
    description: str,
    parameters: Mapping[str, str],
    *,
    hosts: Collection[str],
    timeout_s: float = 5.0,
    key_env: str = "",
) -> Tool:
    """A tool that posts its arguments (names and what they mean) to ``url``. Raises ConfigError for a host not in ``hosts``."""
    address = httpx.URL(url)
    if address.scheme not in ("http", "https") or address.host.lower() not in hosts:
        raise ConfigError(f"The webhook “{name}” asks {address.host or url}, which is not one of tools.hosts.")

    def run(**arguments: Any) -> str:
        key = os.environ.get(key_env, "") if key_env else ""
        headers = {"Authorization": f"Bearer {key}"} if key else {}

        async def ask() -> str:
            async with (
                httpx.AsyncClient(timeout=timeout_s, follow_redirects=False, **route(url)) as client,
                client.stream("POST", address, json=arguments, headers=headers) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise BackendError(f"The service behind {name} answered {response.status_code}.")
                return _text(await _read(response, name), response.headers.get("content-type", ""))

        try:
            return within(timeout_s, ask)
        except TimeoutError:
            raise BackendError(f"The service behind {name} took too long.") from None
        except httpx.HTTPError:
            raise BackendError(f"The service behind {name} cannot be reached.") from None

    shaped = {key: {"type": "string", "description": meaning} for key, meaning in parameters.items()}
    return Tool(name, description, run, shaped, timeout_s + 0.5)


async def _read(response: httpx.Response, name: str) -> bytes:
    """The body; BackendError as soon as it is too large."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise BackendError(f"The service behind {name} answered with more than {MAX_BYTES // 1024} KiB.")
    return bytes(body)


def _text(body: bytes, kind: str) -> str:
    """Plain text, or the "text" of a JSON object, or the JSON as it is."""
    text = body.decode("utf-8", "replace").strip()
    if kind.partition(";")[0].strip() == "application/json":
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(data, dict) and isinstance(data.get("text"), str):
            return str(data["text"])
    return text
