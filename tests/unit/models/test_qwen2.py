"""A Qwen2 becomes what the reply backend loads: a tiny one with random weights, in Hugging Face's layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest

from talking_head import registry
from talking_head.errors import WeightsError
from talking_head.models import convert, manifest
from talking_head.types import Message

CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def network() -> Any:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(5)
    config = Qwen2Config(
        hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=264,
        rope_parameters={"rope_type": "default", "rope_theta": 1_000_000.0}, tie_word_embeddings=True, initializer_range=0.2,
        use_sliding_window=False,
    )  # fmt: skip
    model = Qwen2ForCausalLM(config).eval()
    with torch.no_grad():  # a fresh one has biases of zero, which would not show that they are lost
        for name, value in model.named_parameters():
            if name.endswith(".bias"):
                value.normal_(0, 0.5)
    return model


@pytest.fixture(scope="module")
def folder(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("qwen2")
    network.save_pretrained(folder)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate([*letters, *CONTROL])}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL])
    tokenizer.save(str(folder / "tokenizer.json"))
    told = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "bos_token": None, "chat_template": TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    return folder


def test_biases_and_all_other_weights_arrive(network: Any, folder: Path, tmp_path: Path) -> None:
    import torch

    assert any(name.endswith("q_proj.bias") for name in network.state_dict())
    convert.safetensors_to_ctranslate2(folder, tmp_path)
    generator = ctranslate2.Generator(str(tmp_path), compute_type="float32")
    words = [*"hello", "<|im_end|>", *"there"]
    vocabulary = json.loads((tmp_path / "vocabulary.json").read_text())
    with torch.inference_mode():
        wanted = network(torch.tensor([[vocabulary.index(word) for word in words]])).logits[0].numpy()
    made = np.array(generator.forward_batch([words]))[0]
    assert np.corrcoef(made.ravel(), wanted.ravel())[0, 1] > 0.995


@pytest.mark.parametrize("backend", ["openvino", "ctranslate2"])
def test_it_answers(folder: Path, tmp_path: Path, backend: str) -> None:
    convert.safetensors_to_ctranslate2(folder, tmp_path)
    reply = registry.build("reply", backend, model=str(tmp_path), max_tokens=12, temperature=0, parallel=1)
    messages = [Message("system", "你是主持人。"), Message("user", "你好")]
    first, again = ("".join(reply.stream(messages)) for _ in range(2))
    assert first == again
    assert reply.count_tokens("你好") == 6  # bytes: this tokenizer has merged nothing


def test_a_sliding_window_is_refused(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(told | {"use_sliding_window": True}))
    with pytest.raises(WeightsError, match="sliding window"):
        convert.safetensors_to_ctranslate2(tmp_path, tmp_path / "out")


@pytest.mark.parametrize("size", ["0.5", "1.5"])
def test_the_manifest_pins_every_file_at_one_revision(size: str) -> None:
    model = manifest.get(f"qwen2.5-{size}b-instruct")
    assert not model.default
    assert model.licence == "Apache-2.0"
    revisions = {archive.name.split("/resolve/")[1].split("/")[0] for archive in model.archives}
    assert len(revisions) == 1
    assert len(revisions.pop()) == 40
    for number, (file, archive) in enumerate(zip(model.files, model.archives, strict=True)):
        assert archive.name.endswith("/" + file.name)
        assert (archive.bytes, archive.sha256, file.members) == (file.bytes, file.sha256, ((number, ""),))
