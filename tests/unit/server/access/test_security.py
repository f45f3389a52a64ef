"""The access check, before an app that answers everything: whatever gets through would have been answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from talking_head.config import Config
from talking_head.errors import LimitError
from talking_head.server.access import auth
from talking_head.server.access.audit import Audit
from talking_head.server.access.auth import Auth, Keys, Tokens
from talking_head.server.access.limits import RateLimits
from talking_head.server.access.security import AccessMiddleware, Policy, counted_as, host_name
from talking_head.server.access.settings import limits_of

OPEN = Auth(None, Tokens())
STRICT = Policy()


async def everything(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    body = await request.body()
    await PlainTextResponse(f"{len(body)} {scope['state']['visitor'].name}")(scope, receive, send)


def client(policy: Policy = STRICT, keys: Auth = OPEN, rates: dict[str, str] | None = None, **more: Any) -> httpx.AsyncClient:
    app = AccessMiddleware(everything, policy, keys, RateLimits(rates or {}), more.pop("audit", Audit()))
    transport = httpx.ASGITransport(app, client=more.pop("client", ("127.0.0.1", 5)))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", **more)


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("127.0.0.1:8000", True),
        ("localhost:8000", True),
        ("LOCALHOST.", True),
        ("[::1]:8000", True),
        ("app.localhost", True),
        ("talk.example.com", True),
        ("attacker.example", False),
        ("attacker.example:8000", False),
        ("127.0.0.1.attacker.example", False),
        ("localhost.attacker.example", False),
        ("192.168.1.77", False),
        ("", False),
        ("http://[", False),
        ("a b", False),
    ],
)
async def test_only_known_names_are_answered(host: str, passes: bool) -> None:
    async with client(Policy(hosts=("talk.example.com",))) as http:
        for method in ("GET", "POST"):
            answer = await http.request(method, "/avatars", headers={"Host": host})
            assert answer.status_code == (200 if passes else 421)
            if not passes:
                assert answer.json()["error"]["message"].endswith(".")


async def test_the_address_that_was_connected_to_is_known() -> None:
    app = AccessMiddleware(everything, Policy(), OPEN, RateLimits({}), Audit())
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    for host, status in ((b"192.168.1.5:8000", 200), (b"192.168.1.6", 421)):
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host)], "query_string": b""}
        await app({**scope, "server": ("192.168.1.5", 8000), "client": ("192.168.1.9", 7)}, receive, send)
        assert sent.pop(0)["status"] == status
        sent.clear()
    await app({**scope, "headers": [(b"host", b"127.0.0.1"), (b"host", b"x")], "server": None, "client": None}, receive, send)
    assert sent[0]["status"] == 400


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("http://127.0.0.1:8000", True),
        ("https://127.0.0.1:8000", True),
        ("https://site.example", True),
        ("https://elsewhere.example", False),
        ("http://127.0.0.1:8001", False),
        ("http://[", False),
        ("null", False),
        ("", False),
        ("file://127.0.0.1:8000", False),
        ("http://127.0.0.1:8000/../x", True),
    ],
)
async def test_pages_of_others_change_nothing(origin: str, passes: bool) -> None:
    async with client(Policy(origins=("https://site.example",))) as http:
        answer = await http.post("/sessions/x/say", headers={"Origin": origin})
        assert answer.status_code == (200 if passes else 403)
        assert (await http.get("/", headers={"Origin": origin})).status_code == 200
        assert (await http.post("/whep", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403


async def test_every_answer_carries_the_headers() -> None:
    async with client() as http:
        for answer in (await http.get("/"), await http.get("/", headers={"Host": "elsewhere"})):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert policy.endswith("frame-ancestors 'self'")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "microphone=(self)" in answer.headers["permissions-policy"]
            assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    async with client(Policy(embedders=("https://site.example",))) as http:
        headers = (await http.get("/")).headers
        assert headers["content-security-policy"].endswith("frame-ancestors 'self' https://site.example")
        assert "x-frame-options" not in headers


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[Callable[[str], httpx.AsyncClient]]:
    made = {name: auth.new_key() for name in auth.SCOPES}
    auth.write(tmp_path / "k.toml", {name: {"sha256": auth.digest(key), "scopes": [name]} for name, key in made.items()})
    access = Auth(Keys(tmp_path / "k.toml"), Tokens())
    clients = []

    def of(name: str) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {made[name]}"} if name else {}
        clients.append(client(Policy(docs=False), access, headers=headers))
        return clients[-1]

    yield of
    for each in clients:
        await each.aclose()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/", {"", "view", "talk", "make", "admin"}),
        ("GET", "/client.js", {"", "view", "talk", "make", "admin"}),
        ("GET", "/healthz", {"", "view", "talk", "make", "admin"}),
        ("POST", "/auth/session", {"", "view", "talk", "make", "admin"}),
        ("GET", "/config", {"view", "talk", "make", "admin"}),
        ("GET", "/avatars", {"view", "talk", "make", "admin"}),
        ("GET", "/avatars/x.png", {"view", "talk", "make", "admin"}),
        ("POST", "/avatars", {"make", "admin"}),
        ("DELETE", "/avatars/x", {"make", "admin"}),
        ("POST", "/whep", {"talk", "admin"}),
        ("PATCH", "/whep/x", {"talk", "admin"}),
        ("POST", "/sessions/x/say", {"talk", "admin"}),
        ("GET", "/gradio/", {"make", "admin"}),
        ("POST", "/gradio/gradio_api/upload", {"make", "admin"}),
        ("GET", "/metrics", {"admin"}),
        ("GET", "/docs", {"admin"}),
        ("POST", "/anything/new", {"admin"}),
        ("GET", "/jobs/a%0Ab", {"make", "admin"}),
        ("GET", "/a%0Ab", {"", "view", "talk", "make", "admin"}),
        ("POST", "/a%0Ab", {"admin"}),
    ],
)
async def test_each_scope_allows_its_own_calls(locked: Any, method: str, path: str, allowed: set[str]) -> None:
    for name in ("", *auth.SCOPES):
        answer = await locked(name).request(method, path)
        assert answer.status_code == (200 if name in allowed else 403 if name else 401), (name, answer.text)
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_clients_are_counted() -> None:
    async with client(rates={"offers": "2/minute"}, client=("203.0.113.9", 4)) as http:
        assert [(await http.post("/whep")).status_code for _ in range(3)] == [200, 200, 429]
        assert int((await http.post("/whep")).headers["retry-after"]) > 0
        assert (await http.get("/whep")).status_code == 200


async def test_what_is_made_for_who_asks_is_counted() -> None:
    async with client(rates={"downloads": "2/minute"}, client=("203.0.113.9", 4)) as http:
        assert [(await http.get("/presenters/anna/file")).status_code for _ in range(3)] == [200, 200, 429]
        refused = await http.get("/avatars/anna.png")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "limit")
        assert (await http.get("/avatars")).status_code == 200  # nothing is made for that


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/whep", "offers"),
        ("POST", "/films", "films"),
        ("POST", "/jobs/7/again", "films"),
        ("POST", "/presenters/anna/twin", "films"),
        ("POST", "/gradio/gradio_api/queue/join", "films"),
        ("POST", "/avatars", "uploads"),
        ("POST", "/presenters", "uploads"),
        ("POST", "/drafts/x/smile", "uploads"),
        ("POST", "/v1/audio/speech", "calls"),
        ("POST", "/sessions/x/audio", "calls"),
        ("POST", "/avatars/anna/knowledge/ask", "calls"),
        ("POST", "/auth/session", "logins"),
        ("POST", "/sessions/x/say", "messages"),
        ("PATCH", "/whep/x", "messages"),
        ("DELETE", "/whep/x", "messages"),
        ("PATCH", "/drafts/x", "messages"),
        ("POST", "/anything/new", "messages"),
        ("HEAD", "/avatars/anna.png", "downloads"),
        ("GET", "/avatars/anna.png", "downloads"),
        ("GET", "/drafts/x/photo.jpg", "downloads"),
        ("GET", "/drafts/x/portrait.jpg", "downloads"),
        ("GET", "/voices/anna.wav", "downloads"),
        ("GET", "/presenters/anna/file", "downloads"),
        ("GET", "/jobs", "downloads"),
        ("GET", "/avatars", "reads"),
        ("GET", "/client.js", "reads"),
        ("GET", "/jobs/7/files/film.mp4", "reads"),
        ("HEAD", "/whep/x", "reads"),
    ],
)
def test_whatever_changes_something_or_is_made_for_who_asks_is_counted(method: str, path: str, kind: str) -> None:
    assert counted_as(method, path) == kind


async def test_what_is_read_as_it_lies_is_counted_as_well() -> None:
    async with client(rates={"reads": "3/minute"}, client=("203.0.113.9", 4)) as http:
        assert [(await http.get("/client.js")).status_code for _ in range(3)] == [200] * 3
        refused = await http.get("/style.css")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "limit")
        assert "Too many reads" in refused.json()["error"]["message"]
        assert int(refused.headers["retry-after"]) > 0
        assert (await http.post("/sessions/x/say")).status_code == 200


def test_pages_of_many_people_at_one_address_come_whole() -> None:
    limits = limits_of(Config())
    for _ in range(60 * 60):  # sixty people within a minute, sixty files each
        limits.hit("reads", "", "203.0.113.9")


async def test_programs_of_this_machine_are_counted_and_pages_of_others_are_not_counted_against_it() -> None:
    async with client(rates={"offers": "1/minute", "messages": "2/minute"}) as http:
        for _ in range(5):
            assert (await http.post("/whep", headers={"Origin": "https://elsewhere.example"})).status_code == 403
        assert [(await http.post("/whep")).status_code for _ in range(2)] == [200, 429]
        assert [(await http.post("/sessions/x/say")).status_code for _ in range(3)] == [200, 200, 429]
        assert (await http.get("/")).status_code == 200


def test_a_configuration_says_how_much_this_machine_may() -> None:
    config = Config.model_validate({"limits": {"offers": "2/minute", "messages": "1/minute", "local_factor": 2}})
    limits = limits_of(config)
    for kind, most in (("offers", 4), ("messages", 2)):
        for _ in range(most):
            limits.hit(kind, "", "127.0.0.1")
        with pytest.raises(LimitError):
            limits.hit(kind, "", "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "passes"), [("/films", True), ("/presenters/anna", True), ("/auth/tokens", False), ("/x", False)]
)
async def test_only_uploads_may_be_large(path: str, passes: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    async with client() as http:
        streamed = await http.post(path, content=pieces())
        assert streamed.text.split()[0] == "3000000" if passes else streamed.status_code == 413
        told = await http.post(path, content=b"x" * 3_000_000)
        assert told.status_code == (200 if passes else 413)


async def test_what_is_behind_a_scope_is_kept_by_no_proxy_and_shown_on_no_other_page() -> None:
    async with client() as http:
        for path in ("/jobs/7/files/film.mp4", "/presenters/anna/file", "/drafts/7/photo.jpg", "/avatars/anna.png"):
            answer = await http.get(path)
            assert answer.headers["cache-control"] == "private, no-cache"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "cache-control" not in (await http.get("/client.js")).headers
    async with client(Policy(origins=("https://shop.example",))) as http:
        assert (await http.get("/avatars/anna.png")).headers["cross-origin-resource-policy"] == "cross-origin"


async def test_refusals_are_noted_without_ids(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "log" / "audit.jsonl")
    async with client(audit=audit) as http:
        await http.post("/sessions/SECRET-ID/say", headers={"Origin": "https://elsewhere.example"})
    audit.close()
    text = (tmp_path / "log" / "audit.jsonl").read_text()
    assert '"what": "refused"' in text
    assert '"from": "127.0.0.1"' in text
    assert "SECRET-ID" not in text


async def test_sockets_are_closed() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await AccessMiddleware(everything, Policy(), OPEN, RateLimits({}), Audit())({"type": "websocket"}, lambda: None, send)  # type: ignore[arg-type, return-value]
    assert sent[0]["type"] == "websocket.close"


def test_host_names() -> None:
    assert host_name("[::1]:80") == "::1"
    assert host_name("EXAMPLE.com.") == "example.com"
    assert host_name("user@example.com") == ""


@pytest.mark.parametrize("path", ["/presenters/events", "/jobs/a1/events", "/gradio/gradio_api/queue/data"])
async def test_who_listens_too_often_is_refused_before_anything_is_sent_and_others_are_heard(path: str) -> None:
    listening, enough = asyncio.Event(), asyncio.Event()

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        listening.set()
        await enough.wait()
        await PlainTextResponse("over")(scope, receive, send)

    limits = RateLimits({}, streams=1)
    app = AccessMiddleware(stream, STRICT, OPEN, limits, Audit())
    visitors = [
        httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 5)), base_url="http://127.0.0.1:8000")
        for address in ("203.0.113.9", "203.0.113.10")
    ]
    first = asyncio.create_task(visitors[0].get(path))
    await listening.wait()
    refused = await visitors[0].get(path)
    assert (refused.status_code, refused.headers["retry-after"], refused.headers["connection"]) == (429, "30", "close")
    assert "listen" in refused.json()["error"]["message"]
    enough.set()
    assert [answer.status_code for answer in (await visitors[1].get(path), await first, await visitors[0].get(path))] == [
        200
    ] * 3
    for each in visitors:
        await each.aclose()
