"""What ``talking-head say`` makes of its options: each counts, or is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from talking_head.cli.main import app
from talking_head.errors import InputError, TalkingHeadError
from talking_head.film.spec import FilmSpec


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, cache: Path) -> list[tuple[FilmSpec, Path, str]]:
    """Description, folder and name of each film that is asked for; none is made."""
    films: list[tuple[FilmSpec, Path, str]] = []

    def make(spec: FilmSpec, files: Any, cast: Any, work: Path, out: Path, *, name: str, **_: Any) -> None:
        films.append((spec, out, name))
        raise InputError("This test makes no film.")

    monkeypatch.setattr("talking_head.film.producer.make", make)
    return films


def say(*options: str, text: str = "Hello.") -> str:
    """Say something with these options; the sentence of the refusal."""
    with pytest.raises(TalkingHeadError) as refused:
        CliRunner().invoke(app, ["say", text, *options], catch_exceptions=False)
    return str(refused.value)


def test_nought_is_a_value(asked: list[tuple[FilmSpec, Path, str]]) -> None:
    say("--expressiveness", "0")
    assert asked[0][0].expressiveness == 0


def test_nought_goes_before_what_the_film_says(tmp_path: Path, asked: list[tuple[FilmSpec, Path, str]]) -> None:
    film = tmp_path / "film.json"
    film.write_text(json.dumps({"seed": 5, "speed": 1.5}))
    say("--film", str(film), "--seed", "0", "--speed", "1")
    assert (asked[0][0].seed, asked[0][0].speed) == (0, 1)


@pytest.mark.parametrize(
    ("option", "value", "needed"),
    [
        ("--caption-style", "plain", "--subtitles"),
        ("--caption-position", "top", "--subtitles"),
        ("--logo-corner", "top-left", "--logo"),
        ("--music-db", "-3", "--music"),
        ("--duck-db", "0", "--music"),
    ],
)
def test_an_option_that_would_do_nothing_says_what_it_needs(option: str, value: str, needed: str) -> None:
    sentence = say(option, value)
    assert option in sentence
    assert needed in sentence


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--framing", "4:3"),
        ("--size", "7"),
        ("--head-x", "9"),
        ("--music-db", "9"),
        ("--logo-corner", "middle"),
        ("--mood", "sour"),
    ],
)
def test_a_refusal_names_the_option_that_was_given(option: str, value: str) -> None:
    sentence = say(option, value, "--logo", "logo.png", "--music", "song.mp3")
    assert sentence.startswith(f"{option} cannot be ")
    assert value.lstrip("-") in sentence


def test_what_a_film_says_is_named_as_it_is_there(tmp_path: Path) -> None:
    film = tmp_path / "film.json"
    film.write_text(json.dumps({"lines": 7}))
    assert "“lines” cannot be '7'" in say("--film", str(film))


def test_a_file_of_another_kind_is_refused() -> None:
    assert ".avi" in say("-o", "hello.avi")


def test_a_name_without_an_ending_is_a_folder(tmp_path: Path, asked: list[tuple[FilmSpec, Path, str]]) -> None:
    say("-o", str(tmp_path / "films") + "/")
    spec, out, name = asked[0]
    assert (out, name, spec.format) == (tmp_path / "films", "Hello", "mp4")
    assert out.is_dir()


def test_a_film_with_alpha_keeps_its_kind_without_a_name(
    tmp_path: Path, asked: list[tuple[FilmSpec, Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    film = tmp_path / "film.json"
    film.write_text(json.dumps({"format": "webm-alpha"}))
    say("--film", str(film))
    spec, out, name = asked[0]
    assert (out, name, spec.format) == (Path(), "out", "webm-alpha")


def test_a_table_needs_a_folder(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("name\nAnn\n")
    assert "folder" in say("--rows", str(rows), text="Hello {name}.")
    assert "folder" in say("--rows", str(rows), "-o", str(tmp_path / "out.mp4"), text="Hello {name}.")


def test_a_folder_that_keeps_nothing_is_told_before_a_film_is_made(asked: list[tuple[FilmSpec, Path, str]]) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("no /proc here, the folder that nobody, root included, can write into")
    assert "cannot be written" in say("-o", "/proc/film.mp4")
    assert asked == []
