"""The addresses in a wheel's metadata: those of whoever publishes it, or none."""

from __future__ import annotations

import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT

HUB = {
    "Homepage": "https://github.com/somebody/talking-head",
    "Source": "https://github.com/somebody/talking-head",
    "Issues": "https://github.com/somebody/talking-head/issues",
    "Changelog": "https://github.com/somebody/talking-head/blob/HEAD/CHANGELOG.md",
}


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with nothing in it but ``setup.py``."""
    monkeypatch.delenv("TALKING_HEAD_URL", raising=False)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "setup.py").write_bytes((ROOT / "setup.py").read_bytes())
    return tmp_path


def urls(clone: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What ``setup.py`` of ``clone`` hands to setuptools."""
    given: dict[str, Any] = {}
    monkeypatch.setattr("setuptools.setup", given.update)
    monkeypatch.setattr("setuptools.find_packages", lambda include: [])
    runpy.run_path(str(clone / "setup.py"))
    found: dict[str, str] = given["project_urls"]
    return found


def origin(clone: Path, address: str) -> None:
    subprocess.run(["git", "-C", str(clone), "remote", "add", "origin", address], check=True)


def test_a_public_origin_becomes_the_addresses_without_its_login(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin(clone, "https://me:secret@github.com/somebody/talking-head.git")
    assert urls(clone, monkeypatch) == HUB


def test_a_variable_goes_before_the_origin(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin(clone, "https://github.com/somebody/talking-head")
    monkeypatch.setenv("TALKING_HEAD_URL", "https://codeberg.org/another/talking-head/")
    base = "https://codeberg.org/another/talking-head"
    assert urls(clone, monkeypatch) == {"Homepage": base, "Source": base, "Issues": f"{base}/issues"}


@pytest.mark.parametrize(
    "address",
    [
        "/srv/git/talking-head",
        "file:///srv/git",
        "git@github.com:me/talking-head.git",
        "http://github.com/me/x",
        "https://git.corp.internal/x",
        "https://localhost/x",
        "https://10.0.0.7/x",
        "https://[fd00::1]/x",
    ],
)
def test_what_others_cannot_open_is_not_named(clone: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    origin(clone, address)
    assert urls(clone, monkeypatch) == {}


def test_a_clone_without_origin_names_none(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert urls(clone, monkeypatch) == {}


def test_a_source_package_keeps_its_addresses_and_not_those_of_a_folder_above(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin(clone, "https://github.com/another/thing")
    inside = clone / "unpacked"
    inside.mkdir()
    (inside / "setup.py").write_bytes((ROOT / "setup.py").read_bytes())
    assert urls(inside, monkeypatch) == {}
    lines = [f"Project-URL: {label}, {where}" for label, where in HUB.items()]
    (inside / "PKG-INFO").write_text("\n".join(["Metadata-Version: 2.4", "Name: talking-head", *lines, "", "# Text"]))
    assert urls(inside, monkeypatch) == HUB
