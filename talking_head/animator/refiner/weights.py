"""Weights of the refining net on disk: one safetensors file that says what it is, checked before it is used."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open

from talking_head.animator.refiner.config import TIERS
from talking_head.errors import MissingModelError, WeightsError
from talking_head.types import F32

if TYPE_CHECKING:  # serving the calibrated graph does without torch, whose import takes seconds
    from talking_head.animator.refiner.model import Refiner

FORMAT = "talking-head animator 1"
FILE = "refine.safetensors"


def save_refiner(net: Refiner, folder: Path, **notes: str) -> Path:
    """Write ``net`` in half precision (what a GPU serves, and all a CPU needs) with its tier; ``notes`` go into the header."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {k: v.detach().to("cpu", torch.float16).contiguous() for k, v in net.state_dict().items()}
    meta = {"format": FORMAT, "tier": net.config.tier, "config": json.dumps(asdict(net.config), sort_keys=True)}
    path = folder / FILE
    save_file(tensors, path, metadata=meta | notes)
    return path


def read_weights(folder: Path, tier: str = "cpu") -> dict[str, F32]:
    """The tensors in ``folder``, f32, by their names in ``Refiner``.

    Raises MissingModelError when there is no file; WeightsError when it is corrupt, foreign, of another tier, or holds NaN.
    """
    path = folder / FILE
    if tier not in TIERS:
        raise WeightsError(f"There is no animator tier “{tier}”. Known ones: {', '.join(TIERS)}.")
    if not path.is_file():
        raise MissingModelError(
            f"The animator's weights are not at {path}. Restore the folder with git, or train: talking-head train animator."
        )
    try:
        with safe_open(path, "np") as file:
            meta = file.metadata() or {}
            state = {key: file.get_tensor(key).astype(np.float32) for key in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"{path} cannot be read; it is damaged or no safetensors file: {error}") from error
    if meta.get("format") != FORMAT:
        kind = meta.get("format", "no format given")
        raise WeightsError(f"{path} holds another model ({kind}), not weights of the animator.")
    if meta.get("tier") != tier:
        raise WeightsError(f"{path} was trained for the tier “{meta.get('tier')}”, not “{tier}”.")
    if not all(np.isfinite(value).all() for value in state.values()):
        raise WeightsError(f"{path} holds numbers that are not finite; the training went wrong or the file is damaged.")
    return state


def load_refiner(folder: Path, tier: str = "cpu") -> Refiner:
    """The net in ``folder``, f32, in evaluation mode, without gradients. Raises as :func:`read_weights`, and WeightsError when
    the tensors are not the net's."""
    import torch

    from talking_head.animator.refiner.model import Refiner

    state = {key: torch.from_numpy(value) for key, value in read_weights(folder, tier).items()}
    net = Refiner(TIERS[tier])
    expected = net.state_dict()
    if state.keys() != expected.keys() or any(state[k].shape != expected[k].shape for k in expected):
        raise WeightsError(f"{folder / FILE} does not fit the net of tier “{tier}”; it comes from another version.")
    net.load_state_dict(state)
    return net.eval().requires_grad_(False)
