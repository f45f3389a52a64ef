"""Captions: cut, written, read and drawn, in writings with and without spaces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from talking_head.errors import InputError
from talking_head.film.picture import fonts
from talking_head.film.spec import Captions
from talking_head.film.subtitles import Burner, Cue, cues_of, read_srt, srt, vtt


def test_captions_for_the_web() -> None:
    told = vtt([Cue(0.0, 1.25, "Yes, no, and <maybe>"), Cue(3661.5, 3662.0, "Later")])
    assert told.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nYes, no, and &lt;maybe&gt;\n")
    assert "01:01:01.500 --> 01:01:02.000\nLater" in told


def test_what_is_written_is_read(tmp_path: Path) -> None:
    cues = [Cue(0.5, 1.25, "Yes."), Cue(2.0, 3.0, "No.")]
    for name, text in (("a.srt", srt(cues)), ("a.vtt", vtt(cues)), ("b.srt", "\ufeff" + srt(cues).replace("\n", "\r\n"))):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        assert read_srt(tmp_path / name) == cues
    (tmp_path / "c.srt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_srt(tmp_path / "c.srt")


def test_long_clauses_are_cut_between_words_or_signs() -> None:
    english = cues_of([(0.0, 8.0, "word " * 40)])
    assert {len(cue.text) <= 80 for cue in english} == {True}
    assert " ".join(cue.text for cue in english) == ("word " * 40).strip()
    chinese = "我们的春季活动今天开始，欢迎大家光临，一起来看看新的产品，也请把这个消息告诉您的朋友们和家人们。"
    parts = cues_of([(0.0, 8.0, chinese)])
    assert len(parts) == 2
    assert "".join(cue.text for cue in parts) == chinese
    assert not parts[1].text.startswith("，")


@pytest.mark.parametrize("style", ["box", "outline", "plain"])
@pytest.mark.parametrize(("position", "rows"), [("bottom", (200, 256)), ("middle", (96, 160)), ("top", (20, 80))])
def test_drawn_where_it_is_wanted(style: str, position: str, rows: tuple[int, int]) -> None:
    how = Captions.model_validate({"burn": True, "style": style, "position": position})
    burner = Burner([Cue(0, 1, "Hello there, everybody.")], 256, 256, how)
    frame = np.full((384, 256), 128, np.uint8)
    burner.onto(frame, 1.5)
    assert (frame == 128).all()
    burner.onto(frame, 0.5)
    changed = np.nonzero((frame[:256] != 128).any(1))[0]
    assert rows[0] <= changed[0] < changed[-1] < rows[1]
    assert frame[:256].max() > 225


def test_signs_without_a_font_are_named() -> None:
    assert fonts.absent(["Grüße, “naïve” – 5 €"]) == ""
    assert fonts.absent(["Hello.", "\U000f1234"]) == "\U000f1234"
    frame = np.full((384, 256), 128, np.uint8)
    Burner([Cue(0, 1, "\U000f1234")], 256, 256, Captions(burn=True)).onto(frame, 0.5)
    assert (frame == 128).all()


@pytest.mark.models
def test_chinese_is_drawn_where_its_font_was_pulled(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signs differ from each other and from the box of a missing one; without the font the film says how to get it."""
    if not (models / "models" / fonts.CHINESE).is_dir():
        pytest.skip(f"needs talking-head pull {fonts.CHINESE}")
    monkeypatch.setenv("TALKING_HEAD_HOME", str(models))
    assert fonts.absent(["大家早上好，欢迎！", "Mixed 中文 words."]) == ""
    drawn = []
    for sign in "大家好\uf8ff":
        font = fonts.find("大", 48)
        assert font is not None
        picture = Image.new("L", (64, 64))
        ImageDraw.Draw(picture).text((4, 0), sign, font=font, fill=255)
        drawn.append(picture.tobytes())
    assert len(set(drawn)) == 4


def test_without_a_font_for_chinese_the_sentence_says_where_to_get_one(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "files", lambda: ())
    assert fonts.absent(["你好"]) == "你好"
    assert fonts.is_chinese("你")
    assert not fonts.is_chinese("é")
