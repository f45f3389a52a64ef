"""A tiny chat model with random weights in Hugging Face's layout, and chats for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def write_model(folder: Path) -> Any:
    """Write a Llama of two layers to ``folder`` and give it back."""
    import torch
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*MARKS, *letters]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in MARKS])
    tokenizer.save(str(folder / "tokenizer.json"))
    told = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": MARKS[1], "eos_token": MARKS[2], "unk_token": MARKS[0]}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    torch.manual_seed(5)
    size = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "vocab_size": len(tokens)}
    config = LlamaConfig(
        **size,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        initializer_range=0.2,
        bos_token_id=1,
        eos_token_id=2,
    )
    network = LlamaForCausalLM(config).eval()
    network.save_pretrained(folder)
    return network


def chat(*said: str, **more: Any) -> dict[str, Any]:
    """A line of a file: ``said`` by turns, the visitor first."""
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[i % 2], "content": text} for i, text in enumerate(said)], **more}


def write_chats(file: Path, rows: list[dict[str, Any]]) -> Path:
    """Write ``rows`` as JSON lines."""
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def some_chats(count: int = 36) -> list[dict[str, Any]]:
    """Chats that are unlike each other."""
    things = ["lamp", "boat", "tree", "horse", "stone", "cloud", "river", "door", "bread", "clock", "bridge", "garden"]
    kinds = ["red", "old", "quick"]
    return [
        chat(f"Do you know the {kind} {thing} of number {thing}?", f"Yes, {thing} and {kind}.")
        for kind in kinds
        for thing in things
    ][:count]
