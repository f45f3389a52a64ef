"""Tools: what a model may call, with what, for how long; calls of a streaming endpoint; webhooks within their bounds."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from talking_head.config import Tools
from talking_head.config import load as load_config
from talking_head.errors import BackendError, ConfigError
from talking_head.knowledge import documents
from talking_head.knowledge.store import Store
from talking_head.reply.openai import OpenAIReply
from talking_head.server.presenter.toolbox import toolbox
from talking_head.server.presenter.using_tools import ToolUsingReply
from talking_head.tools.tool import RESULT_CHARS, Tool, ToolBox
from talking_head.tools.webhook import MAX_BYTES, webhook
from talking_head.types import Message
from tests.contract.fake_openai import FakeOpenAI
from tests.dripping import Dripping
from tests.unit.knowledge.test_knowledge import HANDBOOK, Bags

CHAT = [Message("system", "You are Anna."), Message("user", "What is 12 times 7?")]


def echo(**arguments: Any) -> str:
    return json.dumps(arguments, sort_keys=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"text": "hello", "often": 2}', '{"often": 2, "text": "hello"}'),
        ('{"text": "hello"}', "Error: echo takes exactly these arguments: text, often."),
        ('{"text": "hello", "often": 2, "more": 1}', "Error: echo takes exactly these arguments: text, often."),
        ('{"text": 1, "often": 2}', "Error: text must be of type string."),
        ('{"text": "x", "often": true}', "Error: often must be of type integer."),
        ("not json", "Error: the arguments are not JSON."),
        ("[1]", "Error: echo takes exactly these arguments: text, often."),
        ("[" * 3000, "Error: the arguments are not JSON."),
        ('"' + "x" * 5000 + '"', "Error: the arguments have more than 4000 characters."),
    ],
)
def test_arguments_are_what_the_schema_wants(arguments: str, told: str) -> None:
    tool = Tool("echo", "Repeats.", echo, {"text": {"type": "string"}, "often": {"type": "integer"}})
    assert tool.call(arguments) == told


def test_a_tool_that_hangs_fails_or_talks_too_much_is_bounded() -> None:
    done = threading.Event()
    hangs = Tool("hangs", "", lambda: str(done.wait(20)), timeout_s=0.05)
    assert hangs.call("") == "Error: hangs took longer than 0.05 seconds."
    done.set()

    def broken() -> str:
        raise RuntimeError("the password is 1234")

    assert Tool("broken", "", broken).call("{}") == "Error: broken failed."
    assert len(Tool("long", "", lambda: "x" * 99_999).call("{}")) == RESULT_CHARS


def test_only_what_is_allowed_is_there() -> None:
    box = toolbox(("sums", "nonsense"), Tools(), lambda: None, None)
    assert box.names == ("sums",)
    assert box.call("clock", "{}").startswith("Error: there is no tool clock.")
    assert box.call("sums", '{"expression": "12 * 7"}') == "12 times 7 is 84."
    assert box.call("sums", '{"expression": "__import__(1)"}') == "Error: That is not a sum of numbers."
    assert box.schemas[0]["function"]["parameters"]["required"] == ["expression"]


def test_the_clock_and_the_search() -> None:
    store = Store(":memory:", Bags())
    store.add(documents.parse("boats.md", HANDBOOK.encode()))
    box = toolbox(("clock", "knowledge"), Tools(timezone="UTC"), lambda: store, None)
    assert box.call("clock", "").startswith("Today is ")
    assert "twenty euros" in box.call("knowledge", '{"question": "What does a sailing boat cost?"}')
    assert box.call("knowledge", '{"question": "Who wrote Hamlet?"}').startswith("I don't know that")


# A model that calls


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    fake = FakeOpenAI()
    yield fake
    fake.shutdown()
    fake.server_close()


def answered(server: FakeOpenAI, model: str, box: ToolBox) -> str:
    return "".join(ToolUsingReply(OpenAIReply(server.url, model), box).stream(CHAT))


def test_calls_that_arrive_in_pieces_are_made_and_their_results_spoken_about(server: FakeOpenAI) -> None:
    box = toolbox(("sums", "clock"), Tools(), lambda: None, None)
    assert answered(server, "calls", box) == "Let me see. It is: 12 times 7 is 84."
    first, second = server.requests
    assert [tool["function"]["name"] for tool in first["tools"]] == ["sums", "clock"]
    asked, result, date = second["messages"][-3:]
    assert [call["function"]["name"] for call in asked["tool_calls"]] == ["sums", "clock"]
    assert (result["role"], result["tool_call_id"], result["content"]) == ("tool", "call_0", "12 times 7 is 84.")
    assert date["content"].startswith("Today is ")


def test_a_call_of_what_is_not_allowed_is_refused_and_the_answer_goes_on(server: FakeOpenAI) -> None:
    said = answered(server, "calls", toolbox(("clock",), Tools(), lambda: None, None))
    assert said == "Let me see. It is: Error: there is no tool sums. There are: clock."


def test_a_model_that_never_stops_calling_is_made_to_speak(server: FakeOpenAI) -> None:
    assert answered(server, "calls-for-ever", toolbox(("clock",), Tools(), lambda: None, None)) == "Enough."
    assert len(server.requests) == 4
    assert "tools" not in server.requests[-1]


def test_words_alone_are_passed_on(server: FakeOpenAI) -> None:
    assert answered(server, "good", toolbox(("clock",), Tools(), lambda: None, None)) == "Hello there, I am served over a line."


def test_while_a_tool_works_there_is_nothing_to_say_and_closing_ends_it(server: FakeOpenAI) -> None:
    begun, over = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        return str(over.wait(5))

    reply = ToolUsingReply(
        OpenAIReply(server.url, "calls"), ToolBox([Tool("sums", "", lambda expression: slow(), {"expression": {}}, 5)])
    )
    pieces = reply.stream(CHAT)
    quiet = 0
    for piece in pieces:
        quiet += begun.is_set() and piece == ""
        if quiet > 2:
            break
    pieces.close()
    over.set()
    assert quiet == 3


# Webhooks


class _Shop(BaseHTTPRequestHandler):
    """A service of the owner: what it does, the path says."""

    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append({"body": json.loads(body), "key": self.headers.get("Authorization", ""), "path": self.path})  # type: ignore[attr-defined]
        kind, data, status = "application/json", b'{"text": "Order 7 is on its way."}', 200
        if self.path == "/plain":
            kind, data = "text/plain", b"In stock.\n"
        elif self.path == "/moved":
            status = 302
        elif self.path == "/broken":
            status = 500
        elif self.path == "/large":
            data = b"x" * (MAX_BYTES + 1)
        elif self.path == "/slow":
            time.sleep(1)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if status == 302:
            self.send_header("Location", "/plain")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def shop() -> Iterator[Any]:
    service = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    service.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are what it is for
    service.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True).start()
    yield service
    service.shutdown()
    service.server_close()


def hook(shop: Any, path: str, **more: Any) -> Tool:
    url = f"http://127.0.0.1:{shop.server_address[1]}{path}"
    return webhook("order", url, "The state of an order.", {"number": "its number"}, hosts=["127.0.0.1"], **more)


def test_a_service_is_asked_and_its_text_told(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "secret")
    assert hook(shop, "/", key_env="SHOP_KEY").call('{"number": "7"}') == "Order 7 is on its way."
    assert hook(shop, "/plain").call('{"number": "7"}') == "In stock."
    assert shop.seen[0] == {"body": {"number": "7"}, "key": "Bearer secret", "path": "/"}
    assert shop.seen[1]["key"] == ""


@pytest.mark.parametrize(
    ("path", "told"),
    [("/moved", "answered 302"), ("/broken", "answered 500"), ("/large", "more than 16 KiB"), ("/slow", "took too long")],
)
def test_a_service_out_of_bounds_is_told_and_nothing_of_it_used(shop: Any, path: str, told: str) -> None:
    slow = path == "/slow"
    said = hook(shop, path, timeout_s=0.3 if slow else 10.0).call('{"number": "7"}')
    assert said.startswith("Error: ")
    assert told in said
    assert slow or len(shop.seen) == 1  # no redirect was followed; a busy machine may not even see what gives up so soon


def test_a_service_whose_headers_never_end_is_given_up() -> None:
    endless = Dripping()
    try:
        url = f"http://127.0.0.1:{endless.port}/"
        tool = webhook("order", url, "The state of an order.", {}, hosts=["127.0.0.1"], timeout_s=0.3)
        assert tool.call("{}") in (
            "Error: The service behind order took too long.",
            "Error: order took longer than 0.8 seconds.",  # of a machine that is busy
        )
        assert endless.let_go.wait(60)  # the thread that asked has ended, too
    finally:
        endless.close()


def test_hosts_that_are_not_allowed() -> None:
    with pytest.raises(ConfigError, match=r"tools\.hosts"):
        webhook("order", "http://169.254.169.254/latest", "", {}, hosts=["shop.example"])
    hooks = {"order": {"url": "https://shop.example/x", "description": "d"}}
    assert (
        load_config(None, {"tools.hosts": ["shop.example"], "tools.webhooks": hooks}).tools.webhooks["order"].host
        == "shop.example"
    )
    for bad in (
        {"order": {"url": "https://evil.example/x", "description": "d"}},
        {"clock": hooks["order"]},
        {"order": {"url": "file:///etc", "description": "d"}},
    ):
        with pytest.raises(ConfigError):
            load_config(None, {"tools.hosts": ["shop.example"], "tools.webhooks": bad})


def test_an_endpoint_without_tools_gets_none(server: FakeOpenAI) -> None:
    assert "".join(OpenAIReply(server.url, "good").stream(CHAT))
    assert "tools" not in server.requests[0]
    with pytest.raises(BackendError):
        list(OpenAIReply(server.url, "400").stream(CHAT))
