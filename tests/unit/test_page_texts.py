"""The page's words: a module a language, all with the same keys, and no words beside them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from talking_head.errors import InputCode, JobCode, PhotoCode
from talking_head.media_files.remarks import RemarkCode

WEB = Path(__file__).resolve().parents[2] / "web"
TEXTS = WEB / "texts"
PARTS = (TEXTS, TEXTS / "server")  # the page's own words; what the server says, by its code
LANGUAGES = sorted(path.stem for path in TEXTS.glob("*.js"))
PAGES = [WEB / "index.html", WEB / "verify.html", *WEB.glob("studio*/*.html"), *WEB.glob("studio*.html")]
SCRIPTS = [path for path in WEB.rglob("*.js") if TEXTS not in path.parents]
SPOKEN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt"}
FOR_PROGRAMMERS = {"docs.js"}
UNSEEN = {"The page left while the session was opening."}  # of an error that is caught
NOT_WORDS = {"Enter", "Esc"}  # what stands on keys
BUILT = {
    "state",
    "mood",
    "liveliness",
    "articulation",
    "quality",
    "error",
    "remark",
    "voice",
    "speaks",
    "consent",
    "history",
    "memory",
    "recording",
}  # `${…}` in a key


def _texts(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in PARTS:
        text = (part / f"{language}.js").read_text("utf-8").partition("export default ")[2].strip().removesuffix(";")
        words: dict[str, str] = json.loads(text)
        assert not set(words) & set(found)
        found |= words
    return found


def _keys() -> set[str]:
    return set(_texts("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_words_for_all_that_english_has(language: str) -> None:
    english, texts = _texts("en"), _texts(language)
    assert list(texts) == list(english), set(texts) ^ set(english)
    for key, words in texts.items():
        assert words.strip(), key
        assert set(re.findall(r"\{\w+\}", words)) == set(re.findall(r"\{\w+\}", english[key])), key


def test_chinese_is_chinese() -> None:
    codes = {"language.name"}
    bare = [key for key, words in _texts("zh").items() if words.isascii() and key not in codes]
    assert set(bare) <= {"language.tag", "stats.of"}


def test_pages_have_a_sentence_for_whatever_a_photo_or_a_form_is_refused_for() -> None:
    assert {f"error.{code}" for code in get_args(InputCode)} <= _keys()
    assert {f"error.{code}" for code in get_args(PhotoCode) if code != "photo"} <= _keys()


def test_pages_have_a_sentence_for_whatever_a_job_fails_of() -> None:
    assert {f"error.{code}" for code in get_args(JobCode)} <= _keys()


def test_pages_have_a_sentence_for_every_remark_on_a_file_and_no_other() -> None:
    assert {f"remark.{code}" for code in get_args(RemarkCode)} == {key for key in _keys() if key.startswith("remark.")}


def test_every_language_is_on_the_page() -> None:
    imports = set(re.findall(r'from "\./texts/([\w/]+)\.js"', (WEB / "i18n.js").read_text("utf-8")))
    assert imports == {str(path.relative_to(TEXTS).with_suffix("")) for path in TEXTS.rglob("*.js")}
    assert {path.stem for path in (TEXTS / "server").glob("*.js")} == set(LANGUAGES)


def test_scripts_and_pages_use_keys_that_there_are_and_no_key_is_left_over() -> None:
    used: set[str] = set()
    for path in [*SCRIPTS, *PAGES]:
        text = _without_comments(path)
        used |= set(re.findall(r'data-i18n="([\w.]+)"', text))
        attributes = re.findall(r'data-i18n-attr="([^"]+)"', text)
        used |= {pair.partition(":")[2].strip() for pairs in attributes for pair in pairs.split(";")}
        used |= {key for key in re.findall(r'"([a-z_]+\.[a-z_0-9]+)"', text) if key.partition(".")[0] in _groups()}
    assert used <= _keys(), used - _keys()
    left = {key for key in _keys() - used if key.partition(".")[0] not in BUILT}
    assert not left


def _without_comments(path: Path) -> str:
    return re.sub(r"^\s*//.*$|^\s*/?\*.*$|\s//\s.*$", "", path.read_text("utf-8"), flags=re.M)


@pytest.mark.parametrize("path", [path for path in SCRIPTS if path.name not in FOR_PROGRAMMERS], ids=lambda path: path.name)
def test_a_script_has_no_sentences_of_its_own(path: Path) -> None:
    sentences = re.findall(r"[\"`>]([A-Z][a-z’]+ [a-z]+[^\"`<]*)[\"`<]", _without_comments(path))
    assert not [sentence for sentence in sentences if sentence not in UNSEEN]


def _groups() -> set[str]:
    return {key.partition(".")[0] for key in _keys()}


class _Words(HTMLParser):
    """Words that a visitor reads or hears, and whether i18n.js knows of them."""

    def __init__(self) -> None:
        super().__init__()
        self.english = _texts("en")
        self.open: list[tuple[str, str | None]] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        known = dict(pair.split(":") for pair in (values.get("data-i18n-attr") or "").replace(" ", "").split(";") if pair)
        for name in SPOKEN_ATTRIBUTES & set(values):
            words = values[name]
            if words and name not in known:
                self.problems.append(f"{tag} {name}={words}")
            elif words and self.english[known[name]] != words:
                self.problems.append(f"{tag} {name}: {words} is not {self.english[known[name]]}")
        if tag not in ("meta", "link", "input", "img", "path", "rect", "circle", "br"):
            self.open.append((tag, values.get("data-i18n")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        words = data.strip()
        unread = {"script", "style", "noscript", "code"} & {tag for tag, _ in self.open}
        key = self.open[-1][1] if self.open else None
        if unread or words in NOT_WORDS or not re.search(r"[^\W\d_]{2}", words):
            return
        if key is None:
            self.problems.append(words)
        elif self.english[key] != words:
            self.problems.append(f"{words} is not {self.english[key]}")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_has_no_words_of_its_own(path: Path) -> None:
    words = _Words()
    words.feed(path.read_text("utf-8"))
    assert words.problems == []
