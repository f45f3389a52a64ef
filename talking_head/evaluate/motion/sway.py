"""Posture and drift of people who trained nothing, through the VAE and back: what it keeps of them, and at what price."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from talking_head.motion.sway import FILE
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut

_FRAMES = 100  # of a window


def sway_figures(folder: Path, clips: Sequence[PreparedClip], held: HeldOut) -> dict[str, dict[str, float]]:
    """Figures of the sway of the weights in ``folder`` (:func:`talking_head.train.motion.sway.judge`) by use of the clips;
    empty without torch, or where no held-out head moves."""
    if importlib.util.find_spec("torch") is None:
        return {}
    import torch
    from safetensors.numpy import load_file

    from talking_head.train.motion.export import load_sway
    from talking_head.train.motion.sway import judge, sway_tracks, windows
    from talking_head.train.motion.sway_net import SwayNet

    config = load_sway(folder).config
    tensors = {name: torch.from_numpy(np.asarray(value)) for name, value in load_file(folder / FILE).items()}
    net = SwayNet(config)
    net.load_state_dict({name: tensors[name] for name in net.state_dict()})
    tracks = sway_tracks([(clip, held.sway_use(clip.name, test=True)) for clip in clips])
    out = {}
    for use in ("known", "unseen"):
        if group := [track for track in tracks if track.use == use]:
            frames = _FRAMES // config.knot * config.knot
            out[use] = {name: round(value, 3) for name, value in judge(net, *windows(group, config, frames)).items()}
            out[use]["people"] = len({track.person for track in group})
    return out
