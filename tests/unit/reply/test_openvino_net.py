"""The graph computes what CTranslate2 computes of the same file: tiny nets with random weights, arrays alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talking_head.errors import WeightsError
from talking_head.reply.openvino.converted import ConvertedModel, OtherModelError
from talking_head.reply.openvino.net import OpenVinoNet

WIDTH, INSIDE, HEADS, SHARED, LAYERS, WORDS = 64, 96, 4, 2, 2, 300
TOKENS = [5, 17, 250, 3, 99, 41, 7]


def convert(folder: Path, *, biases: bool = False, tied: bool = True, shared: int = SHARED, quantization: str = "int8") -> None:
    """A net of these sizes in ``folder``, written by CTranslate2's own specification."""
    from ctranslate2.specs import common_spec, transformer_spec

    random = np.random.default_rng(7)

    def weight(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) * 0.15).astype(np.float32)

    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        LAYERS, HEADS, activation=common_spec.Activation.SWISH, pre_norm=True, ffn_glu=True, rms_norm=True, rotary_dim=0,
        rotary_interleave=False, rotary_base=10_000.0, num_heads_kv=shared if shared != HEADS else None,
    )  # fmt: skip
    decoder = spec.decoder
    decoder.scale_embeddings = False
    decoder.embeddings.weight = weight(WORDS, WIDTH)
    decoder.projection.weight = decoder.embeddings.weight if tied else weight(WORDS, WIDTH)
    decoder.layer_norm.gamma = 1 + weight(WIDTH)
    size = WIDTH // HEADS
    for layer in decoder.layer:
        layer.self_attention.layer_norm.gamma, layer.ffn.layer_norm.gamma = 1 + weight(WIDTH), 1 + weight(WIDTH)
        mixed, out = layer.self_attention.linear
        mixed.weight, out.weight = weight((HEADS + 2 * shared) * size, WIDTH), weight(WIDTH, WIDTH)
        if biases:
            mixed.bias = 3 * weight((HEADS + 2 * shared) * size)
        layer.ffn.linear_0.weight, layer.ffn.linear_0_noact.weight = weight(INSIDE, WIDTH), weight(INSIDE, WIDTH)
        layer.ffn.linear_1.weight = weight(WIDTH, INSIDE)
    spec.register_vocabulary([f"w{n}" for n in range(WORDS)])
    spec.config.layer_norm_epsilon = 1e-5
    spec.validate()
    spec.optimize(quantization=None if quantization == "float32" else quantization)
    folder.mkdir(exist_ok=True)
    spec.save(str(folder))


@pytest.mark.parametrize(
    "kind",
    [{}, {"biases": True}, {"tied": False}, {"shared": HEADS}, {"quantization": "float32"}, {"quantization": "int8_float16"}],
    ids=str,
)
def test_it_is_the_net_that_ctranslate2_runs(tmp_path: Path, kind: dict[str, Any]) -> None:
    import ctranslate2

    convert(tmp_path, **kind)
    run = OpenVinoNet(ConvertedModel(tmp_path)).run()
    generator = ctranslate2.Generator(str(tmp_path), compute_type="float32")
    wanted = np.array(generator.forward_batch([[f"w{n}" for n in TOKENS]]))[0]
    read = [run.read(TOKENS[:4]), *(run.read([token]) for token in TOKENS[4:])]
    for place, found in zip((3, 4, 5, 6), read, strict=True):
        exact = kind.get("quantization") == "float32"  # else OpenVINO rounds what is multiplied with int8 weights to int8, too
        assert np.corrcoef(found, wanted[place])[0, 1] > (0.999999 if exact else 0.995)
        assert np.abs(found - wanted[place]).max() < (1e-3 if exact else 0.3) * wanted[place].std()


def test_what_was_restored_goes_on_as_what_was_read(tmp_path: Path) -> None:
    convert(tmp_path)
    net = OpenVinoNet(ConvertedModel(tmp_path), streams=2)
    first, second = net.run(), net.run()
    whole = first.read(TOKENS)
    second.restore(TOKENS[:5], first.states())
    assert np.allclose(second.read(TOKENS[5:]), whole, atol=1e-3)
    assert second.tokens == TOKENS
    second.clear()
    assert np.allclose(second.read(TOKENS), whole, atol=1e-3)
    assert not net.busy


def test_what_was_taken_back_leaves_no_trace(tmp_path: Path) -> None:
    convert(tmp_path, quantization="float32")
    net = OpenVinoNet(ConvertedModel(tmp_path), streams=2)
    plain, guessed = net.run(), net.run()
    wanted = [plain.read(TOKENS[:3]), *(plain.read([token]) for token in TOKENS[3:])]
    found = [guessed.read(TOKENS[:3])]
    for token, wrong in zip(TOKENS[3:], [2, 1, 2, 0], strict=True):
        each = guessed.read_each([token, 11, 12][: wrong + 1])
        assert each.shape == (wrong + 1, WORDS)
        found.append(each[0])
        guessed.take_back(wrong)
    assert np.allclose(found, wanted, atol=1e-3)
    assert guessed.tokens == plain.tokens == TOKENS
    for one, same in zip(guessed.states(), plain.states(), strict=True):
        assert one.shape == (1, SHARED, len(TOKENS), WIDTH // HEADS)
        assert np.allclose(one, same, atol=1e-4)
    guessed.read_each([9, 10])
    guessed.take_back(2)
    other = net.run()
    other.restore(TOKENS[:5], guessed.states())
    assert np.allclose(other.read(TOKENS[5:]), wanted[-1], atol=1e-3)
    guessed.clear()
    assert np.allclose(guessed.read(TOKENS), wanted[-1], atol=1e-3)


def test_what_follows_each_token_comes_at_once(tmp_path: Path) -> None:
    convert(tmp_path, quantization="float32")
    net = OpenVinoNet(ConvertedModel(tmp_path))
    each = net.run().read_each(TOKENS)
    run = net.run()
    assert np.allclose(each, [run.read([token]) for token in TOKENS], atol=1e-3)


def test_an_older_cpu_runs_it(tmp_path: Path) -> None:
    """OpenVINO sees what this CPU can do, its kernels are kept to AVX2: they cannot do what it wants of them at first."""
    convert(tmp_path)
    program = (
        "import numpy as np; from pathlib import Path; from talking_head.reply.openvino.converted import ConvertedModel; "
        "from talking_head.reply.openvino.net import OpenVinoNet; "
        f"run = OpenVinoNet(ConvertedModel(Path({str(tmp_path)!r}))).run(); "
        f"print(*np.argsort(-run.read({TOKENS}))[:3])"
    )
    found = []
    for told in ({}, {"ONEDNN_MAX_CPU_ISA": "AVX2"}):
        ended = subprocess.run([sys.executable, "-c", program], env={**os.environ, **told}, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        found.append(ended.stdout.split()[-3:])
    assert found[0][0] == found[1][0]


def test_other_networks_are_told_from_broken_files(tmp_path: Path) -> None:
    convert(tmp_path)
    data = (tmp_path / "model.bin").read_bytes()
    for broken in (b"", data[:3], data[:1000], data[: len(data) // 2], b"\xff" * 100):
        (tmp_path / "model.bin").write_bytes(broken)
        with pytest.raises(WeightsError) as caught:
            ConvertedModel(tmp_path)
        assert not isinstance(caught.value, OtherModelError)
    (tmp_path / "model.bin").write_bytes(data.replace(b"rotary_dim", b"rotary_dam"))
    with pytest.raises(OtherModelError, match="rotary_dam"):
        ConvertedModel(tmp_path)
