"""A trained checkpoint → the folder that serving reads: weights in half precision, motion space, config with calibration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import KNOT, NetConfig
from talking_head.motion.space import MotionSpace
from talking_head.motion.trained import Calibration
from talking_head.train.motion.batch import whole
from talking_head.train.motion.data import Item
from talking_head.types import F32


def load_net(checkpoint: Path) -> tuple[MotionNet, dict[str, Any]]:
    """The mean weights of a checkpoint, ready to predict, and its metadata."""
    with safe_open(checkpoint, "pt") as file:
        meta = file.metadata()
        tensors = {name[4:]: file.get_tensor(name) for name in file.keys() if name.startswith("net.")}  # noqa: SIM118
    net = MotionNet(NetConfig(**json.loads(meta["net"])))
    net.load_state_dict(tensors)
    return net.eval(), meta


@torch.inference_mode()
def calibrate(net: MotionNet, items: list[Item], space: MotionSpace, *, seed: int = 0, clips: int = 120) -> Calibration:
    """Gains that give sampled head and brow motion the spread it has in the training clips, people counting alike, and the lips
    the spread that they have in the held-out ones (where there are none, in the training clips)."""
    rng = np.random.default_rng(seed)
    people = {item.person: [other for other in items if other.person == item.person and other.use == "train"] for item in items}
    picks = [group[i] for group in people.values() for i in rng.permutation(len(group))[: max(1, clips // len(people))]]
    config = net.config
    sampled, real, hazard = [], [], []
    for item in picks:
        mel = torch.from_numpy(whole(item, config.lookahead))[None]
        h = net.trunk(mel)
        knots = torch.from_numpy(rng.standard_normal((1, h.shape[1] // KNOT + 5, config.latent)).astype(np.float32))
        out = net.heads(h, net.between_knots(knots)[:, : h.shape[1]])
        live = out.live[0, config.lookahead :].numpy()
        sampled.append(live - live.mean(axis=0))
        truth = np.concatenate([item.pose, item.upper], axis=1)
        real.append(truth - truth.mean(axis=0))
        hazard.append(out.hazard[0, config.lookahead :].numpy())
    # Typical, not mean, spread: one restless speaker should not make everybody restless.
    gain = np.median([r.std(axis=0) for r in real], axis=0) / np.median([s.std(axis=0) for s in sampled], axis=0)
    gain = gain.clip(0.3, 2.0)
    # The mouth's gain: people whom the net knows by heart say nothing of how wide it opens for others, so the held-out clips
    # decide; known and unseen people end up as far from 1 as each other.
    groups = [[item for item in items if item.use == use] for use in ("known", "unseen")]
    ratios = [articulation(net, group, space) for group in (*groups, picks) if group]
    wide = float(np.exp(np.mean(np.log(ratios[:-1] or ratios))))
    return Calibration(gain[:6], gain[6:], float(np.concatenate(hazard).mean()), 1 / wide)


@torch.inference_mode()
def articulation(net: MotionNet, items: list[Item], space: MotionSpace) -> float:
    """Mean over ``items`` of the spread of the predicted lip gap over the real one's, while there is speech; 1 without any."""
    ratios = []
    for item in items:
        talking = (item.talk > 0.5) & (item.weight > 0)
        if talking.sum() < 10:
            continue
        h = net.trunk(torch.from_numpy(whole(item, net.config.lookahead))[None])
        mouth = net.heads(h, h.new_zeros((1, h.shape[1], net.config.latent))).mouth[0, net.config.lookahead :].numpy()
        ratios.append((mouth[talking] @ space.gap).std() / (item.mouth[talking] @ space.gap).std())
    return float(np.mean(ratios)) if ratios else 1.0


def export(net: MotionNet, space: MotionSpace, calibration: Calibration, folder: Path, facts: dict[str, Any]) -> None:
    """Write motion.safetensors, space.safetensors and config.json; ``facts`` (data, steps, seed …) go into the config."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Any] = {name: value.numpy().astype(np.float16) for name, value in net.state_dict().items()}
    save_file(tensors, folder / "motion.safetensors")
    space.save(folder / "space.safetensors")
    config = {
        "net": net.config.to_dict(),
        "calibration": {
            "pose": _rounded(calibration.pose),
            "upper": _rounded(calibration.upper),
            "hazard": round(calibration.hazard, 4),
            "articulation": round(calibration.articulation, 4),
            "closing": calibration.closing,
        },
        "training": facts,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def _rounded(values: F32) -> list[float]:
    return [round(float(value), 4) for value in values]
