"""What every test may ask for.

``models`` (marker or fixture): the test loads pulled models. ``make test`` pulls them first; where a default model is absent
such a test fails with the sentence that says what to run, because a skip would look like a pass.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

# No test signs with the user's own key, nor writes into the record of what they made; child processes inherit it.
os.environ["TALKING_HEAD_PROVENANCE"] = tempfile.mkdtemp(prefix="provenance-of-tests-")
atexit.register(shutil.rmtree, os.environ["TALKING_HEAD_PROVENANCE"], ignore_errors=True)
# Before any numeric library is imported: one thread a model, as when serving.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@pytest.fixture(scope="session")
def models() -> Path:
    """The cache folder, with every default model in place and verified."""
    from talking_head.folders import home
    from talking_head.models import manifest

    for model in manifest.manifest().values():
        if model.default:
            manifest.verify(model)
    return home()


@pytest.fixture(autouse=True)
def _marked(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("models") is not None:
        request.getfixturevalue("models")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of the test's own, without a key or a record of what other tests made."""
    monkeypatch.setenv("TALKING_HEAD_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(tmp_path / "cache" / "provenance"))
    return tmp_path / "cache"


@pytest.fixture
def place(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own with the pulled models in it and no record; child processes see the same."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models / "models")
    monkeypatch.setenv("TALKING_HEAD_HOME", str(home))
    monkeypatch.setenv("TALKING_HEAD_PROVENANCE", str(home / "provenance"))
    return home


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the fuzz suite draws, all its tests together."""
    parser.addoption("--fuzz-seconds", type=float, help="seconds for tests/fuzz, whose examples are left to chance then")
