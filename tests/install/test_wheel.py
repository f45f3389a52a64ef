"""A wheel of the project works in an empty environment elsewhere: it finds its page, weights and presenters in itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.paths import ROOT

PUBLISHED = "https://code.somewhere.org/talking-head"


@pytest.fixture(scope="module")
def command(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``talking-head`` of an environment that holds the wheel; its dependencies are this environment's, read in place."""
    folder = tmp_path_factory.mktemp("elsewhere")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    source = folder / "source"  # a copy: setuptools would leave its build folder in the clone, and take what lies in an old one
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests", "docs"))
    wheel = ["wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    published = {**environment(), "TALKING_HEAD_URL": PUBLISHED}
    subprocess.run([*pip, *wheel], check=True, capture_output=True, env=published)
    venv.create(folder / "env", symlinks=True)
    python = folder / "env" / "bin" / "python"
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True).strip()
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    wheel_file = str(next(folder.glob("*.whl")))
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", wheel_file], check=True)
    return folder / "env" / "bin" / "talking-head"


def run(command: Path, *arguments: str) -> str:
    done = subprocess.run([command, *arguments], capture_output=True, text=True, cwd=command.parent, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """Nothing of this clone on the path."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


def test_the_package_is_the_wheel_and_holds_everything(command: Path) -> None:
    code = "import talking_head, json; from talking_head.folders import shipped; "
    code += "print(json.dumps([str(shipped(n)) for n in ('web', 'weights', 'avatars')]))"
    python = command.with_name("python")
    out = subprocess.check_output([python, "-c", code], text=True, cwd=command.parent, env=environment())
    for folder in map(Path, json.loads(out)):
        assert command.parents[1] in folder.parents
        original = ROOT / folder.name
        files = {str(f.relative_to(original)) for f in original.rglob("*") if f.is_file()}
        assert {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()} == files


def test_the_metadata_name_where_it_is_published(command: Path) -> None:
    code = "from importlib.metadata import metadata; print(metadata('talking-head').get_all('Project-URL'))"
    out = subprocess.check_output([command.with_name("python"), "-c", code], text=True, cwd=command.parent, env=environment())
    assert f"Issues, {PUBLISHED}/issues" in out
    assert f"Source, {PUBLISHED}" in out


def test_doctor_and_pull_find_everything(command: Path) -> None:
    report = json.loads(run(command, "doctor", "--json").splitlines()[-1])
    assert report["problems"] == []
    assert "are here and verified" in run(command, "pull")


def test_say_makes_a_film(command: Path, tmp_path: Path) -> None:
    made = json.loads(run(command, "say", "Hello.", "--json", "-o", str(tmp_path / "hello.mp4")).splitlines()[-1])
    assert made["frames"] > 10
    assert (tmp_path / "hello.mp4").stat().st_size > 10_000


@contextmanager
def served(command: Path) -> Iterator[str]:
    """The address of ``talking-head serve``, once it says so."""
    process = subprocess.Popen(
        [command, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=command.parent,
        env=environment(),
    )
    guard = threading.Timer(240, process.kill)
    guard.start()
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready"):
                yield next(word for word in line.split() if word.startswith("http"))
                break
        else:
            raise AssertionError("".join(said))
    finally:
        guard.cancel()
        process.terminate()
        process.wait(30)
        process.stdout.close()


def test_serve_shows_the_page(command: Path) -> None:
    with served(command) as address:
        assert b"<title" in urllib.request.urlopen(address, timeout=30).read()
        assert urllib.request.urlopen(f"{address}/healthz", timeout=30).status == 200
