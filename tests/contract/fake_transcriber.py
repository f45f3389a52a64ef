"""A local server like OpenAI's `POST /v1/audio/transcriptions`: real recognition, or a fault as the model's name asks for."""

from __future__ import annotations

import email.parser
import email.policy
import io
import json
import socket
import time
import wave
from typing import Any

import numpy as np

from talking_head.protocols import Recognizer
from tests.contract.local_server import LocalServer, QuietHandler


class FakeTranscriber(LocalServer):
    """``requests``: the fields of each; ``keys``: their authorization; ``busy``: so many are answered 503 first."""

    def __init__(self, recognizer: Recognizer | None = None) -> None:
        self.recognizer = recognizer
        self.requests: list[dict[str, str]] = []
        self.keys: list[str] = []
        self.busy = 0
        super().__init__(_Handler)


class _Handler(QuietHandler):
    server: FakeTranscriber

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
