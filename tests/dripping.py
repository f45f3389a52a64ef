"""A server whose answers never end: a byte of a header at a time, for as long as anybody listens."""

from __future__ import annotations

import socket
import threading


class Dripping:
    """``port`` on loopback; ``let_go`` is set once a caller has hung up."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.let_go, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody."""
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        try:
            while not self._ended.is_set():
                caller, _ = self._listener.accept()
                with caller:
                    self._drip(caller)
        except OSError:
            pass

    def _drip(self, caller: socket.socket) -> None:
        try:
            caller.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
            while not self._ended.wait(0.02):
                caller.sendall(b"a")
        except OSError:
            self.let_go.set()
