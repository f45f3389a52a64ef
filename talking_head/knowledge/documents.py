"""Documents of a knowledge folder, read into sections: Markdown, text, HTML, PDF, DOCX and tables of questions and answers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from talking_head.errors import InputError
from talking_head.knowledge import apart

MAX_BYTES = 20_000_000  # of a file, packed or unpacked
MAX_PAGES = 2_000
_TARGET = r"\([^()\n]{0,1000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)"  # of a link; an address may hold brackets once
_APART = frozenset({".pdf", ".docx", ".html", ".htm"})  # kinds that unfold: a few kilobytes can ask for hours and gigabytes
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading. ``question``: what it answers, where the document says so."""

    heading: str
    text: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's ``name``, its ``title`` (first heading, else the name) and its sections in order."""

    name: str
    title: str
    sections: tuple[Section, ...]


def readable(path: Path | str) -> bool:
    """Whether the ending of ``path`` is one that :func:`read` knows."""
    return Path(path).suffix.lower() in _READERS


def read(path: Path) -> Document:
    """Read a file. Raises InputError, in a sentence that names the file, for what cannot be read or is too large."""
    _reader(path.name)  # before its bytes: an unknown kind may be large
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise InputError(f"“{path.name}” cannot be read: {error.strerror or 'no access'}.") from None
    if data is None:
        raise InputError(f"“{path.name}” is larger than {MAX_BYTES // 1_000_000} MB: split it.")
    return parse(path.name, data)


def parse(name: str, data: bytes) -> Document:
    """The document that a file's ``data`` is; the ending of ``name`` says of which kind. Raises InputError as :func:`read`."""
    _reader(name)
    if len(data) > MAX_BYTES:
        raise InputError(f"“{name}” is larger than {MAX_BYTES // 1_000_000} MB: split it.")
    told = apart.sections(name, data) if Path(name).suffix.lower() in _APART else rows(name, data)
    sections = [Section(*each) for each in told]
    if not sections:
        raise InputError(f"“{name}” holds no text. A scanned PDF has pictures of words only: recognise its text first.")
    title = next((s.heading for s in sections if s.heading), Path(name).stem)
    return Document(name, title, tuple(sections))


def rows(name: str, data: bytes) -> list[tuple[str, str, str]]:
    """Heading, text and question of each section, read here and now. Raises InputError."""
    found = [s for s in _reader(name)(data, name) if s.text.strip()]
    if sum(len(s.text) + len(s.heading) for s in found) > MAX_BYTES:
        raise InputError(f"“{name}” is larger than {MAX_BYTES // 1_000_000} MB once unpacked: split it.")
    return [(s.heading, s.text, s.question) for s in found]


def _reader(name: str) -> Callable[[bytes, str], list[Section]]:
    reader = _READERS.get(Path(name).suffix.lower())
    if reader is None:
        raise InputError(f"“{name}” cannot be read: knowledge comes as {', '.join(ENDINGS)}.")
    return reader


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _text(data: bytes, name: str) -> list[Section]:
    return [Section("", _decoded(data))]


def _markdown(data: bytes, name: str) -> list[Section]:
    """Headings become sections; a deeper heading keeps the names above it, so that “Returns › Costs” is found by both."""
    sections: list[Section] = []
    above: list[str] = []
    body: list[str] = []
    fenced = False

    def close() -> None:
        sections.append(Section(" › ".join(a for a in above if a), _plain("\n".join(body))))
        body.clear()

    for line in _decoded(data).splitlines():
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else re.match(r"(#{1,6})\s+(.*)", line)
        if heading is None:
            body.append(line)
            continue
        close()
        depth = len(heading[1])
        above[:] = [*(above + [""] * depth)[: depth - 1], _plain(heading[2].rstrip().rstrip("#").rstrip())]
    close()
    return sections


def _plain(text: str) -> str:
    """Markdown without its signs: links keep their words, emphasis and code their text. In linear time, whatever it holds."""
    text = _without_comments(text)
    text = re.sub(rf"!\[([^\[\]]{{0,400}})\]{_TARGET}", r"\1", text)
    text = re.sub(rf"\[([^\[\]]{{1,400}})\]{_TARGET}", r"\1", text)
    text = re.sub(r"(\*\*|__|`+|~~)", "", text)
    text = re.sub(r"(?<!\w)[*_](\S[^*_]*?)[*_](?!\w)", r"\1", text)
    return re.sub(r"^[ \t]*(?:[-*+]|>+)[ \t]+", "", text, flags=re.M)


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])


class _Html(HTMLParser):
    _SILENT = frozenset({"script", "style", "nav", "template", "noscript", "head"})
    _BREAKS = frozenset({"p", "div", "li", "tr", "br", "section", "article", "table", "ul", "ol", "dt", "dd", "blockquote"})

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[tuple[str, list[str]]] = [("", [])]
        self._silent = 0
        self._heading: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif re.fullmatch("h[1-6]", tag):
            self._heading = []
        elif tag in self._BREAKS:
            self.sections[-1][1].append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif re.fullmatch("h[1-6]", tag) and self._heading is not None:
            self.sections.append((" ".join("".join(self._heading).split()), []))
            self._heading = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        (self.sections[-1][1] if self._heading is None else self._heading).append(data)


def _html(data: bytes, name: str) -> list[Section]:
    parser = _Html()
    parser.feed(_decoded(data))
    parser.close()
    return [Section(heading, "".join(parts)) for heading, parts in parser.sections]


def _pdf(data: bytes, name: str) -> list[Section]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        pages = PdfReader(io.BytesIO(data)).pages
        if len(pages) > MAX_PAGES:
            raise InputError(f"“{name}” has more than {MAX_PAGES} pages: split it.")
        return [Section(f"page {n}", page.extract_text()) for n, page in enumerate(pages, 1)]
    except (PyPdfError, ValueError, KeyError, RecursionError, OSError) as error:
        raise InputError(f"“{name}” is not a PDF that can be read, or it is locked with a password.") from error


def _docx(data: bytes, name: str) -> list[Section]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            if box.getinfo("word/document.xml").file_size > MAX_BYTES:
                raise InputError(f"“{name}” is larger than {MAX_BYTES // 1_000_000} MB once unpacked: split it.")
            tree = ElementTree.fromstring(box.read("word/document.xml"))
    # zipfile raises a RuntimeError for a password, and for a compression that it does not know.
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, RuntimeError, OSError) as error:
        raise InputError(f"“{name}” is not a Word document (.docx) that can be read.") from error
    sections = [("", list[str]())]
    for paragraph in tree.iter(f"{_WORD}p"):
        text = "".join(node.text or "" for node in paragraph.iter(f"{_WORD}t"))
        style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
        if style is not None and str(style.get(f"{_WORD}val", "")).lower().startswith(("heading", "title")):
            sections.append((text.strip(), []))
        else:
            sections[-1][1].append(text)
    return [Section(heading, "\n".join(lines)) for heading, lines in sections]


def _csv(data: bytes, name: str) -> list[Section]:
    """Columns ``question`` and ``answer`` (any case, any order); without such names the first two columns."""
    try:
        table = [row for row in csv.reader(io.StringIO(_decoded(data))) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"“{name}” is no table that can be read: save it as CSV, with commas.") from error
    names = [cell.strip().lower() for cell in table[0]] if table else []
    if "question" in names and "answer" in names:
        q, a, table = names.index("question"), names.index("answer"), table[1:]
    else:
        q, a = 0, 1
    if any(len(row) <= max(q, a) for row in table):
        raise InputError(f"“{name}” needs two columns in every row, question and answer.")
    return [Section("", row[a].strip(), question=row[q].strip()) for row in table]


_READERS: dict[str, Callable[[bytes, str], list[Section]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
    ".csv": _csv,
}
ENDINGS = tuple(sorted(_READERS))  # of the files that can be read
