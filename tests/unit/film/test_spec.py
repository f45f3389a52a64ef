"""What a film is: what is left out, and what is refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talking_head.config import Limits
from talking_head.errors import InputError
from talking_head.film.check import check_files
from talking_head.film.spec import FilmSpec, Head, file_name, filled, read_spec
from talking_head.types import Manner


def test_scenes_take_what_they_leave_out_from_the_film() -> None:
    spec = read_spec(
        {
            "presenter": "mei",
            "background": "green",
            "head": {"size": 0.8},
            "expressiveness": 0.5,
            "scenes": [{"text": "One."}, {"text": "Two.", "presenter": "david", "background": "", "transition": "fade"}],
        }
    )
    first, second = spec.parts()
    assert (first.presenter, first.background, first.head, first.transition) == ("mei", "green", Head(size=0.8), "cut")
    assert (second.presenter, second.head, second.transition) == ("david", Head(size=0.8), "fade")
    assert second.manner(Manner("happy", 1.0, 1.2)) == Manner("happy", 0.5, 1.2)
    assert read_spec(spec.model_dump(mode="json", exclude_defaults=True)).parts() == spec.parts()  # as a job keeps it


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "says nothing"),
        ({"text": "A", "subtitles": "a.srt"}, "one of them"),
        ({"text": "A", "frame": "4:3"}, "“frame” cannot be '4:3'"),
        ({"text": "A", "mood": "angry"}, "“mood” cannot be 'angry': it is one of 'neutral', "),
        ({"text": "A", "lines": 9000}, "it is at most 1080"),
        ({"text": "A", "lines": 333}, "multiple of 2"),
        ({"text": "A", "backgroud": "green"}, "Did you mean “background”"),
        ({"text": "A", "scenes": [{"text": "B"}]}, "not in both"),
        ({"scenes": [{"text": "A"}, {"text": ""}]}, "Scene 2 says nothing"),
        ({"text": "A", "format": "webm-alpha", "background": "#ffffff"}, "no background"),
        ({"text": "A", "head": {"size": 5}}, "“head.size” cannot be '5'"),
        ({"text": "A", "music": {"file": "a.wav", "duck_db": 99}}, "music.duck_db"),
        ({"scenes": [{"text": "A"}] * 101}, "at most 100"),
        ({"format": "prores-alpha", "scenes": [{"text": "A"}, {"text": "B", "transition": "fade"}]}, "cut, not faded"),
    ],
)
def test_what_cannot_be_is_a_sentence(told: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as error:
        read_spec(told)
    assert sentence in str(error.value)


def test_a_file_is_named_after_its_script() -> None:
    assert file_name("[happy] Welcome! Don't miss <break time='1s'/> our “spring” sale…") == "Welcome-Dont-miss-our-spring-sale"
    assert file_name("欢迎光临") == "欢迎光临"
    assert file_name("../../etc/passwd") == "etc-passwd"
    assert file_name("…") == "film"
    assert len(file_name("word " * 99)) <= 48
    assert read_spec({"text": "Words.", "title": "A title"}).name == "A-title"


def test_columns_stand_in_the_texts() -> None:
    spec = read_spec({"scenes": [{"text": "Hello {name}."}], "title": "For {name}", "rows": "a.csv"})
    one = filled(spec, {"name": "Ann"})
    assert (one.parts()[0].text, one.title, one.rows) == ("Hello Ann.", "For Ann", "")
    with pytest.raises(InputError, match="no column “name”"):
        filled(spec, {"nom": "Ann"})


def test_files_are_named_with_their_use() -> None:
    told = {"sound": "a.wav", "background": "b.png", "logo": {"file": "c.png"}, "music": {"file": "d.mp3"}, "rows": "e.csv"}
    spec = FilmSpec.model_validate(told)
    uses = {"a.wav": "sound", "b.png": "background", "c.png": "logo", "d.mp3": "music", "e.csv": "rows"}
    assert spec.files() == uses
    assert read_spec({"text": "A", "background": "#112233"}).files() == {}


def test_a_background_that_is_no_file_is_told_what_backgrounds_are() -> None:
    for background, sentence in (
        ("red", "no background “red”: it is blur, green, a colour such as"),
        ("sea.jpg", "no file sea.jpg"),
    ):
        with pytest.raises(InputError, match=sentence):
            check_files(read_spec({"text": "A", "background": background}), {background: Path(background)}, Limits())
