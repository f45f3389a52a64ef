"""A local server like OpenAI's `POST /v1/audio/transcriptions`: real recognition, or a fault as the model's name asks for."""

from __future__ import annotations

import email.parser
import email.policy
import io
import json
import socket
import threading
import time
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from talking_head.protocols import Recognizer


class FakeTranscriber(ThreadingHTTPServer):
    """``requests``: the fields of each; ``keys``: their authorization; ``busy``: so many are answered 503 first."""

    daemon_threads = True

    def __init__(self, recognizer: Recognizer | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.recognizer = recognizer
        self.requests: list[dict[str, str]] = []
        self.keys: list[str] = []
        self.busy = 0
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what this server is for."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeTranscriber

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        fields, sound = {}, b""
        for part in form.iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            if name == "file":
                sound = bytes(part.get_payload(decode=True))
            else:
                fields[name] = part.get_payload(decode=True).decode()
        self.server.requests.append(fields)
        self.server.keys.append(self.headers.get("Authorization", ""))
        mode = fields["model"]
        if self.server.busy:
            self.server.busy -= 1
            self._answer(503, {"error": {"message": "busy"}})
        elif mode.isdigit():
            self._answer(int(mode), {"error": {"message": "no such luck"}})
        elif mode == "plain-only" and fields["response_format"] != "json":
            self._answer(400, {"error": {"message": "response_format must be json"}})
        elif mode == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif mode == "stall":
            time.sleep(2)
        elif mode == "html":
            self._raw(200, b"<html>a proxy</html>")
        else:
            self._answer(200, self._heard(sound, fields["response_format"]))

    def _heard(self, sound: bytes, form: str) -> dict[str, Any]:
        with wave.open(io.BytesIO(sound)) as file:
            rate, data = file.getframerate(), file.readframes(file.getnframes())
        assert self.server.recognizer is not None
        heard = self.server.recognizer.recognize(np.frombuffer(data, "<i2").astype(np.float32) / 32768, rate)
        if form == "json":
            return {"text": heard.text}
        return {"text": heard.text, "segments": [{"avg_logprob": heard.confidence, "no_speech_prob": heard.no_speech}]}

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._raw(status, json.dumps(body).encode())

    def _raw(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
