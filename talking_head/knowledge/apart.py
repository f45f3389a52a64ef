"""Documents that unfold, read in a process of their own: a bound to its memory and its time, and nobody waits beside it.

A Word file of a kilobyte may nest its paragraphs to gigabytes, an HTML page keep a parser busy for hours, and the interpreter's
lock with it. ``python -m talking_head.knowledge.apart SOCKET`` is that process.
"""

from __future__ import annotations

import json
import logging
import resource
import socket

from talking_head.errors import InputError
from talking_head.system.process import WorkerProcess, run_worker
from talking_head.system.scheduling import be_nice

MEMORY_BYTES = 2 << 30
CPU_S = 60
NICE = 10

log = logging.getLogger(__name__)


def sections(name: str, data: bytes, *, cpu_s: int = CPU_S) -> list[tuple[str, str, str]]:
    """What ``documents.rows`` makes of it: heading, text and question of each section. Raises InputError, also where it takes
    more memory than :data:`MEMORY_BYTES`, or more than ``cpu_s`` seconds of a core.
    """
    process = WorkerProcess("talking_head.knowledge.apart", 1, [])
    (channel,) = process.sockets
    try:
        with channel, channel.makefile("rwb") as line:
            line.write(json.dumps({"name": name, "cpu_s": cpu_s}).encode() + b"\n" + data)
            line.flush()
            channel.shutdown(socket.SHUT_WR)
            answer = line.read()
    except ConnectionError:
        answer = b""
    finally:
        process.stop()
    told = json.loads(answer) if answer.endswith(b"}") else {}
    if "sections" not in told:
        raise InputError(told.get("failed", f"“{name}” takes more memory or time to read than a document may: split it."))
    return [(str(heading), str(text), str(question)) for heading, text, question in told["sections"]]


def serve(descriptor: int) -> None:
    """Read one document from the socket ``descriptor``, and answer."""
    from talking_head.knowledge import documents

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    be_nice(NICE)
    with socket.socket(fileno=descriptor) as channel, channel.makefile("rwb") as line:
        task = json.loads(line.readline())
        resource.setrlimit(resource.RLIMIT_CPU, (task["cpu_s"], task["cpu_s"]))
        try:
            answer: dict[str, object] = {"sections": documents.rows(task["name"], line.read())}
        except InputError as error:
            answer = {"failed": str(error)}
        except MemoryError:
            return
        except Exception as error:  # of whatever a parser stumbles over in bytes that it did not expect
            log.warning("a document could not be read: %s", type(error).__name__)
            answer = {"failed": f"“{task['name']}” cannot be read: it is damaged, or not what its ending says. Save it anew."}
        line.write(json.dumps(answer).encode())


if __name__ == "__main__":
    run_worker(serve)
