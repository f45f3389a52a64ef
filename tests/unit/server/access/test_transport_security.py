"""TLS of this machine's own making, TURN logins for minutes, and connections that never get to the point."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socket
import ssl
import stat
import time
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from talking_head.config import IceServer
from talking_head.errors import ConfigError
from talking_head.server.access import slow_clients, tls, turn


def test_a_certificate_of_its_own_is_made_once_and_names_the_machine(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path, ("talk.example",))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    held = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "talk.example"} <= set(names.get_values_for_type(x509.DNSName))
    assert "127.0.0.1" in map(str, names.get_values_for_type(x509.IPAddress))
    before = certificate.read_bytes()
    tls.self_signed(tmp_path, ("talk.example",))
    assert certificate.read_bytes() == before
    tls.self_signed(tmp_path, ("other.example",))
    assert certificate.read_bytes() != before
    assert len(tls.fingerprint(certificate)) == 95
    context = ssl.create_default_context(cafile=str(certificate))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    assert context.cert_store_stats()["x509"] == 1


def test_pairs_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path / "a")
    _, other = tls.self_signed(tmp_path / "b")
    tls.check(certificate, key)
    with pytest.raises(ConfigError, match="does not belong"):
        tls.check(certificate, other)
    with pytest.raises(ConfigError, match="no file"):
        tls.check(certificate, tmp_path / "none")
    with pytest.raises(ConfigError, match="PEM"):
        tls.check(key, certificate)


def test_a_turn_login_lives_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURN_SECRET", "north")
    entry = turn.for_visitor(IceServer(urls=("turn:turn.example",), secret_env="TURN_SECRET", minutes=5))
    ends, _, random = entry["username"].partition(":")
    assert 200 < int(ends) - time.time() <= 300
    assert len(random) == 16
    assert entry["credential"] == base64.b64encode(hmac.digest(b"north", entry["username"].encode(), hashlib.sha1)).decode()
    assert entry != turn.for_visitor(IceServer(urls=("turn:turn.example",), secret_env="TURN_SECRET", minutes=5))


def test_a_static_login_is_never_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURN_LOGIN", "sesame")
    static = IceServer(urls=("turn:turn.example",), username="me", credential_env="TURN_LOGIN")
    assert "sesame" not in str(turn.for_visitor(static)) + turn.link(static)
    assert static.credential == "sesame"  # for the server itself


@pytest.mark.parametrize("proxies", [(), ("127.0.0.0/8",)])
async def test_behind_a_proxy_everybody_has_its_address(proxies: tuple[str, ...]) -> None:
    protocol = slow_clients.patient(per_address=2, proxies=proxies)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(PlainTextResponse("here"), http=protocol, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        held = [await asyncio.open_connection(*listener.getsockname()) for _ in range(2)]
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert bool(await _end(reader)) is bool(proxies)  # refused, unless the third may be another visitor of the proxy
        for _, each in [*held, (reader, writer)]:
            each.close()
        server.should_exit = True
        await task


async def test_half_open_requests_are_closed_and_others_answered() -> None:
    app = PlainTextResponse("here")
    protocol = slow_clients.patient(header_s=0.5, per_address=20)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        address = listener.getsockname()
        pieces = [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 500]
        half = []
        for number in range(12):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(pieces[number % 4])
            half.append((reader, writer))
        for reader, _ in half:
            async with asyncio.timeout(30):
                with_end = await _end(reader)
            assert with_end in (b"", None)
        crowd = [await asyncio.open_connection(*address) for _ in range(30)]
        refused = 0
        for reader, _ in crowd:
            refused += await _end(reader) is None or True
        assert refused == 30  # those over the limit at once, the others after their time
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        for _, each in [*half, *crowd, (reader, writer)]:
            each.close()
        server.should_exit = True
        await task
        assert not protocol.open_from


def test_who_never_begins_a_tls_handshake_is_let_go_and_others_are_answered(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path)
    trusted = ssl.create_default_context(cafile=str(certificate))

    async def visited(server: uvicorn.Server, listener: socket.socket) -> bytes:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        silent = [await asyncio.open_connection(*listener.getsockname()) for _ in range(20)]
        reader, writer = await asyncio.open_connection(*listener.getsockname(), ssl=trusted, server_hostname="localhost")
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await reader.readline()
        async with asyncio.timeout(30):  # without a limit of ours it is a minute
            for quiet, _ in silent:
                assert await _end(quiet) in (b"", None)
        for _, each in [*silent, (reader, writer)]:
            each.close()
        server.should_exit = True
        await task
        return answer

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        files = {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}
        http = slow_clients.patient()
        config = uvicorn.Config(PlainTextResponse("here"), http=http, log_level="warning", lifespan="off", **files)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            slow_clients.shake_hands_within(runner.get_loop(), 2.0)
            assert runner.run(visited(uvicorn.Server(config), listener)).startswith(b"HTTP/1.1 200")


LINE, LINES = b"y" * 1_000, b"y" * 990 + b"\r\nX: yyyyy"
START = b"GET / HTTP/1.1\r\nHost: x\r\nX: "
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: "


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        (START, LINE, b"\r\n\r\n"),
        (START, LINES, b"\r\n\r\n"),
        (b"GET /", LINE, b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        (CHUNKED, LINE, b"\r\n\r\n"),
        (CHUNKED, LINES, b"\r\n\r\n"),
    ],
    ids=["a long header", "many headers", "an address", "a long trailer", "many trailers"],
)
async def test_headers_without_end_are_not_kept(before: bytes, piece: bytes, after: bytes) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{len(await Request(scope, receive).body())} came")(scope, receive, send)

    async def sent(address: tuple[str, int], pieces: int) -> bytes:
        reader, writer = await asyncio.open_connection(*address)
        try:
            for part in (before, *[piece] * pieces, after):
                writer.write(part)
                await writer.drain()
            return await reader.readline()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, http=slow_clients.patient(), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        assert (await sent(listener.getsockname(), 8)).startswith(b"HTTP/1.1 200")
        assert not (await sent(listener.getsockname(), 4_000)).startswith(b"HTTP/1.1 200")
        server.should_exit = True
        await task


async def _end(reader: asyncio.StreamReader) -> bytes | None:
    """What came before the end; None where the connection was cut."""
    try:
        return await reader.read()
    except ConnectionError:
        return None
