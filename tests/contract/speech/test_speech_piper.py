"""What the Piper backend promises beyond the suite of all speech backends."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from talking_head import registry
from talking_head.errors import WeightsError
from tests.contract.speech.voices import spoken

TEXT = "The sea is calm tonight."


def test_piper_speed_and_foreign_symbols(models: Path) -> None:
    slow, fast = (registry.build("speech", "piper", speed=speed, rhythm_noise=0.0) for speed in (0.7, 1.6))
    text = "A café in Zürich, naïve & résumé: 42 % of x!"
    assert len(spoken(slow, text)[0].pcm) > 1.3 * len(spoken(fast, text)[0].pcm)
    assert list(slow.in_voice(["ɫ", "ʘ͡"])) in (["l", "ʘ"], ["ɫ", "ʘ"])
    assert list(slow.in_voice(["Ж"])) == ["ə"]


def test_another_process_says_the_same_words_the_same_way(models: Path) -> None:
    code = f"""
from hashlib import sha256
from talking_head import registry
print(sha256(next(registry.build("speech", "piper").synthesize({TEXT!r})).pcm.tobytes()).hexdigest())
"""
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert sha256(spoken(registry.build("speech", "piper"), TEXT)[0].pcm.tobytes()).hexdigest() == other


def test_piper_voice_by_path(models: Path, tmp_path: Path) -> None:
    from talking_head.models import manifest

    shipped = manifest.path("piper-en-us-joe")
    for name in ("mine.onnx", "mine.onnx.json"):
        (tmp_path / name).symlink_to(shipped.with_name(name.replace("mine", shipped.stem)))
    assert spoken(registry.build("speech", "piper", voice=tmp_path), "Hello.")
    with pytest.raises(WeightsError, match="no Piper voice"):
        registry.build("speech", "piper", voice=tmp_path / "absent.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    (tmp_path / "broken.onnx.json").symlink_to(tmp_path / "mine.onnx.json")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        registry.build("speech", "piper", voice=tmp_path / "broken.onnx")
    (tmp_path / "broken.onnx.json").unlink()
    (tmp_path / "broken.onnx.json").write_text("{}")
    with pytest.raises(WeightsError, match="description"):
        registry.build("speech", "piper", voice=tmp_path / "broken.onnx")
