"""Films of the Gradio demo: one at a time, and whoever asked for one may cancel it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from talking_head.config import Config
from talking_head.film.producer import Film
from talking_head.film.spec import FilmSpec
from talking_head.gradio_ui import films as module
from talking_head.gradio_ui.films import Cancelled, FilmService
from talking_head.server.container import AppContainer


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> Iterator[FilmService]:
    """A service whose producer makes a film of the text "short" at once, and of any other never ends."""

    def make(spec: FilmSpec, files: Any, cast: Any, work: Path, out: Path, *, tell: Any, notes: Any) -> Film:
        while spec.text != "short":
            tell(0.5, "1 of 2 frames")
        return Film(out / "short.mp4", (), 1.0, 25, 512, 512)

    monkeypatch.setattr(module, "make", make)
    container = SimpleNamespace(config=Config(), faces=SimpleNamespace(is_guest=lambda name: False))
    service = FilmService(cast(AppContainer, container))
    yield service
    service.close()


def test_a_film_is_cancelled_by_whoever_asked_for_it_and_by_nobody_else(films: FilmService, tmp_path: Path) -> None:
    begun, ended = threading.Event(), threading.Event()
    told: list[BaseException] = []

    def long() -> None:
        try:
            films.film(FilmSpec(text="long"), {}, tmp_path, tell=lambda *_: begun.set(), visitor="ann")
        except Cancelled as error:
            told.append(error)
        ended.set()

    thread = threading.Thread(target=long, daemon=True)
    thread.start()
    assert begun.wait(60)
    assert not films.stop("ben")
    assert not ended.is_set()
    assert films.stop("ann")
    assert ended.wait(60)
    assert len(told) == 1
    assert not films.stop("ann")  # it has ended
    made = films.film(FilmSpec(text="short"), {}, tmp_path, tell=lambda *_: None, visitor="ann")
    assert made.frames == 25
    assert list(tmp_path.iterdir()) == []  # nothing is left of either
