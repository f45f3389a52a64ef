"""A GGUF becomes what the reply backends load: the same weights, the same words, and no torch for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
from safetensors import safe_open
from tokenizers import Tokenizer

from talking_head.errors import WeightsError
from talking_head.models import convert
from talking_head.types import F32
from tests.paths import ROOT
from tests.unit.models.files import write_adapter

HEADS, HEADS_KV, WIDTH = 4, 2, 64
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def interleaved(weight: F32, heads: int) -> F32:
    """As llama.cpp's converter stores queries and keys (``permute`` in its ``convert_hf_to_gguf.py``)."""
    half = len(weight) // heads // 2
    return weight.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(weight.shape)


@pytest.fixture(scope="module")
def network() -> Any:
    """A small Llama with random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(3)
    size = {"hidden_size": WIDTH, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": 3 + 256 + 2}
    heads = {"num_attention_heads": HEADS, "num_key_value_heads": HEADS_KV}
    config = LlamaConfig(**size, **heads, tie_word_embeddings=True, initializer_range=0.2, bos_token_id=1, eos_token_id=2)
    return LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module")
def source(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It as a GGUF with a byte-level alphabet and two merges."""
    import gguf
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    file = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_block_count(2)
    writer.add_context_length(128)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(96)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS_KV)
    writer.add_layer_norm_rms_eps(network.config.rms_norm_eps)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(network.config.rope_parameters["rope_theta"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([*CONTROL, *letters, "he", "Ġt"])
    writer.add_token_types([3] * 3 + [1] * (len(letters) + 2))
    writer.add_token_merges(["h e", "Ġ t"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template("{{ messages }}")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    for name, value in network.state_dict().items():
        if name == "lm_head.weight":
            continue  # tied to the embeddings
        array = value.numpy()
        if "q_proj" in name or "k_proj" in name:
            array = interleaved(array, HEADS if "q_proj" in name else HEADS_KV)
        writer.add_tensor(names.get_name(name, (".weight",)), np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def test_the_weights_are_those_that_went_in(network: Any, source: Path, tmp_path: Path) -> None:
    convert.gguf_to_safetensors(source, tmp_path)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        expected = {n: v for n, v in network.state_dict().items() if n != "lm_head.weight"}
        assert set(file.keys()) == set(expected)
        for name, value in expected.items():
            assert file.get_tensor(name).equal(value.bfloat16()), name


def test_transformers_and_ctranslate2_expect_the_same_next_words(network: Any, source: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    convert.gguf_to_ctranslate2(source, tmp_path / "ct2")
    convert.gguf_to_safetensors(source, tmp_path / "hf")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "hf")
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path / "hf", dtype=torch.float32)
    ids = tokenizer("<|im_start|>hello there").input_ids
    with torch.inference_mode():
        wanted = network(torch.tensor([ids])).logits[0].numpy()
        again = loaded(torch.tensor([ids])).logits[0].numpy()
    generator = ctranslate2.Generator(str(tmp_path / "ct2"), compute_type="float32")
    made = np.array(generator.forward_batch([tokenizer.convert_ids_to_tokens(ids)]))[0]
    for logits in (again, made):  # bfloat16, int8
        assert np.corrcoef(logits.ravel(), wanted.ravel())[0, 1] > 0.995
    assert json.loads((tmp_path / "ct2" / "config.json").read_text())["eos_token"] == "<|im_end|>"


def test_words_digits_and_markers(source: Path, tmp_path: Path) -> None:
    convert.gguf_to_ctranslate2(source, tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert tokenizer.encode("<|im_start|>he there 12").tokens == ["<|im_start|>", "he", "Ġt", "he", "r", "e", "Ġ", "1", "2"]
    text = "Grüße, 😀 and a\nnew line"
    assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert (tmp_path / "chat_template.jinja").read_text() == "{{ messages }}"


def test_neither_torch_nor_transformers_is_needed(source: Path, tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
for absent in ("torch", "transformers", "accelerate"):
    sys.modules[absent] = None  # importing it fails, as where it is not installed
from talking_head.models import convert
out = Path({str(tmp_path)!r})
convert.gguf_to_ctranslate2(Path({str(source)!r}), out / "0")
convert.gguf_to_safetensors(Path({str(source)!r}), out / "1")
convert.safetensors_to_ctranslate2(out / "1", out / "2")
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert (tmp_path / "0" / "model.bin").is_file()
    assert (tmp_path / "1" / "model.safetensors").is_file()
    assert (tmp_path / "2" / "model.bin").stat().st_size == (tmp_path / "0" / "model.bin").stat().st_size


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    import gguf

    writer = gguf.GGUFWriter(tmp_path / "other.gguf", "mamba")
    writer.add_tensor("x", np.zeros(32, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(WeightsError, match="only “llama”"):
        convert.gguf_to_ctranslate2(tmp_path / "other.gguf", tmp_path / "out")


def test_an_adapter_gives_the_same_model_whether_it_was_trained_or_pulled(source: Path, tmp_path: Path) -> None:
    """`train reply` merges it into the bfloat16 folder that it began with, `pull` into the GGUF."""
    target = "model.layers.0.self_attn.o_proj"
    write_adapter(tmp_path / "adapter", target=target, rows=WIDTH, columns=WIDTH)
    convert.gguf_to_safetensors(source, tmp_path / "bf16")
    convert.safetensors_to_ctranslate2(tmp_path / "bf16", tmp_path / "trained", tmp_path / "adapter")
    convert.gguf_to_ctranslate2(source, tmp_path / "pulled", tmp_path / "adapter")
    convert.gguf_to_ctranslate2(source, tmp_path / "plain")
    trained, pulled, plain = ((tmp_path / name / "model.bin").read_bytes() for name in ("trained", "pulled", "plain"))
    assert pulled == trained
    assert pulled != plain
