"""An adapter is added to the weights it was trained for, and a conversion belongs to the adapter as to its source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from talking_head.errors import MissingModelError, WeightsError
from talking_head.models import fetch, lora, manifest
from talking_head.models.manifest import Archive, Model, ModelFile
from tests.unit.models.files import ADAPTED as NAME
from tests.unit.models.files import write_adapter


def test_the_product_is_added_at_its_scale_and_to_nothing_else(tmp_path: Path) -> None:
    down, up = write_adapter(tmp_path)
    weights = {f"{NAME}.weight": np.ones((6, 4), np.float32), "other.weight": np.ones((6, 4), np.float32)}
    lora.merge(weights, tmp_path)
    wanted = 1 + 3 * up.astype(np.float32) @ down.astype(np.float32)
    np.testing.assert_allclose(weights[f"{NAME}.weight"], wanted, rtol=1e-6)
    assert (weights["other.weight"] == 1).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"peft_type": "IA3"}, "IA3"),
        ({"use_rslora": True}, "use_rslora"),
        ({"r": 0}, "no plain LoRA"),
        ({"r": None}, "no adapter"),
    ],
)
def test_what_is_no_plain_lora_is_refused(change: dict[str, object], says: str, tmp_path: Path) -> None:
    write_adapter(tmp_path, **change)
    with pytest.raises(WeightsError, match=says):
        lora.merge({f"{NAME}.weight": np.ones((6, 4), np.float32)}, tmp_path)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    write_adapter(tmp_path, rows=8)
    with pytest.raises(WeightsError, match="does not fit"):
        lora.merge({f"{NAME}.weight": np.ones((6, 4), np.float32)}, tmp_path)
    with pytest.raises(WeightsError, match="does not fit"):
        lora.merge({}, tmp_path)


def test_a_conversion_belongs_to_its_adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = Model("a", "A", "MIT", (ModelFile(lora.WEIGHTS, 1, "5" * 64),))
    source = (Archive("wheel", "w", 1, "0" * 64, "1.0"),)
    model = Model("c", "C", "MIT", (ModelFile("a.gguf", 1, "0" * 64),), source, step="s", results=("out.bin",), adapter="a")
    known = {"a": adapter, "c": model}
    monkeypatch.setattr(manifest, "get", known.__getitem__)
    (tmp_path / "out.bin").write_bytes(b"converted")
    manifest.record_conversion(model, tmp_path)
    manifest.verify(model, tmp_path)
    known["a"] = replace(adapter, files=(ModelFile(lora.WEIGHTS, 1, "6" * 64),))
    with pytest.raises(MissingModelError, match="talking-head pull c"):
        manifest.verify(model, tmp_path)  # trained anew: it is merged anew by the next pull


def test_what_the_manifest_merges_was_trained_here_and_its_steps_can_merge() -> None:
    models = manifest.manifest()
    for model in models.values():
        if model.adapter:
            assert models[model.adapter].trained_here
            assert {f.name for f in models[model.adapter].files} == {lora.WEIGHTS, lora.CONFIG}
            assert fetch.STEPS[model.step] == "talking_head.models.convert"
