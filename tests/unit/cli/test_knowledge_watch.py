"""``knowledge watch``: answers follow a folder while files come, change and go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from talking_head.cli import knowledge
from talking_head.face import avatars
from talking_head.knowledge import library
from talking_head.knowledge.answer import look_up
from talking_head.knowledge.library import Library
from talking_head.knowledge.store import Store
from tests.paths import ROOT
from tests.unit.knowledge.bags import Bags

PRICES = "# Boats\n\nA sailing boat costs twenty euros an hour.\n"
QUESTION = "What does a sailing boat cost?"


def answer() -> str:
    """What another process (a server) answers from anna's index at this moment; empty: nothing."""
    store = Store(library.index("anna"), Bags())
    try:
        found = look_up(store, QUESTION)
        return found.text if found.known else ""
    finally:
        store.close()


def scenes(folder: Path, seen: list[str]) -> Iterator[None]:
    """A file comes, changes, is joined by one that nobody can read, and goes; what is answered after each look."""
    seen.append(answer())
    (folder / "boats.md").write_text(PRICES, "utf-8")
    yield
    seen.append(answer())
    (folder / "boats.md").write_text(PRICES.replace("twenty", "thirty-three"), "utf-8")
    yield
    seen.append(answer())
    (folder / "broken.pdf").write_bytes(b"no pdf")
    yield
    seen.append(answer())
    (folder / "boats.md").unlink()
    yield
    seen.append(answer())


@pytest.fixture
def anna(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A presenter without knowledge; the folder where hers will lie."""
    made = avatars.user_folder() / "anna"
    shutil.copytree(ROOT / "avatars" / "marcus", made, ignore=shutil.ignore_patterns(library.FOLDER))
    (made / "avatar.toml").write_text('name = "anna"\ntitle = "Anna"\n', "utf-8")
    monkeypatch.setattr(library, "library", lambda kind: Library(Bags, kind))
    return made / library.FOLDER


def between_looks(monkeypatch: pytest.MonkeyPatch, steps: Iterator[None]) -> None:
    """Instead of waiting for the next look, the next step is taken; after the last one somebody presses Ctrl-C."""

    def sleep(_: float) -> None:
        if next(steps, "end") == "end":
            raise KeyboardInterrupt

    monkeypatch.setattr(knowledge, "time", SimpleNamespace(sleep=sleep))


@pytest.mark.parametrize("own", [True, False], ids=["her own folder", "a folder that is named"])
def test_answers_follow_what_is_written_changed_and_deleted(
    anna: Path, tmp_path: Path, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = anna if own else tmp_path / "elsewhere"
    folder.mkdir()
    seen = list[str]()
    between_looks(monkeypatch, scenes(folder, seen))
    told = CliRunner().invoke(knowledge.app, ["watch", *([] if own else [str(folder)]), "--presenter", "anna"])
    before, came, changed, beside_a_broken_one, gone = seen
    assert before == gone == ""
    assert "twenty" in came
    assert "thirty-three" in changed
    assert beside_a_broken_one == changed
    assert "broken.pdf" in told.output
    assert "boats.md: forgotten" in told.output


def test_who_asks_and_lists_gets_what_the_folder_holds_by_now(anna: Path) -> None:
    anna.mkdir()
    (anna / "boats.md").write_text(PRICES, "utf-8")
    asked = CliRunner().invoke(knowledge.app, ["ask", QUESTION, "--presenter", "anna"])
    assert asked.exit_code == 0
    assert "twenty euros" in asked.stdout
    (anna / "boats.md").unlink()
    assert "boats" not in CliRunner().invoke(knowledge.app, ["list", "--presenter", "anna"]).stdout
