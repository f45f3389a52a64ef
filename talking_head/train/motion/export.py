"""A trained net → the folder that serving reads: weights, motion space, sway, config with what they learned from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.space import MotionSpace
from talking_head.motion.sway import FILE as SWAY
from talking_head.motion.sway import SwayConfig
from talking_head.types import F32

_LAST = ("heard", "known")  # layers that only serving has


@dataclass(frozen=True, slots=True)
class SwayWeights:
    """A sway's shape and tensors; ``facts``: what it learned from."""

    config: SwayConfig
    tensors: dict[str, F32]
    facts: dict[str, Any]


def export(
    net: MotionNet, last: dict[str, F32], space: MotionSpace, sway: SwayWeights, folder: Path, facts: dict[str, Any]
) -> None:
    """Write motion.safetensors (half precision, with ``last`` instead of the mouth's last layer), space.safetensors,
    sway.safetensors and config.json; ``facts`` (data, steps, seed …) go into the config."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Any] = {name: value.numpy().astype(np.float16) for name, value in net.state_dict().items()}
    tensors = {name: value for name, value in tensors.items() if not name.startswith("mouth3.")}
    tensors |= {name: value.astype(np.float16) for name, value in last.items()}
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, folder / "motion.safetensors")
    space.save(folder / "space.safetensors")
    save_file({name: np.ascontiguousarray(value) for name, value in sway.tensors.items()}, folder / SWAY)
    training = {**facts, "sway": sway.facts}
    config = {"net": net.config.to_dict(), "sway": sway.config.to_dict(), "training": training}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def load_net(folder: Path) -> MotionNet:
    """The net of a folder that :func:`export` wrote, ready to listen; its mouth is to be trained anew."""
    config = json.loads((folder / "config.json").read_text())
    net = MotionNet(NetConfig(**config["net"]))
    kept = load_file(folder / "motion.safetensors").items()
    tensors = {name: torch.from_numpy(v.astype(np.float32)) for name, v in kept if name.split(".")[0] not in _LAST}
    net.load_state_dict(tensors, strict=False)
    return net.eval()


def load_sway(folder: Path) -> SwayWeights:
    """The sway of a folder that :func:`export` wrote, to be kept."""
    config = json.loads((folder / "config.json").read_text())
    return SwayWeights(SwayConfig(**config["sway"]), load_file(folder / SWAY), config["training"].get("sway", {}))
