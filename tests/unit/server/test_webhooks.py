"""Webhooks: signed, to allowed hosts alone, never a redirect, never a neighbour."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from talking_head.config import Films
from talking_head.errors import InputError
from talking_head.jobs import Job
from talking_head.server import webhooks
from talking_head.server.webhooks import HEADER, Webhooks, call, check_address, resolved
from tests.dripping import Dripping

SECRET = "a secret of thirty-two characters"


class Taker(HTTPServer):
    """Notes what it is told; answers with ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[str, bytes, str]] = []
        self.statuses = [200]
        self.blocks = 0  # of 64 KiB, of the body that follows
        self.heard_out: queue.Queue[bool] = queue.Queue()  # whether the caller read them all, or hung up


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Taker)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.told.append((self.path, body, self.headers[HEADER]))
        self.send_response(server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0])
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        try:
            for _ in range(server.blocks):
                self.wfile.write(bytes(65536))
            server.heard_out.put(True)
        except OSError:
            server.heard_out.put(False)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def taker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Taker]:
    monkeypatch.setenv("TALKING_HEAD_WEBHOOK_SECRET", SECRET)
    server = Taker()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_end_of_a_job_is_told_and_signed(taker: Taker) -> None:
    settings = Films(webhook_hosts=("localhost",), webhook_private=True)
    hooks = Webhooks(settings, lambda job: {"id": job.id, "state": job.state})
    told = {"webhook": f"http://localhost:{taker.server_port}/done?x=1"}
    for state in ("queued", "running", "done"):
        hooks.heard(Job("a1", "film", "ann", "", told, 0.0, state=state))  # type: ignore[arg-type]
    hooks.heard(Job("b2", "film", "ann", "", {}, 0.0, state="done"))  # did not ask for it
    for _ in range(200):
        if taker.told:
            break
        time.sleep(0.02)
    hooks.close()
    ((path, body, signed),) = taker.told
    assert path == "/done?x=1"
    assert json.loads(body) == {"event": "job", "job": {"id": "a1", "state": "done"}}
    at, _, seal = signed.removeprefix("t=").partition(",v1=")
    assert hmac.compare_digest(seal, hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest())
    assert abs(int(at) - time.time()) < 60


def test_a_redirect_is_not_followed(taker: Taker) -> None:
    taker.statuses = [302]
    settings = Films(webhook_hosts=("127.0.0.1",), webhook_private=True)
    assert call(f"http://127.0.0.1:{taker.server_port}/a", {}, settings) == 302
    assert [path for path, _, _ in taker.told] == ["/a"]


def test_a_long_answer_is_not_read(taker: Taker) -> None:
    taker.blocks = 1000
    settings = Films(webhook_hosts=("127.0.0.1",), webhook_private=True)
    assert call(f"http://127.0.0.1:{taker.server_port}/a", {}, settings) == 200
    assert not taker.heard_out.get(timeout=60)


def test_headers_without_end_are_not_waited_for(taker: Taker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_S", 0.5)
    settings = Films(webhook_hosts=("127.0.0.1",), webhook_private=True)
    endless = Dripping()
    try:
        with pytest.raises(httpx.HTTPError):
            call(f"http://127.0.0.1:{endless.port}/a", {}, settings)
        assert endless.let_go.wait(60)  # nothing of it stays open
    finally:
        endless.close()
    assert call(f"http://127.0.0.1:{taker.server_port}/a", {}, settings) == 200


def test_private_addresses_are_not_called_unless_allowed(taker: Taker) -> None:
    for host in ("localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1"):
        with pytest.raises(InputError, match="private address"):
            resolved(host, 443, private=False)
    settings = Films(webhook_hosts=("localhost",))
    with pytest.raises(InputError, match="private address"):
        call(f"https://localhost:{taker.server_port}/a", {}, settings)
    assert taker.told == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://elsewhere.example/a", "not allowed here"),
        ("https://good.example.evil.example/", "not allowed here"),
        ("http://good.example/", "https only"),
        ("ftp://good.example/", "no address"),
        ("https://user:word@good.example/", "without a login"),
        ("https://[", "no address"),
        ("good.example", "no address"),
        ("https://good.example:99999/", "no address"),
    ],
)
def test_addresses_that_are_refused(address: str, sentence: str, taker: Taker) -> None:
    with pytest.raises(InputError, match=sentence):
        check_address(address, Films(webhook_hosts=("good.example",)))


def test_nothing_is_sent_unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALKING_HEAD_WEBHOOK_SECRET", raising=False)
    with pytest.raises(InputError, match="TALKING_HEAD_WEBHOOK_SECRET"):
        check_address("https://good.example/", Films(webhook_hosts=("good.example",)))
