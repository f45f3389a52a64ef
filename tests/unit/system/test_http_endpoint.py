"""Requests to a service: which connections are kept for the next one, what a form carries, and how a refusal is told."""

from __future__ import annotations

import gc
import threading
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import httpx
import pytest

from talking_head.errors import BackendError
from talking_head.system.http_endpoint import HttpEndpoint, RefusedError
from tests.contract.local_server import LocalServer, QuietHandler


class Echo(LocalServer):
    """Answers with what it was sent. ``accepted``: connections so far; ``left``: set when a client closed one that waited."""

    def __init__(self) -> None:
        self.accepted = 0
        self.left = threading.Event()
        super().__init__(_Handler)

    def get_request(self) -> Any:
        self.accepted += 1
        return super().get_request()


class _Handler(QuietHandler):
    protocol_version = "HTTP/1.1"
    server: Echo

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(400 if b"refuse" in body else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        super().finish()
        self.server.left.set()


@pytest.fixture
def server() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.shutdown()
    echo.server_close()


def endpoint_of(server: Echo) -> HttpEndpoint:
    return HttpEndpoint("speech", server.url, "/echo", key_env="NONE", connect_s=5, stall_s=60, retries=0)


async def whole(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    yield await response.aread()


def said(endpoint: HttpEndpoint, body: dict[str, str], files: dict[str, tuple[str, bytes, str]] | None = None) -> bytes:
    return b"".join(endpoint.post(body, whole, b"", files))


def test_the_next_request_takes_the_same_connection_which_ends_with_the_endpoint(server: Echo) -> None:
    endpoint = endpoint_of(server)
    assert [said(endpoint, {"text": text}) for text in ("one", "two")] == [b'{"text":"one"}', b'{"text":"two"}']
    assert server.accepted == 1
    assert not server.left.is_set()
    del endpoint
    gc.collect()
    assert server.left.wait(10)


def test_an_answer_that_is_not_read_to_its_end_closes_its_connection(server: Echo) -> None:
    endpoint = endpoint_of(server)

    async def nothing(response: httpx.Response) -> AsyncGenerator[bytes, None]:
        yield b"-"

    assert b"".join(endpoint.post({"text": "long" * 100_000}, nothing, b"")) == b"-"
    assert server.left.wait(10)
    assert said(endpoint, {"text": "next"}) == b'{"text":"next"}'
    assert server.accepted == 2


def test_a_form_carries_fields_and_files(server: Echo) -> None:
    form = said(endpoint_of(server), {"model": "m"}, {"file": ("a.wav", b"RIFF", "audio/wav")})
    assert b'name="model"\r\n\r\nm\r\n' in form
    assert b'name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n' in form


def test_a_refusal_says_its_status(server: Echo) -> None:
    with pytest.raises(RefusedError, match="refused the request") as refused:
        said(endpoint_of(server), {"text": "refuse"})
    assert refused.value.status == 400
    assert isinstance(refused.value, BackendError)
