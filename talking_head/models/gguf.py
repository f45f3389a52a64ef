"""Read a GGUF file of a Llama-like language model: weights, shape, tokenizer and chat template, without torch.

GGUF is the format of llama.cpp. The ``gguf`` package reads it and dequantises its blocks with NumPy; what is added here is the
meaning: names and order of the weights as Hugging Face lays them out, and the tokenizer as ``tokenizers`` wants it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import WeightsError
from talking_head.types import F32

_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTER = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_DIGITS_APART = {"smollm"}  # pre-tokenizers that read each digit by itself
_CONTROL, _USER_DEFINED = 3, 4  # kinds of tokens that stand for themselves wherever they are written


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A causal language model in Hugging Face's terms.

    ``config``: the keys of ``config.json``. ``weights``: f32 arrays by their name in ``model.safetensors``; the head of tied
    embeddings is absent. ``tokenizer``: the text of ``tokenizer.json``. ``special``: bos, eos, unk and pad token by role.
    """

    config: dict[str, Any]
    weights: dict[str, F32]
    tokenizer: str
    vocabulary: list[str]
    special: dict[str, str]
    chat_template: str


def read(source: Path) -> LanguageModel:
    """The model in ``source`` (.gguf). WeightsError where it is no Llama with a byte-level BPE tokenizer."""
    from gguf import GGUFReader, dequantize

    reader = GGUFReader(source)
    meta = {key: field.contents() for key, field in reader.fields.items()}
    kind, alphabet = meta.get("general.architecture"), meta.get("tokenizer.ggml.model")
    if kind != "llama" or alphabet != "gpt2":
        raise WeightsError(f"{source} is a “{kind}” with a “{alphabet}” tokenizer; only “llama” with “gpt2” can be converted.")
    config = _config(meta)
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    weights = {}
    for tensor in reader.tensors:
        part = tensor.name.removesuffix(".weight").rpartition(".")[2]
        data = np.array(dequantize(tensor.data, tensor.tensor_type), np.float32)  # a copy: the file is read-only
        weights[_name(tensor.name)] = _halves_together(data, heads[part]) if part in heads else data
    tokens: list[str] = meta["tokenizer.ggml.tokens"]
    roles = {"bos": "bos_token_id", "eos": "eos_token_id", "unk": "unknown_token_id", "pad": "padding_token_id"}
    special = {role: tokens[meta[f"tokenizer.ggml.{key}"]] for role, key in roles.items() if f"tokenizer.ggml.{key}" in meta}
    return LanguageModel(config, weights, _tokenizer(meta), tokens, special, meta.get("tokenizer.chat_template", ""))


def _config(meta: dict[str, Any]) -> dict[str, Any]:
    heads = meta["llama.attention.head_count"]
    width = meta["llama.embedding_length"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": width,
        "intermediate_size": meta["llama.feed_forward_length"],
        "num_hidden_layers": meta["llama.block_count"],
        "num_attention_heads": heads,
        "num_key_value_heads": meta.get("llama.attention.head_count_kv", heads),
        "head_dim": meta.get("llama.rope.dimension_count", width // heads),
        "max_position_embeddings": meta["llama.context_length"],
        "rms_norm_eps": meta["llama.attention.layer_norm_rms_epsilon"],
        "rope_theta": meta.get("llama.rope.freq_base", 10_000.0),
        "vocab_size": len(meta["tokenizer.ggml.tokens"]),
        "bos_token_id": meta.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": meta.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": meta.get("tokenizer.ggml.padding_token_id"),
        "attention_bias": False,
        "mlp_bias": False,
    }


def _name(name: str) -> str:
    """llama.cpp's name of a tensor → Hugging Face's."""
    stem = name.removesuffix(".weight")
    try:
        if stem.startswith("blk."):
            _, number, part = stem.split(".")
            return f"model.layers.{number}.{_LAYER[part]}.weight"
        return f"{_OUTER[stem]}.weight"
    except (KeyError, ValueError):
        raise WeightsError(f"The GGUF file holds the tensor {name}, which no Llama has.") from None


def _halves_together(data: F32, heads: int) -> F32:
    """Rows of a query or key projection from llama.cpp's order (pairs side by side) to Hugging Face's (two halves)."""
    return data.reshape(heads, len(data) // heads // 2, 2, -1).swapaxes(1, 2).reshape(data.shape)


def _tokenizer(meta: dict[str, Any]) -> str:
    """``tokenizer.json``: byte-level BPE, with the control tokens as whole words."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens: list[str] = meta["tokenizer.ggml.tokens"]
    kinds: list[int] = meta.get("tokenizer.ggml.token_type", [])
    merges = [tuple(pair.split(" ", 1)) for pair in meta["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=bool(meta.get("tokenizer.ggml.add_space_prefix", False)))
    digits = [pre_tokenizers.Digits(individual_digits=True)] if meta.get("tokenizer.ggml.pre") in _DIGITS_APART else []
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*digits, byte_level]) if digits else byte_level
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, kinds, strict=False) if kind == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])
    own = [token for token, kind in zip(tokens, kinds, strict=False) if kind == _USER_DEFINED]
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in own])
    return str(tokenizer.to_str(pretty=True))


def tokenizer_config(model: LanguageModel) -> str:
    """The text of ``tokenizer_config.json``."""
    names = {f"{role}_token": token for role, token in model.special.items()}
    entries = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **names}
    return json.dumps({**entries, "model_max_length": model.config["max_position_embeddings"]}, indent=2)
