"""``POST /verify`` and its page: a film is asked where it comes from, over HTTP."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np

from talking_head.provenance.codeword import Origin
from talking_head.provenance.content_credentials import Facts, sign
from talking_head.provenance.identity import identity
from talking_head.provenance.picture_mark import PictureMark
from tests.session.conftest import ONE_PROCESS, Running
from tests.unit.provenance.clips import frames

pytestmark = ONE_PROCESS


def _png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_I420))[1].tobytes()


async def test_a_picture_is_asked_where_it_comes_from(running: Running, tmp_path: Path) -> None:
    origin = Origin(0x1234, 0xABCDEF)
    marked = _png(PictureMark(origin, 512, 512)(frames()[0]))
    answer = await running.http.post("/verify", files={"file": ("a.png", marked)})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["c2pa"], told["watermark"]) == ("absent", origin.text)
    assert any(origin.text in sentence for sentence in told["sentences"])
    plain = await running.http.post("/verify", files={"file": ("../../a.png", _png(frames()[0]))})
    assert plain.json()["watermark"] is None


async def test_a_manifest_that_lies_beside_a_webm_is_read(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "a.webm"
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libvpx", rate=25)
        stream.width = stream.height = 128
        for picture in frames()[:3]:
            small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_I420), (128, 128))
            out.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="rgb24")))
        out.mux(stream.encode(None))
    beside = sign(file, Facts("4f2a-00c3d1", "clara"), identity())
    assert beside is not None
    both = {"file": ("a.webm", file.read_bytes()), "manifest": ("a.c2pa", beside.read_bytes())}
    told = (await running.http.post("/verify", files=both)).json()
    assert (told["c2pa"], told["manifest"]["presenter"]) == ("valid", "clara")
    alone = (await running.http.post("/verify", files={"file": both["file"]})).json()
    assert alone["c2pa"] == "absent"


async def test_what_cannot_be_asked_is_refused_in_a_sentence(running: Running) -> None:
    for name, data, status in (("a.mp4", b"nothing" * 99, 422), ("a.png", b"nothing" * 99, 422), ("a", b"", 422)):
        answer = await running.http.post("/verify", files={"file": (name, data)})
        assert answer.status_code == status, answer.text
        assert "/tmp" not in answer.text
    assert (await running.http.post("/verify", data={"file": "words"})).status_code == 422


async def test_the_page_is_there(running: Running) -> None:
    page = await running.http.get("/verify.html")
    assert page.status_code == 200
    assert "verify.js" in page.text
    for file in ("/verify/verify.js", "/verify/verify.css"):
        assert (await running.http.get(file)).status_code == 200
