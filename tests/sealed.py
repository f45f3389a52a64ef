"""``python tests/sealed.py REPORT COMMAND…``: run COMMAND where only loopback exists, and write the names that it looked up to
REPORT.

Runs itself again under ``unshare -rnm``: in a network namespace with nothing but ``lo``, and on it a resolver that refuses and
remembers. Native code is held by it as well as Python, and so are child processes.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

_SIOCSIFFLAGS, _UP_RUNNING, _MS_BIND = 0x8914, 0x41, 4096


def possible() -> bool:
    """Whether this user may make such a namespace here."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rnm", "true"], capture_output=True, check=False).returncode == 0


def run(report: Path, *command: str, timeout: float = 250, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``command`` sealed; :func:`names` of ``report`` are what it looked up."""
    return subprocess.run(
        ["unshare", "-rnm", sys.executable, __file__, str(report), *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def names(report: Path) -> set[str]:
    """What was looked up."""
    return set(report.read_text().split())


def _resolver(report: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, report.open("a") as out:
        server.bind(("127.0.0.1", 53))
        while True:
            data, who = server.recvfrom(4096)
            at, labels = 12, []
            while data[at]:
                labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii", "replace"))
                at += data[at] + 1
            print(".".join(labels), file=out, flush=True)
            server.sendto(data[:2] + b"\x81\x83" + data[4:6] + bytes(6) + data[12 : at + 5], who)  # there is no such name


def _inside(report: Path, command: list[str]) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", _UP_RUNNING))
    report.write_text("")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        settings.flush()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(settings.name.encode(), b"/etc/resolv.conf", None, _MS_BIND, None):
            raise OSError(ctypes.get_errno(), "the resolver's settings could not be replaced")
        threading.Thread(target=_resolver, args=(report,), daemon=True).start()
        return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(_inside(Path(sys.argv[1]), sys.argv[2:]))
