"""The example of docs/plugins.md, installed into a folder of its own, is found and works."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from talking_head import registry
from talking_head.errors import MissingExtraError, UnknownPartError
from talking_head.protocols import ReplyGenerator
from talking_head.types import Message
from tests.paths import ROOT

DOC = ROOT / "docs" / "plugins.md"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package of the document, built by pip from its own text, on the path."""
    blocks = dict(re.findall(r"```(toml|python)\n(.*?)```", DOC.read_text(), re.S)[:2])
    source, target = tmp_path / "source", tmp_path / "site"
    source.mkdir()
    build = '\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    build += '[tool.setuptools]\npy-modules = ["talking_head_parrot"]\n'
    (source / "pyproject.toml").write_text(blocks["toml"] + build)
    (source / "talking_head_parrot.py").write_text(blocks["python"])
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(target)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, text=True)
    monkeypatch.syspath_prepend(str(target))
    return target


def test_the_example_is_found_and_speaks(installed: Path) -> None:
    assert "parrot" in registry.known("reply")
    parrot = registry.build("reply", "parrot", politely=True)
    assert isinstance(parrot, ReplyGenerator)
    assert "".join(parrot.stream([Message("user", "good day")])) == "You said, if I may: good day "
    with pytest.raises(UnknownPartError, match="loudly"):
        registry.build("reply", "parrot", loudly=True)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownPartError, match="openvino, ctranslate2, transformers, openai"):
        registry.build("reply", "parot")


def test_what_the_server_puts_around_a_backend_is_not_offered_as_one() -> None:
    assert "pool" not in registry.known("animator")
    assert registry.known("animator")[:2] == ["warp", "gan"]


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "face_alignment", None)
    extra = EntryPoint("extra", "face_alignment:FaceAlignment", "talking_head.landmarks")
    monkeypatch.setattr(registry, "entry_points", lambda group: [extra] if group == extra.group else [])
    for name in ("extra", "fan"):  # one needs it when it is imported, the other when it is made
        with pytest.raises(MissingExtraError, match=r"pip install 'talking-head\[fan\]'"):
            registry.build("landmarks", name)


@pytest.mark.parametrize("stage", sorted(registry.STAGES))
def test_every_built_in_name_leads_to_a_class(stage: str) -> None:
    for name in registry.builtin(stage):
        with contextlib.suppress(MissingExtraError):
            assert isinstance(registry.load(stage, name), type)
