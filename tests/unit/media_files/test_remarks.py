"""Remarks on files: an English sentence, whose code and values give pages the same one, in every language that they have."""

from __future__ import annotations

import json
import pickle

from PIL import Image

from talking_head.media_files.pictures import decode
from talking_head.media_files.remarks import Remark, described
from tests.paths import ROOT
from tests.unit.media_files.test_pictures import display_p3, encode, scene


def page_sentence(remark: str) -> str:
    """The sentence that the English page has for the code of ``remark``, with its values."""
    text = (ROOT / "web" / "texts" / "server" / "en.js").read_text("utf-8").partition("export default ")[2]
    told = described(remark)
    words: str = json.loads(text.strip().removesuffix(";"))[f"remark.{told['code']}"]
    return words.format(**told["values"])


def test_a_remark_is_a_sentence_with_a_code() -> None:
    remark = Remark("The photo was turned by 90°.", "photo_turned", degrees=90)
    assert remark == "The photo was turned by 90°."
    assert described(remark) == {"code": "photo_turned", "message": str(remark), "values": {"degrees": "90"}}
    assert described(pickle.loads(pickle.dumps(remark))) == described(remark)
    assert described("A sentence.") == {"code": "", "message": "A sentence.", "values": {}}


def test_pages_say_what_is_said_of_a_photo() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    said: list[str] = []
    decode(encode(Image.fromarray(scene()), "JPEG", exif=exif), said.append)
    decode(encode(Image.fromarray(scene()), "PNG", icc_profile=display_p3()), said.append)
    decode(encode(Image.new("RGB", (9_000, 5_000), (90, 120, 150)), "JPEG"), said.append)
    assert [described(each)["code"] for each in said] == ["photo_turned", "photo_colours", "photo_reduced"]
    assert [page_sentence(each) for each in said] == said
