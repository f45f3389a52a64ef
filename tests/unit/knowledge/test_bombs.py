"""Documents that are small and unfold: each is refused or read in linear time, and nobody waits for it."""

from __future__ import annotations

import io
import zipfile

import pytest

from talking_head.errors import InputError
from talking_head.knowledge import apart
from talking_head.knowledge.documents import parse

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f"<w:d {WORD}>{body}</w:d>")
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 3_000 + f"<w:t>{'x' * 20_000}</w:t>" + "</w:p>" * 3_000,  # 60 MB of text
        "<w:p>" * 9_000 + f"<w:t>{'x' * 2_000_000}</w:t>" + "</w:p>" * 9_000,  # 18 GB
    ],
    ids=["too much text", "more than the memory"],
)
def test_nested_paragraphs_are_refused(body: str) -> None:
    data = docx(body)
    assert len(data) < 20_000
    with pytest.raises(InputError, match="split it"):
        parse("a.docx", data)


def test_what_keeps_a_parser_busy_for_hours_is_given_up() -> None:
    with pytest.raises(InputError, match="more memory or time"):
        apart.sections("a.html", b"<a " * 400_000, cpu_s=3)


# Each took its length squared on one core, with the interpreter's lock held: hours for the twenty megabytes that are taken.
@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 500_000,
        "[" * 2_000_000,
        "[a](" * 500_000,
        "![" * 1_000_000,
        "word" + "\n" * 2_000_000 + "word",
        "#  " * 600_000,
    ],
    ids=["comments", "brackets", "links", "pictures", "empty lines", "headings"],
)
def test_markdown_is_read_in_linear_time(text: str) -> None:
    assert parse("a.md", f"{text}\nAt last: the end.".encode()).sections[-1].text.endswith("At last: the end.")


def test_links_headings_and_comments_are_read_as_before() -> None:
    (only,) = parse("a.md", b"# C# and F# ##\n<!-- a\nnote -->See [the page](http://x.y/a_(b)) and ![a cat](cat.png).").sections
    assert (only.heading, only.text) == ("C# and F#", "See the page and a cat.")
