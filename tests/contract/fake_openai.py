"""A local server that speaks OpenAI's chat completions, well or badly, as the model's name asks for."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

from tests.contract.local_server import LocalServer, QuietHandler

WORDS = ["Hello", " there", ", I", " am", " served", " over", " a", " line", "."]


class FakeOpenAI(LocalServer):
    """``requests``: bodies received; ``authorization``: their headers; ``gone``: set when a client hung up on an answer."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.authorization: list[str] = []
        self.gone = threading.Event()
        super().__init__(_Handler)


class _Handler(QuietHandler):
    protocol_version = "HTTP/1.1"
    server: FakeOpenAI

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.authorization.append(self.headers.get("Authorization", ""))
        behaviour = body["model"]
        number = len(self.server.requests)
        if behaviour.isdigit():
            self._json(int(behaviour), {"error": {"message": f"the key sk-secret\nmet fault {behaviour}"}})
        elif behaviour == "busy-once":
            if number == 1:
                self._json(429, {"error": {"message": "slow down"}}, {"Retry-After": "0.05"})
            else:
                self._events(WORDS)
        elif behaviour.startswith("calls"):
            self._calls(body, for_ever=behaviour == "calls-for-ever")
        elif behaviour == "plain":
            self._json(200, {"choices": [{"message": {"role": "assistant", "content": "".join(WORDS)}}]})
        elif behaviour == "html":
            self._raw(b"<html>a proxy says hello</html>", "text/html")
        elif behaviour == "garbage":
            self._raw(b"data: {\x00\x01 not json\n\n", "text/event-stream")
        elif behaviour == "wrong-shape":
            self._raw(b'data: ["a", "list"]\n\n', "text/event-stream")
        elif behaviour == "error-event":
            self._raw(b'data: {"error": {"message": "out of memory"}}\n\n', "text/event-stream")
        elif behaviour == "silent":  # takes the request and never answers
            self._wait_for_hangup()
        elif behaviour == "drop-first":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif behaviour == "long":
            self._events([" word"] * 3000, pause=0.01)
        elif behaviour in {"stall", "drop"}:
            self._events(WORDS[:3], end=False)
            if behaviour == "stall":
                self._wait_for_hangup()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._events(WORDS)

    def _calls(self, body: dict[str, Any], *, for_ever: bool) -> None:
        """Asks for two tools, in pieces; when it has their results, it repeats the first one."""
        results = [message["content"] for message in body["messages"] if message["role"] == "tool"]
        if "tools" not in body:
            self._events(["Enough."])
        elif for_ever:
            self._events([], calls=[("clock", "{}")])
        elif results:
            self._events(["It is: ", results[0]])
        else:
            self._events(["Let me see. "], calls=[("sums", '{"expression": "12 * 7"}'), ("clock", "{}")])

    def _json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _raw(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _events(self, words: list[str], *, end: bool = True, pause: float = 0.0, calls: Sequence[tuple[str, str]] = ()) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._chunk(": a comment keeps the line open\n\n")
            self._event({"delta": {"role": "assistant", "content": None}, "finish_reason": None})
            for word in words:
                self._event({"delta": {"content": word}, "finish_reason": None})
                time.sleep(pause)
            for number, (name, arguments) in enumerate(calls):
                start = {
                    "index": number,
                    "id": f"call_{number}",
                    "type": "function",
                    "function": {"name": name, "arguments": ""},
                }
                self._event({"delta": {"tool_calls": [start]}, "finish_reason": None})
                for piece in (arguments[:7], arguments[7:]):
                    more = {"index": number, "function": {"arguments": piece}}
                    self._event({"delta": {"tool_calls": [more]}, "finish_reason": None})
            if end:
                self._event({"delta": {}, "finish_reason": "tool_calls" if calls else "stop"})
                self._chunk("data: [DONE]\n\n")
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.server.gone.set()
            raise

    def _event(self, choice: dict[str, Any]) -> None:
        self._chunk(f"data: {json.dumps({'choices': [{'index': 0, **choice}]})}\n\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _wait_for_hangup(self) -> None:
        """``recv`` returns nothing, or fails, when the other side has closed."""
        self.connection.settimeout(20)
        try:
            hung_up = not self.connection.recv(1)
        except TimeoutError:
            hung_up = False
        except OSError:
            hung_up = True
        if hung_up:
            self.server.gone.set()
        self.close_connection = True
