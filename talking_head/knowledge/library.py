"""The knowledge of every presenter: which folder it comes from, where its index lies, and keeping the two alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from talking_head.errors import InputError
from talking_head.folders import home
from talking_head.knowledge import documents
from talking_head.knowledge.embedder import Embedder, MiniLmEmbedder
from talking_head.knowledge.store import Store, digest

MULTILINGUAL = "multilingual"
FOLDER = "knowledge"  # beside a presenter's portrait: documents that belong to it


class Library:
    """Indexes by presenter, opened at their first use. The embedder is loaded once, for all of them."""

    def __init__(self, embedder: Callable[[], Embedder] = MiniLmEmbedder, kind: str = "") -> None:
        """``kind``: of the indexes that this embedder makes; they lie beside those of others."""
        self._make, self._kind = embedder, kind
        self._embedder: Embedder | None = None
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def store(self, presenter: str) -> Store:
        """The index of ``presenter``, made when missing. Raises MissingModelError and InputError."""
        with self._lock:
            if presenter not in self._stores:
                self._stores[presenter] = Store(index(presenter, self._kind), self._loaded())
            return self._stores[presenter]

    def embedder(self) -> Embedder:
        """The embedder of all indexes, loaded at its first use. Raises MissingModelError."""
        with self._lock:
            return self._loaded()

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

    def forget(self, presenter: str) -> None:
        """Delete the index of a presenter that is no more, so that a later one of its name knows nothing of it."""
        with self._lock:
            if (store := self._stores.pop(presenter, None)) is not None:
                store.close()
        for kind in ("", MULTILINGUAL):
            index(presenter, kind).unlink(missing_ok=True)

    def there(self, presenter: str) -> bool:
        """Whether ``presenter`` has an index already."""
        return index(presenter, self._kind).is_file()

    def _loaded(self) -> Embedder:
        self._embedder = self._embedder or self._make()
        return self._embedder

    def close(self) -> None:
        """Close every index, and let go of the embedder: 0.1 GB, which whoever still refers to this object would hold."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
            self._embedder = None


class Follower:
    """Keeps an index alike with files that lie anywhere: the new and the changed are read, the vanished forgotten. ``told``
    hears a sentence a file."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self._seen: dict[Path, tuple[int, int]] = {}  # time and size at the last look

    def look(self, store: Store, files: Iterable[Path]) -> None:
        """Bring ``store`` up to ``files`` as they are now. One that cannot be read is told once a change."""
        present = {}
        for file in files:
            try:
                about = file.stat()
            except OSError:  # gone meanwhile
                continue
            present[file] = about.st_mtime_ns, about.st_size
        for file in self._seen.keys() - present.keys():
            del self._seen[file]
            store.remove(file.name)
            self._told(f"{file.name}: forgotten")
        for file, now in present.items():
            if self._seen.get(file) == now:
                continue
            self._seen[file] = now
            try:
                self._told(f"{file.name}: {store.add(documents.read(file))} passages")
            except InputError as error:
                self._told(f"left out: {error}")


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What the documents in ``folder`` look like from outside (name, time, bytes): with another stamp something has changed."""
    found = []
    for file in sorted(p for p in folder.rglob("*") if documents.readable(p)) if folder.is_dir() else ():
        try:
            about = file.stat()
        except OSError:  # gone meanwhile
            continue
        found.append((file.relative_to(folder).as_posix(), about.st_mtime_ns, about.st_size))
    return tuple(found)


def library(kind: str = "") -> Library:
    """The library that ``knowledge.embedder`` names: "" or "english", or "multilingual"."""
    return Library(lambda: embedder(kind), MULTILINGUAL if kind == MULTILINGUAL else "")


def embedder(kind: str = "") -> Embedder:
    """The embedder of that name, loaded. Raises MissingModelError and MissingExtraError, which say what to do."""
    if kind != MULTILINGUAL:
        return MiniLmEmbedder()
    from talking_head.knowledge.multilingual import E5Embedder

    return E5Embedder()


def index(presenter: str, kind: str = "") -> Path:
    """Where the index of ``presenter`` lies, made by the embedder of this ``kind``."""
    return home() / "knowledge" / f"{presenter}{f'.{kind}' if kind else ''}.sqlite"
