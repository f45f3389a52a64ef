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
    container.add_portrait(fakes.portrait())
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
