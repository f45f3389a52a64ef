"""A language model whose upper layers learn by LoRA, and whose lower ones are computed once a chat.

LoRA (Hu and others 2021, "LoRA: Low-Rank Adaptation of Large Language Models", https://arxiv.org/abs/2106.09685) adds
``B·A·alpha/r`` to a weight that itself stays. Where only the upper layers learn, what the lower ones make of a chat never
changes: it is kept after the first time, which saves half of every later epoch on a CPU.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talking_head.errors import InputError
from talking_head.train.reply.tokens import Sample

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ADAPTER, ADAPTER_CONFIG = "adapter_model.safetensors", "adapter_config.json"


@dataclass(frozen=True, slots=True)
class Lora:
    """``rank`` and ``alpha`` of the added matrices, ``dropout`` before them, and how many ``layers``, from the top, have some
    (0: all)."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    layers: int = 16


class LoraNetwork:
    """The model in ``base`` (config.json, model.safetensors) with LoRA; f32 on a CPU, bfloat16 with f32 matrices on a GPU.

    ``keep_mb``: memory for what the lower layers made of chats.
    """

    def __init__(self, base: Path, lora: Lora, *, device: str = "cpu", keep_mb: int = 1024) -> None:
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModelForCausalLM

        dtype = torch.float32 if device == "cpu" else torch.bfloat16
        try:
            network: Any = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, use_safetensors=True)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{base} is no model that can be trained: {str(error).splitlines()[0]}") from None
        inner = network.model if hasattr(network, "model") else None
        if inner is None or not all(hasattr(inner, part) for part in ("layers", "norm", "embed_tokens", "rotary_emb")):
            raise InputError(f"{base} is a {type(network).__name__}; only models built like Llama can be trained.")
        count = len(inner.layers)
        self.first = max(0, count - lora.layers) if lora.layers else 0
        config = LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=list(PROJECTIONS),
            layers_to_transform=list(range(self.first, count)),
            task_type="CAUSAL_LM",
        )
        with warnings.catch_warnings():  # peft asks for what transformers has renamed: nothing that whoever trains can mend
            warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
            self.peft: Any = get_peft_model(network, config).to(device)
        self.network, self._inner, self._device = network, inner, device
        self.trained: dict[str, nn.Parameter] = {n: p for n, p in self.peft.named_parameters() if p.requires_grad}
        for weight in self.trained.values():
            weight.data = weight.data.float()
        self._kept: dict[int, Tensor] = {}
        self._room = keep_mb * 2**20

    def loss(self, samples: Sequence[Sample], keys: Sequence[int] = ()) -> tuple[Tensor, int]:
        """Sum of the cross entropy (nats) of all tokens to learn, and how many they are.

        ``keys``: numbers by which the lower layers' work on these chats is kept; without, nothing is.
        """
        ids = [torch.from_numpy(s.ids[:-1]).to(self._device) for s in samples]
        wanted = torch.cat([torch.from_numpy(s.ids[1:][s.learn[1:]]) for s in samples]).to(self._device)
        lower = [self._lower(i, key) for i, key in zip(ids, keys or [-1] * len(ids), strict=True)]
        hidden = nn.utils.rnn.pad_sequence(lower, batch_first=True)  # at the end: under a causal mask nobody sees it
        with torch.autocast("cuda", torch.bfloat16, enabled=self._device != "cpu"):
            hidden = self._run(hidden, self._inner.layers[self.first :])
            learn = nn.utils.rnn.pad_sequence([torch.from_numpy(s.learn[1:]) for s in samples], batch_first=True)
            # The head is a third of the model: it is computed where an answer stands only.
            logits = self.network.lm_head(self._inner.norm(hidden[learn.to(self._device)]))
        return nn.functional.cross_entropy(logits.float(), wanted, reduction="sum"), len(wanted)

    def _lower(self, ids: Tensor, key: int) -> Tensor:
        if key in self._kept:
            return self._kept[key]
        with torch.no_grad():
            hidden: Tensor = self._inner.embed_tokens(ids[None])
            hidden = self._run(hidden, self._inner.layers[: self.first])[0]
        size = hidden.numel() * hidden.element_size()
        if key >= 0 and size <= self._room:
            self._kept[key] = hidden
            self._room -= size
        return hidden

    def _run(self, hidden: Tensor, layers: Any) -> Tensor:
        places = torch.arange(hidden.shape[1], device=hidden.device)[None]
        turned = self._inner.rotary_emb(hidden, places)
        for layer in layers:
            hidden = layer(hidden, attention_mask=None, position_ids=places, position_embeddings=turned)
        return hidden

    def save_adapter(self, folder: Path, facts: dict[str, Any]) -> None:
        """Write the matrices as peft does, f16, with ``facts`` in the header."""
        from peft import get_peft_model_state_dict
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value.detach().half().cpu().contiguous() for name, value in get_peft_model_state_dict(self.peft).items()}
        metadata = {"format": "pt", "training": json.dumps(facts, sort_keys=True)}
        save_file(state, folder / ADAPTER, metadata=metadata)
        config = self.peft.peft_config["default"].to_dict()
        told = {key: config[key] for key in ("peft_type", "task_type", "r", "lora_alpha", "lora_dropout", "bias")}
        told |= {"target_modules": sorted(config["target_modules"]), "layers_to_transform": list(config["layers_to_transform"])}
        told |= {"base_model_name_or_path": str(facts.get("base", "")), "inference_mode": True}
        (folder / ADAPTER_CONFIG).write_text(json.dumps(told, indent=2, default=str) + "\n")


def batches(samples: Sequence[Sample], tokens: int, seed: int) -> list[list[int]]:
    """All samples once, in random order, of like lengths together: lists of indices with at most ``tokens`` padded tokens."""
    rng = np.random.default_rng(seed)
    lengths = np.array([len(sample.ids) for sample in samples])
    order = np.argsort(lengths + rng.uniform(0, 40, len(samples)), kind="stable")  # nearly sorted, differently each epoch
    made: list[list[int]] = []
    for i in order.tolist():
        longest = max([lengths[i], *(lengths[j] for j in made[-1])]) if made else 0
        if made and (len(made[-1]) + 1) * longest <= tokens:
            made[-1].append(i)
        else:
            made.append([i])
    return [made[i] for i in rng.permutation(len(made)).tolist()]
