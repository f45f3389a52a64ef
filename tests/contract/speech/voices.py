"""What the tests of speech share: sound like a voice, and an OpenAI-style speech server that misbehaves when told to."""

from __future__ import annotations

import json
import struct
import threading
from typing import Any

import numpy as np

from talking_head.protocols import Synthesizer
from talking_head.types import TICKS_PER_SECOND, Utterance
from tests.contract.local_server import LocalServer, QuietHandler


def babble(seconds: float = 1.2, rate: int = 24_000, seed: int = 0) -> np.ndarray:
    """Something like a voice: a buzz of 120 Hz in syllables, with a little breath."""
    time_s = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3 * time_s), 0, None)
    breath = 0.01 * np.random.default_rng(seed).standard_normal(len(time_s))
    return (0.05 * buzz * syllables + breath * syllables).astype(np.float32)


def spoken(voice: Synthesizer, text: str) -> list[Utterance]:
    return [piece for piece in voice.synthesize(text) if len(piece.pcm)]


def hiss(piece: Utterance) -> dict[str, float]:
    """Each phoneme of ``piece`` (the first of a kind), and the share of its energy above 3 kHz, 0 to 1."""
    shares: dict[str, float] = {}
    for phoneme in piece.phonemes:
        spectrum = np.abs(np.fft.rfft(piece.pcm[phoneme.start : phoneme.start + phoneme.ticks])) ** 2
        hertz = np.fft.rfftfreq(phoneme.ticks, 1 / TICKS_PER_SECOND)
        shares.setdefault(phoneme.symbol, float(spectrum[hertz > 3000].sum() / spectrum.sum()))
    return shares


class Endpoint(QuietHandler):
    """A speech server that does what ``server.mode`` says."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers.get("Authorization"), request))
        mode = self.server.mode if len(self.server.requests) > self.server.failures else self.server.failing
        if mode.isdigit():
            body = json.dumps({"error": {"message": "no such luck"}}).encode()
            self.send_response(int(mode))
            self.send_header("Retry-After", "0")
        elif mode == "stall":
            self.server.stalled.set()
            self.server.cut.set() if self.rfile.read(1) == b"" else None  # waits until the client hangs up
            return
        elif mode == "html":
            body = b"<html>hello</html>" * 50
            self.send_response(200)
        else:
            pcm = (babble() * 32767).astype("<i2").tobytes()
            # As servers do that stream: the lengths are not known yet when the header is sent.
            header = struct.pack(
                "<4sI4s4sIHHIIHH4sI",
                b"RIFF",
                0xFFFFFFFF,
                b"WAVE",
                b"fmt ",
                16,
                1,
                1,
                24_000,
                48_000,
                2,
                16,
                b"data",
                0xFFFFFFFF,
            )
            body = (header if request["response_format"] == "wav" else b"") + pcm
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if mode == "drop":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)


class Server(LocalServer):
    """Does ``mode``, after ``failures`` requests answered with ``failing``; ``requests``: path, authorization, body."""

    def __init__(self) -> None:
        self.mode, self.failing, self.failures = "speak", "500", 0
        self.requests: list[tuple[str, str | None, dict[str, Any]]] = []
        self.stalled, self.cut = threading.Event(), threading.Event()
        super().__init__(Endpoint)
