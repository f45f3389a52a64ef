"""Webhooks: whoever asked for a job is told its end, at an address of a host that the configuration allows.

No redirect is followed. The name is looked up once, and that very address is connected to: one that is private is refused, so
that nobody can have this server ask its own neighbours. The body is signed: HMAC-SHA256 of "time.body" under the secret of
``[films] webhook_secret_env``, in the header ``X-Talking-Head-Signature: t=TIME,v1=HEX``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx

from talking_head.config import Films
from talking_head.errors import InputError
from talking_head.jobs import ENDED, Job
from talking_head.system.network import is_public, within

HEADER = "X-Talking-Head-Signature"
TIMEOUT_S = 10.0  # of one call, altogether
_TRIES, _WAIT_S = 3, (2.0, 10.0)

log = logging.getLogger(__name__)


def check_address(address: str, settings: Films) -> SplitResult:
    """The parts of ``address``, if it may be called. Raises InputError."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InputError("The webhook is no address; write it as https://example.com/path.") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.fragment:
        raise InputError("The webhook is no address; write it as https://example.com/path, without a login in it.")
    allowed = {each.lower() for each in settings.webhook_hosts}
    if host not in allowed and f"{host}:{port}" not in allowed:
        raise InputError(f"Webhooks to {host[:80]} are not allowed here: see films.webhook_hosts in the configuration.")
    if parts.scheme == "http" and not settings.webhook_private:
        raise InputError("A webhook is called over https only.")
    if not os.environ.get(settings.webhook_secret_env, ""):
        raise InputError(f"Webhooks are signed, and this server has no secret for that: set {settings.webhook_secret_env}.")
    return parts


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of the header for ``body`` at second ``at``."""
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def resolved(host: str, port: int, *, private: bool) -> str:
    """An address of ``host``. Raises InputError where one of its addresses is not public, unless ``private``."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise InputError(f"The host {host} of the webhook is not known.") from error
    if not private and not all(map(is_public, found)):
        raise InputError(f"The host {host} of the webhook has a private address.")
    return found[0]


class Webhooks:
    """Tells the ends of jobs whose parameters have a ``webhook``. ``describe``: what is told of a job."""

    def __init__(self, settings: Films, describe: Callable[[Job], dict[str, Any]]) -> None:
        self._settings, self._describe = settings, describe
        self._waiting: queue.Queue[Job | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def heard(self, job: Job) -> None:
        """For ``JobRunner.listen``."""
        if job.state not in ENDED or not job.parameters.get("webhook") or self._closing.is_set():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="webhooks", daemon=True)
            self._thread.start()
        self._waiting.put(job)

    def close(self) -> None:
        """What is not told yet is not told."""
        self._closing.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(TIMEOUT_S)

    def _serve(self) -> None:
        while (job := self._waiting.get()) is not None:
            for number in range(_TRIES):
                if self._closing.is_set():
                    return
                if self._told(job):
                    break
                if number < len(_WAIT_S):
                    self._closing.wait(_WAIT_S[number])

    def _told(self, job: Job) -> bool:
        """Whether it is settled: it was taken, or is not to be tried again."""
        try:
            status = call(str(job.parameters["webhook"]), {"event": "job", "job": self._describe(job)}, self._settings)
        except InputError as error:
            log.warning("the webhook of a job was not called: %s", error)
            return True
        except httpx.HTTPError as error:
            log.warning("the webhook of a job did not answer: %s", error)
            return False
        if status >= 300:
            log.warning("the webhook of a job answered %d", status)
        return status < 500


def call(address: str, told: dict[str, Any], settings: Films) -> int:
    """POST ``told`` as JSON, signed; the status of the answer. Raises InputError (not allowed), httpx.HTTPError."""
    parts = check_address(address, settings)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    ip = resolved(host, port, private=settings.webhook_private)
    body = json.dumps(told, ensure_ascii=False).encode()
    signed = signature(os.environ[settings.webhook_secret_env], int(time.time()), body)
    # The address that was checked is connected to; the name stays in the request and in the certificate's check.
    where = httpx.URL(address).copy_with(host=ip)

    async def post() -> int:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                where,
                content=body,
                headers={"Host": parts.netloc, "Content-Type": "application/json", HEADER: signed},
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            return answer.status_code  # what else it says is not read: it may have no end

    try:
        return within(TIMEOUT_S, post)
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"no answer within {TIMEOUT_S:g} seconds") from error
