"""Turn the downloaded GGUF of the reply model into what the backends load; run once by ``talking-head pull``.

``python -m talking_head.models.convert STEP SOURCE TARGET [ADAPTER]`` with STEP "gguf-to-ctranslate2" or "gguf-to-safetensors"
(SOURCE is a .gguf), or "safetensors-to-ctranslate2" (SOURCE is a folder); ADAPTER is a folder with a LoRA to merge.
A GGUF must be dequantised at each start; the CTranslate2 folder loads in half a second with ctranslate2 and tokenizers alone.
It runs in a process of its own, so that the memory it needs is gone afterwards. Neither torch nor transformers is needed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talking_head.models import gguf, lora, safetensors_folder
from talking_head.models.gguf import LanguageModel
from talking_head.types import F32


def gguf_to_safetensors(source: Path, target: Path, adapter: Path | None = None) -> None:
    """Dequantise ``source`` (.gguf) to bfloat16 and save model, tokenizer and chat template in Hugging Face's layout.

    ``adapter``: a folder with a LoRA that is merged before.
    """
    model = _merged(gguf.read(source), adapter)
    target.mkdir(parents=True, exist_ok=True)
    _save_bfloat16(model.weights, target / "model.safetensors")
    tied = "lm_head.weight" not in model.weights
    config = {**model.config, "tie_word_embeddings": tied, "dtype": "bfloat16"}
    (target / "config.json").write_text(json.dumps(config, indent=2))
    ends = {key: model.config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    (target / "generation_config.json").write_text(json.dumps(ends, indent=2))
    _write_tokenizer(model, target)


def gguf_to_ctranslate2(source: Path, target: Path, adapter: Path | None = None) -> None:
    """Convert ``source`` (.gguf) to CTranslate2 int8 in ``target``, with tokenizer.json and the chat template."""
    _save_ctranslate2(_merged(gguf.read(source), adapter), target)


def safetensors_to_ctranslate2(source: Path, target: Path, adapter: Path | None = None) -> None:
    """Convert a folder in Hugging Face's layout to CTranslate2 int8 in ``target``: what ``train reply`` ends with."""
    _save_ctranslate2(_merged(safetensors_folder.read(source), adapter), target)


def _merged(model: LanguageModel, adapter: Path | None) -> LanguageModel:
    """``model`` with the adapter, which learned beside the weights in bfloat16: so the model that is merged here is, bit for
    bit, the one that was measured when it was trained.
    """
    if adapter is not None:
        for name, weight in model.weights.items():
            model.weights[name] = (_bfloat16(weight).astype(np.uint32) << 16).view(np.float32)
        lora.merge(model.weights, adapter)
    return model


def _save_ctranslate2(model: LanguageModel, target: Path) -> None:
    spec = _ctranslate2(model)
    spec.validate()
    spec.optimize(quantization="int8")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as draft:
        spec.save(draft)
        _write_tokenizer(model, Path(draft))
        for file in Path(draft).iterdir():  # a server that runs on this folder goes on with the files it has opened
            file.replace(target / file.name)


def _ctranslate2(model: LanguageModel) -> Any:
    """CTranslate2's description of a Llama or Qwen2, filled with the weights (as its own converter of transformers' models
    does). Qwen2 is a Llama whose queries, keys and values have biases."""
    from ctranslate2.converters.utils import fuse_linear
    from ctranslate2.specs import common_spec, transformer_spec

    config, weights = model.config, model.weights
    heads, heads_kv = config["num_attention_heads"], config["num_key_value_heads"]
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        config["num_hidden_layers"],
        heads,
        activation=common_spec.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_interleave=False,
        rotary_base=config["rope_theta"],
        num_heads_kv=heads_kv if heads_kv != heads else None,
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    decoder.embeddings.weight = weights["model.embed_tokens.weight"]
    decoder.layer_norm.gamma = weights["model.norm.weight"]
    decoder.projection.weight = weights.get("lm_head.weight", weights["model.embed_tokens.weight"])
    for number, layer in enumerate(decoder.layer):

        def of(part: str, number: int = number) -> F32:
            return weights[f"model.layers.{number}.{part}.weight"]

        layer.self_attention.layer_norm.gamma = of("input_layernorm")
        split = [common_spec.LinearSpec() for _ in range(3)]
        for linear, name in zip(split, ("q_proj", "k_proj", "v_proj"), strict=True):
            linear.weight = of(f"self_attn.{name}")
            if (bias := weights.get(f"model.layers.{number}.self_attn.{name}.bias")) is not None:
                linear.bias = bias
        fuse_linear(layer.self_attention.linear[0], split)
        layer.self_attention.linear[1].weight = of("self_attn.o_proj")
        layer.ffn.layer_norm.gamma = of("post_attention_layernorm")
        layer.ffn.linear_0.weight = of("mlp.gate_proj")
        layer.ffn.linear_0_noact.weight = of("mlp.up_proj")
        layer.ffn.linear_1.weight = of("mlp.down_proj")
    spec.register_vocabulary(model.vocabulary)
    for role in ("bos", "eos", "unk"):
        setattr(spec.config, f"{role}_token", model.special.get(role, ""))
    spec.config.layer_norm_epsilon = config["rms_norm_eps"]
    return spec


def _write_tokenizer(model: LanguageModel, target: Path) -> None:
    (target / "tokenizer.json").write_text(model.tokenizer, encoding="utf-8")
    (target / "tokenizer_config.json").write_text(gguf.tokenizer_config(model), encoding="utf-8")
    if model.chat_template:  # without one, the reply backends take ChatML; an empty file would be a template that says nothing
        (target / "chat_template.jinja").write_text(model.chat_template, encoding="utf-8")


def _save_bfloat16(weights: dict[str, F32], target: Path) -> None:
    """A safetensors file: length of the header, the header as JSON, the arrays. Its package wants a NumPy with bfloat16."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, array in weights.items():
        begin, end = end, end + 2 * array.size
        header[name] = {"dtype": "BF16", "shape": array.shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with target.open("wb") as sink:
        sink.write(len(text).to_bytes(8, "little") + text)
        for array in weights.values():
            sink.write(_bfloat16(array).astype("<u2").tobytes())


def _bfloat16(array: F32) -> NDArray[np.uint16]:
    """The upper halves of ``array``'s bits, rounded to the nearest, as torch rounds."""
    bits = np.ascontiguousarray(array).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


STEPS = {
    "gguf-to-ctranslate2": gguf_to_ctranslate2,
    "gguf-to-safetensors": gguf_to_safetensors,
    "safetensors-to-ctranslate2": safetensors_to_ctranslate2,
}


if __name__ == "__main__":
    STEPS[sys.argv[1]](*map(Path, sys.argv[2:]))
