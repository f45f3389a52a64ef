"""A manifest and a model of one's own."""

from __future__ import annotations

import hashlib
from pathlib import Path

DATA = bytes(range(256)) * 400
SHA = hashlib.sha256(DATA).hexdigest()


def silent(what: str, done: int, total: int) -> None:
    """No progress bar."""


def own_manifest(cache: Path, text: str) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "manifest.toml").write_text("format = 1\n" + text)


def entry(name: str, source: str, file: str = "m.onnx", more: str = "", sha: str = SHA) -> str:
    return (
        f'[[model]]\nname = "{name}"\ntitle = "A test"\nlicence = "MIT"\nsource = {source}\n{more}\n'
        f'[[model.file]]\nname = "{file}"\nmember = "pkg/{file}"\nbytes = {len(DATA)}\nsha256 = "{sha}"\n'
    )
