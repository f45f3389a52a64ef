"""Documents that are small and unfold: each is refused or read in linear time, and nobody waits for it."""

from __future__ import annotations

import io
import zipfile

import pytest

from talking_head.errors import InputError
from talking_head.knowledge import apart
from talking_head.knowledge.chunks import cut
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


def pdf(pages: int, depth: int) -> bytes:
    """Each page draws a form that draws a form twice, and so on: two to the power of ``depth`` drawings."""
    kids, first = " ".join(f"{3 + page} 0 R" for page in range(pages)), pages + 3
    drawn = f"/MediaBox[0 0 9 9]/Contents {first} 0 R/Resources<</XObject<</X {first} 0 R>>>>"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    objects += [f"<</Type/Page/Parent 2 0 R{drawn}>>"] * pages
    for level in range(depth):
        drawn = "/X Do /X Do" if level < depth - 1 else "BT (x) Tj ET"
        form = f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {first + level + 1} 0 R>>>>"
        objects.append(f"<<{form}/Length {len(drawn)}>>stream\n{drawn}\nendstream")
    body, places = "%PDF-1.7\n", list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer <</Size {len(objects) + 1}/Root 1 0 R>>\n"
    return f"{body}{head}startxref\n{len(body)}\n%%EOF\n".encode()


@pytest.mark.parametrize(
    ("name", "data"), [("a.html", b"<a " * 400_000), ("a.pdf", pdf(pages=500, depth=40))], ids=["tags", "forms of a PDF"]
)
def test_what_keeps_a_parser_busy_for_hours_is_given_up(name: str, data: bytes) -> None:
    with pytest.raises(InputError, match="more memory or time"):
        apart.sections(name, data, cpu_s=3)


def test_a_harmless_pdf_of_that_make_is_read() -> None:
    assert [text.split() for _, text, _ in apart.sections("a.pdf", pdf(pages=2, depth=2))] == [["x"] * 4] * 2


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.html", "A.HTM"])
def test_what_may_unfold_is_read_by_nobody_here(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "sections", lambda *_: [("", "read elsewhere", "")])
    assert [section.text for section in parse(name, b"").sections] == ["read elsewhere"]


def test_a_parser_that_stumbles_is_no_traceback() -> None:
    broken = bytearray(docx("<w:p><w:t>Hello, and a few more words than that.</w:t></w:p>"))
    at = broken.index(b"word/document.xml") + len(b"word/document.xml")
    broken[at : at + 8] = b"\xff" * 8  # no stream of zlib begins so
    with pytest.raises(InputError, match="is damaged"):
        parse("a.docx", bytes(broken))


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


@pytest.mark.parametrize("word", [">", "a", "[[]", "一"])
def test_a_word_as_long_as_a_file_is_cut(word: str) -> None:
    """What reads a passage, when somebody asks, reads it more than once, and everybody else waits."""
    text = word * (120_000 // len(word))
    passages = cut(parse("a.txt", f"Before it. {text} After it.".encode()))
    assert max(len(passage.text) for passage in passages) <= 1300
    assert "".join(passage.text for passage in passages).count(word) >= text.count(word)


def test_a_heading_as_long_as_a_file_is_cut() -> None:
    (passage,) = cut(parse("a.md", b"# " + b"long " * 20_000 + b"\nThe end."))
    assert len(passage.searched) < 400


def test_links_headings_and_comments_are_read_as_before() -> None:
    (only,) = parse("a.md", b"# C# and F# ##\n<!-- a\nnote -->See [the page](http://x.y/a_(b)) and ![a cat](cat.png).").sections
    assert (only.heading, only.text) == ("C# and F#", "See the page and a cat.")
