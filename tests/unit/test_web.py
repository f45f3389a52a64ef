"""The pages' files find one another: what a page, a script or a style sheet names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.paths import ROOT

WEB = ROOT / "web"
NAMED = {
    ".js": r'(?:from |import\()"([./][^"]+)"',
    ".css": r'@import url\("([^"]+)"\)',
    ".html": r'(?:href|src)="([^"#{]+\.(?:js|css|svg))"',
}
FILES = sorted(path for path in WEB.rglob("*") if path.suffix in NAMED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(WEB)))
def test_what_a_file_names_is_there(path: Path) -> None:
    names = re.findall(NAMED[path.suffix], path.read_text("utf-8"))
    absent = [name for name in names if not (WEB / name[1:] if name.startswith("/") else path.parent / name).is_file()]
    assert not absent
    assert path.suffix != ".html" or names  # the pattern still fits: no page stands alone


def test_what_other_parts_ask_of_the_pages_is_there() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "talking_head").rglob("*") if path.suffix in (".py", ".js")]
    names = {name for text in texts for name in re.findall(r'(?:import\(|href=)"(/[\w/.-]+\.(?:js|css))"', text)}
    assert {"/embed.js", "/embed.css", "/docs.css"} <= names
    assert not [name for name in names if not (WEB / name[1:]).is_file()]


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.css")), ids=lambda path: str(path.relative_to(WEB)))
def test_the_page_leaves_the_cores_to_the_face(path: Path) -> None:
    """Without a GPU a browser draws on the cores that load the models and draw the face (`docs/LOG.md` has the figures)."""
    sheet = path.read_text("utf-8")
    assert "backdrop-filter" not in sheet  # blurred again for every frame of whatever moves in front of it
    endless = re.findall(r"animation:[^;}]*infinite[^;}]*", sheet)
    assert not [each for each in endless if "steps(" not in each]  # not 60 pictures a second for a dot
    assert not re.search(r"transition:[^;}]*box-shadow", sheet)  # a shadow is painted anew for each of them


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.html")), ids=lambda path: str(path.relative_to(WEB)))
def test_every_page_has_the_colours_of_the_house(path: Path) -> None:
    """`tokens.css` gives them to `.talking-head`; a page without it is black on white in the browser's own type."""
    assert re.search(r'<html [^>]*class="talking-head"', path.read_text("utf-8"))


def test_buttons_of_the_face_keep_their_looks_in_pages_of_others() -> None:
    """A page's reset, such as Gradio's `[type=button] { background-color: transparent }`, is as strong as one class, and may
    come later: where a selector begins with a button of the player, the player stands before it.
    """
    sheet = (WEB / "player/player.css").read_text("utf-8")
    assert ".player .player-retry {" in sheet
    assert not re.findall(r"(?:^|[{,]\s*)\.player-(?:retry|sound)\b", sheet, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.html")), ids=lambda path: str(path.relative_to(WEB)))
def test_a_label_that_shows_a_value_says_which_field_it_names(path: Path) -> None:
    """An `output` can have a label, too: without `for` it takes the one around it, and the slider behind it has none."""
    page = path.read_text("utf-8")
    labels = re.findall(r"<label[^>]*>(?:(?!</label>).)*<(?:output|meter|progress)\b.*?</label>", page, re.DOTALL)
    assert path != WEB / "index.html" or len(labels) == 3
    for label in labels:
        named = re.match(r'<label for="([\w-]+)"', label)
        assert named, label
        assert re.search(rf'<input [^>]*id="{named[1]}"', label), label
