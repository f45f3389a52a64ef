"""A full disk: a sentence, and nothing half-made. On a file system of one megabyte, in a namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests import sealed
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(
    not sealed.possible(), reason="`unshare -rnm` is not allowed here: no small file system can be made"
)

_RECORD = """
    import numpy as np
    from talking_head.errors import TalkingHeadError
    from pathlib import Path
    from talking_head.film.picture.segments import CODECS, SegmentWriter, join
    from dataclasses import replace
    noise = np.random.default_rng(0).integers(0, 255, (384, 256), np.uint8)
    try:
        codec = CODECS["mp4"]
        codec = replace(codec, options={**codec.options, "crf": "1"})
        with SegmentWriter(Path("pictures"), 256, 256, codec) as writer:
            for number in range(200):
                writer.write(np.roll(noise, number, 1))
    except TalkingHeadError as error:
        print("told:", error)
"""
_STORE = """
    import errno, io, os, shutil
    import numpy as np
    from talking_head.face import avatars
    from pathlib import Path
    os.environ["TALKING_HEAD_HOME"] = os.getcwd()
    Path("filler").write_bytes(bytes(shutil.disk_usage(".").free))
    class Nobody:
        def detect(self, image): return []
    import talking_head.face.avatars as module
    from tests.session import fakes
    module.portrait_from_image = lambda *a, **k: fakes.portrait("me")
    try:
        avatars.add(b"", "me", Nobody(), consent="me")
    except OSError as error:
        print("told:", errno.errorcode[error.errno])
"""
_UPLOAD = """
    import asyncio, os, tempfile
    import httpx
    from talking_head.config import Config
    from talking_head.server.app import create_app
    from talking_head.server.container import AppContainer
    from tests.session import fakes
    places = {"avatar": {"name": "nobody"}, "animator": {"processes": -1}, "stream": {"processes": -1}, "loop": {"capacity": 1}}
    config = Config.model_validate(places)
    container = AppContainer(config, build=fakes.build, splitter=fakes.Splitter)
    container.faces.add(fakes.portrait())
    app = create_app(container, config)
    tempfile.tempdir = os.getcwd()  # where what is received waits
    async def send():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
            for to in ("avatars", "drafts", "presenters", "avatars/clara/knowledge", "films", "verify"):
                answer = await http.post(f"/{to}", files={"file": ("me.txt", os.urandom(3 << 20))})
                print("told:", to.split("/")[-1], answer.status_code, answer.text)
            print("then:", (await http.get("/avatars")).status_code)
    asyncio.run(send())
    container.close()
"""
_KEPT = """
    import asyncio, logging, os, sys
    from pathlib import Path
    import httpx
    from talking_head.config import Config
    from talking_head.errors import DiskError
    from talking_head.jobs import Job, JobRunner, Kind
    from talking_head.jobs.store import JobStore
    from talking_head.knowledge.documents import Document, Section
    from talking_head.knowledge.store import Store
    from talking_head.memory.store import MemoryStore, visitor_id
    from talking_head.server.app import create_app
    from talking_head.server.container import AppContainer
    from talking_head.server.presenter.remembering import RememberingBrief
    from talking_head.types import Briefing, Fact
    from tests.session import fakes
    from tests.unit.knowledge.bags import Bags
    logging.basicConfig(level=logging.WARNING, format="log: %(message)s", stream=sys.stdout)
    logging.getLogger("httpx").setLevel(logging.ERROR)
    here = Path.cwd()
    config = Config.model_validate({
        "avatar": {"name": "nobody"}, "animator": {"processes": -1}, "stream": {"processes": -1}, "loop": {"capacity": 1},
        "jobs": {"folder": str(here / "jobs")}, "server": {"audit": str(here / "audit.jsonl")},
    })
    container = AppContainer(config, build=fakes.build, splitter=fakes.Splitter)
    container.faces.add(fakes.portrait())
    memory = container.memory = MemoryStore(here / "memory.sqlite", items=3, visitors=9, days=9)
    knowledge = Store(here / "knowledge.sqlite", Bags())
    store = JobStore(here / "other.sqlite")
    app = create_app(container, config)
    runner = app.state.jobs
    words = lambda n: Document("a.md", "Boats", (Section("Boats", "Boats are rented. " * n),))
    knowledge.add(words(2))
    store.put(Job("a", "film", "ann", "", {}, 0.0))
    filler = os.open("filler", os.O_WRONLY | os.O_CREAT)
    def fill():
        for size in (65536, 4096, 1):
            try:
                while os.write(filler, bytes(size)): pass
            except OSError: pass
    def told(name, call):
        try:
            print(name, "done", call())
        except DiskError as error:
            print(name, "told:", error)
    async def send():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
            token = {"Memory-Token": (await http.post("/memory")).json()["token"]}
            memory.keep(visitor_id(token["Memory-Token"]), "nobody", Fact("likes", "tea"))
            brief = RememberingBrief(lambda m, before: Briefing(text="answer"), memory, visitor_id(token["Memory-Token"]),
                                     "nobody", fits=100, count_tokens=len)
            fill()
            for method, path in (("POST", "/memory"), ("DELETE", "/memory"), ("GET", "/memory")):
                answer = await http.request(method, path, headers=token)
                print(method, path, answer.status_code, answer.text)
            for _ in range(3):
                app.state.server.audit.note("x" * 5000, None, "")
            print("brief", brief("hello").text, "|", brief("please forget everything about me").text)
            told("knowledge", lambda: knowledge.add(words(9)))
            told("knows", lambda: [entry.passages for entry in knowledge.entries()])
            told("store", lambda: store.put(Job("b", "film", "ann", "x" * 9000, {}, 0.0)))
            told("holds", lambda: [job.id for job in store.all()])
            told("new knowledge", lambda: Store(here / "k2.sqlite", Bags()))
            told("new memory", lambda: MemoryStore(here / "m2.sqlite", items=1, visitors=1, days=1))
            told("new jobs", lambda: runner.new_inputs())
            print("left", sorted(file.name for file in here.rglob("*.sqlite")))
            os.ftruncate(filler, 0)
            app.state.server.audit.note("room", None, "")
            print("then", (await http.post("/memory")).status_code, (await http.get("/memory", headers=token)).status_code)
            told("then knowledge", lambda: knowledge.add(words(9)))
            told("then jobs", lambda: runner.new_inputs().is_dir())
    asyncio.run(send())
    runner.close()
    container.close()
"""


def on_a_small_disk(code: str, folder: Path) -> tuple[str, list[str]]:
    """What ``code`` prints, and the files that are left on its disk of 1 MB."""
    place = folder / "small"
    place.mkdir()
    script = folder / "code.py"
    script.write_text(textwrap.dedent(code))
    shell = f"mount -t tmpfs -o size=1m none {place} && cd {place} && {sys.executable} {script}; find . -type f"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell], env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    assert "Logging error" not in ended.stderr, ended.stderr
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    return "\n".join(line for line in lines if not line.startswith("./")), [line for line in lines if line.startswith("./")]


def test_a_recording_is_given_up_in_a_sentence(tmp_path: Path) -> None:
    told, left = on_a_small_disk(_RECORD, tmp_path)
    assert "told:" in told
    assert "full" in told
    assert [name for name in left if not name.startswith("./pictures/0")] == []  # a second try goes on with whole segments


def test_an_avatar_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    told, left = on_a_small_disk(_STORE, tmp_path)
    assert told == "told: ENOSPC"
    assert left == ["./filler"]


def test_an_upload_is_refused_in_a_sentence_and_the_server_goes_on(tmp_path: Path) -> None:
    told, left = on_a_small_disk(_UPLOAD, tmp_path)
    *answers, last = told.splitlines()
    assert [answer.split()[1] for answer in answers] == ["avatars", "drafts", "presenters", "knowledge", "films", "verify"]
    for answer in answers:
        assert answer.split()[2] == "507", told
        assert "disk of this server is full" in answer
    assert last == "then: 200"
    assert left == []


def test_what_is_kept_in_sqlite_is_kept_whole_or_refused_in_a_sentence(tmp_path: Path) -> None:
    told, _ = on_a_small_disk(_KEPT, tmp_path)
    lines = told.splitlines()
    full = [line for line in lines if "disk of this server is full, so nothing of this was kept" in line]
    assert [line.split(" {")[0].split(" told")[0] for line in full] == [
        "POST /memory 507",
        "DELETE /memory 507",
        "knowledge",
        "store",
        "new knowledge",
        "new memory",
        "new jobs",
    ]
    assert '"tea"' in next(line for line in lines if line.startswith("GET /memory 200"))
    assert "brief answer | I cannot forget that now: the disk" in told  # and the conversation goes on
    assert "knows done [1]" in lines
    assert "holds done ['a']" in lines
    assert "left ['knowledge.sqlite', 'memory.sqlite', 'other.sqlite']" in lines  # none that was only begun
    assert [line for line in lines if "the audit log" in line] == [
        "log: the audit log cannot be written: no space left on device",
        "log: the audit log is written on; entries that are missing: 3",
    ]
    assert lines[-3:] == ["then 201 200", "then knowledge done 1", "then jobs done True"]
