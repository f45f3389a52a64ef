"""The knowledge of every presenter: which folder it comes from, where its index lies, and keeping the two alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from talking_head.errors import InputError
from talking_head.folders import home
from talking_head.knowledge import documents
from talking_head.knowledge.embedder import Embedder, MiniLmEmbedder
from talking_head.knowledge.store import Store, digest

FOLDER = "knowledge"  # beside a presenter's portrait: documents that belong to it


class Library:
    """Indexes by presenter, opened at their first use. The embedder is loaded once, for all of them."""

    def __init__(self, embedder: Callable[[], Embedder] = MiniLmEmbedder) -> None:
        self._make, self._embedder = embedder, None if embedder is MiniLmEmbedder else embedder()
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def store(self, presenter: str) -> Store:
        """The index of ``presenter``, made when missing. Raises MissingModelError and InputError."""
        with self._lock:
            if presenter not in self._stores:
                self._embedder = self._embedder or self._make()
                self._stores[presenter] = Store(index(presenter), self._embedder)
            return self._stores[presenter]

    def sync(self, presenter: str, folder: Path, told: Callable[[str], None] = lambda _: None) -> Store:
        """Bring the index up to the documents in ``folder``: new and changed ones are read, vanished ones forgotten.

        Documents that were added by hand stay. ``told`` hears a sentence a file; one that cannot be read is told and left out.
        """
        store = self.store(presenter)
        known = {entry.name: entry for entry in store.entries()}
        prefix = f"{FOLDER}/"
        present = set()
        for file in sorted(p for p in folder.rglob("*") if p.is_file() and documents.readable(p)):
            name = prefix + file.relative_to(folder).as_posix()
            present.add(name)
            try:
                document = documents.read(file)
            except InputError as error:
                told(str(error))
                continue
            document = documents.Document(name, document.title, document.sections)
            if name not in known or known[name].digest != digest(document):
                told(f"{name}: {store.add(document)} passages")
        for name in known:
            if name.startswith(prefix) and name not in present:
                store.remove(name)
                told(f"{name}: forgotten")
        return store

    def close(self) -> None:
        """Close every index."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()


def index(presenter: str) -> Path:
    """Where the index of ``presenter`` lies."""
    return home() / "knowledge" / f"{presenter}.sqlite"
