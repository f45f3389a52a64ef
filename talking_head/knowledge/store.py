"""The index of a presenter's documents: one SQLite file with the passages, their words (FTS5) and their vectors.

Vectors are compared one by one in NumPy: exact, and for the some thousand passages of a handbook faster than a query. (An
index such as sqlite-vec would have to be loaded into SQLite, which many Pythons are built without.)
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from talking_head.errors import InputError
from talking_head.knowledge.chunks import Passage, cut, sentences, words_of_meaning
from talking_head.knowledge.documents import Document
from talking_head.knowledge.embedder import Embedder, Threshold
from talking_head.knowledge.facts_asked import bonus
from talking_head.system.disk import told_when_full
from talking_head.types import F32

MAX_PASSAGES = 20_000
_AT_ONCE = 16  # passages between two words on progress
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, title TEXT, digest TEXT, added TEXT);
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY, document TEXT REFERENCES documents ON DELETE CASCADE,
    heading TEXT, question TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS vectors (passage INTEGER REFERENCES passages ON DELETE CASCADE, vector BLOB);
CREATE INDEX IF NOT EXISTS vectors_of ON vectors (passage);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (heading, question, text, tokenize = 'porter unicode61');
CREATE TRIGGER IF NOT EXISTS passage_in AFTER INSERT ON passages BEGIN
    INSERT INTO words (rowid, heading, question, text) VALUES (new.id, new.heading, new.question, new.text); END;
CREATE TRIGGER IF NOT EXISTS passage_out AFTER DELETE ON passages BEGIN
    DELETE FROM words WHERE rowid = old.id; END;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the index holds it. ``digest``: SHA-256 of its passages, to see whether it changed."""

    name: str
    title: str
    passages: int
    added: str
    digest: str


class Store:
    """Passages in ``path`` (made when missing; ":memory:" for none). May be used from any thread."""

    def __init__(self, path: Path | str, embedder: Embedder) -> None:
        """Raises InputError if the file is not such an index, or was made with another embedder; DiskError."""
        self._embedder = embedder
        self._lock = threading.Lock()
        self._vectors: tuple[list[int], F32] | None = None
        self._version = 0  # of the file as this connection last saw it: another process may write to it
        self._file = path if isinstance(path, Path) else None
        try:
            with told_when_full(self._file):
                if self._file is not None:
                    self._file.parent.mkdir(parents=True, exist_ok=True)
                self._base = sqlite3.connect(path, check_same_thread=False)
                self._base.execute("PRAGMA foreign_keys = ON")
                self._base.executescript(_SCHEMA)
                self._base.execute("INSERT OR IGNORE INTO facts VALUES ('embedder', ?)", (embedder.name,))
                self._base.commit()
                made_with = self._base.execute("SELECT value FROM facts WHERE name = 'embedder'").fetchone()[0]
        except sqlite3.Error as error:
            raise InputError(
                "The index of this presenter's knowledge cannot be read: delete it and add the documents again."
            ) from error
        if made_with != embedder.name:
            raise InputError(f"This knowledge was indexed with {made_with}: delete the index and add the documents again.")

    def add(self, document: Document, told: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Index ``document``, instead of what it held before under that name. Returns the number of its passages.

        ``told(done, total)`` hears how many passages are ready; an exception that it raises stops the work. Raises
        InputError when the index would grow beyond MAX_PASSAGES, DiskError where the disk is full. Until the last passage is
        ready nothing has changed.
        """
        passages = cut(document)
        self._check_room(document.name, len(passages))
        rows: list[tuple[Passage, F32]] = []
        for at in range(0, len(passages), _AT_ONCE):
            told(at, len(passages))
            views = [p.views for p in passages[at : at + _AT_ONCE]]
            vectors = self._embedder.embed([view for of_one in views for view in of_one])
            ends = np.cumsum([len(of_one) for of_one in views])[:-1]
            rows += zip(passages[at : at + _AT_ONCE], np.split(vectors, ends), strict=True)
        told(len(passages), len(passages))
        with self._changing() as base:
            self._check_room(document.name, len(passages), base)
            base.execute("DELETE FROM documents WHERE name = ?", (document.name,))
            now = datetime.now(UTC).isoformat(timespec="seconds")
            base.execute("INSERT INTO documents VALUES (?, ?, ?, ?)", (document.name, document.title, digest(document), now))
            for passage, of_one in rows:
                made = base.execute(
                    "INSERT INTO passages (document, heading, question, text) VALUES (?, ?, ?, ?)",
                    (passage.document, passage.heading, passage.question, passage.text),
                )
                base.executemany("INSERT INTO vectors VALUES (?, ?)", [(made.lastrowid, v.tobytes()) for v in of_one])
        return len(passages)

    def remove(self, name: str) -> bool:
        """Forget a document; False if there is none of that name."""
        with self._changing() as base:
            return base.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount > 0

    def entries(self) -> list[Entry]:
        """The documents, by name."""
        held = "(SELECT count(*) FROM passages WHERE document = name)"
        query = f"SELECT name, title, {held}, added, digest FROM documents ORDER BY name"
        with self._lock:
            return [Entry(*row) for row in self._base.execute(query)]

    def passage(self, number: int) -> Passage | None:
        """The passage of that number; None where its document was removed meanwhile."""
        with self._lock:
            row = self._base.execute(
                "SELECT document, heading, text, question FROM passages WHERE id = ?", (number,)
            ).fetchone()
        return None if row is None else Passage(*row)

    def headings(self) -> list[str]:
        """The headings of all passages, each once."""
        with self._lock:
            return [row[0] for row in self._base.execute("SELECT heading FROM passages GROUP BY heading ORDER BY min(id)")]

    def by_words(self, question: str, count: int) -> list[int]:
        """Numbers of the passages that share words with ``question``, best first (BM25; headings weigh double)."""
        words = [w for w in words_of_meaning(question) if len(w) > 1]
        if not words:
            return []
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 2.0, 2.0, 1.0) LIMIT ?"
        with self._lock:
            return [row[0] for row in self._base.execute(query, (" OR ".join(f'"{w}"' for w in words), count))]

    def by_meaning(self, question: str) -> list[tuple[int, float]]:
        """Every passage with the cosine −1…1 of its nearest view to ``question``, nearest first."""
        return sorted(((number, near) for number, (near, _) in self.by_name(question).items()), key=lambda item: -item[1])

    def by_name(self, question: str) -> dict[int, tuple[float, float]]:
        """Every passage with the cosines −1…1 of its nearest view and of its name to ``question``."""
        numbers, vectors = self._matrix()
        best: dict[int, tuple[float, float]] = {}
        if numbers:
            for number, near in zip(numbers, (vectors @ self._embedder.ask(question)).tolist(), strict=True):
                best[number] = (max(best[number][0], near), best[number][1]) if number in best else (-1.0, near)
        return best

    def nearest(self, question: str) -> float:
        """Cosine −1…1 of the passage that is nearest to ``question``; −1 where there is none."""
        return max((near for _, near in self.by_meaning(question)), default=-1.0)

    def stands_out(self, question: str, number: int) -> float:
        """How much nearer to ``question`` the nearest sentence of that passage is than its sentences on average, 0…2; one that
        tells the kind of fact that is wanted counts as nearer (``facts_asked.bonus``).

        What the question and the whole passage have in common, their subject, is in both and falls away; 0 for a passage of
        less than three sentences, which have no average to speak of.
        """
        passage = self.passage(number)
        parts = [] if passage is None else sentences(passage.text)
        count = len(parts)
        if count < 3:
            return 0.0
        numbers, vectors = self._matrix()
        rows = [row for row, of in enumerate(numbers) if of == number][-count:]  # the sentences are its last views
        near = vectors[rows] @ self._embedder.ask(question)
        if len(rows) != count:  # two sentences that are alike have one view
            return float(near.max() - near.mean()) if rows else 0.0
        return float((near + [bonus(question, part) for part in parts]).max() - near.mean())

    @property
    def views(self) -> int:
        """With how many texts a question is compared."""
        numbers, _ = self._matrix()
        return len(numbers) - len(set(numbers))  # the first of each passage is its name

    def near(self, question: str, texts: list[str]) -> list[float]:
        """Cosine of each of ``texts`` to ``question``, and a little more where it tells the kind of fact that is wanted."""
        near = self._embedder.embed(texts) @ self._embedder.ask(question)
        return [float(value) + bonus(question, text) for value, text in zip(near, texts, strict=True)]

    def threshold(self, question: str) -> Threshold:
        """How near to ``question`` a passage must be to answer it."""
        return self._embedder.threshold(question)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _check_room(self, name: str, more: int, base: sqlite3.Connection | None = None) -> None:
        query, of = "SELECT count(*) FROM passages WHERE document IS NOT ?", (name,)
        if base is not None:
            held = base.execute(query, of).fetchone()[0]
        else:
            with self._lock:
                held = self._base.execute(query, of).fetchone()[0]
        if held + more > MAX_PASSAGES:
            raise InputError(f"“{name}” does not fit: a presenter knows at most {MAX_PASSAGES} passages.")

    def _matrix(self) -> tuple[list[int], F32]:
        with self._lock:
            version = self._base.execute("PRAGMA data_version").fetchone()[0]  # changes when another connection has written
            if self._vectors is None or version != self._version:
                self._version = version
                rows = self._base.execute("SELECT passage, vector FROM vectors ORDER BY rowid").fetchall()
                stacked = [np.frombuffer(row[1], np.float32) for row in rows]
                self._vectors = [row[0] for row in rows], np.stack(stacked) if rows else np.zeros((0, 1), np.float32)
            return self._vectors

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with told_when_full(self._file), self._base:  # all of it or nothing
                    yield self._base
            except sqlite3.OperationalError as error:
                raise InputError("The index of this presenter's knowledge cannot be written; try again in a minute.") from error
            finally:
                self._vectors = None


def digest(document: Document) -> str:
    """SHA-256 of the passages of a document and of the views that they are seen by: an index of other views is made anew."""
    text = "\0".join(part for p in cut(document) for part in (p.heading, p.question, p.text, *p.views))
    return hashlib.sha256(text.encode()).hexdigest()
