"""The product's animator on a GPU: ``gan.py``'s pictures, many faces in one batch. ``[animator] backend = "device"``."""

from __future__ import annotations

from pathlib import Path

import torch

from talking_head.animator.cuda import pack
from talking_head.animator.cuda.animator import DeviceAnimator, DeviceAvatar
from talking_head.animator.cuda.refiner import DeviceRefine
from talking_head.animator.gan import GanAvatar, prepare_avatar
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.refiner.reference import ReferenceEncoder
from talking_head.animator.refiner.weights import load_refiner
from talking_head.device import precision as choose_precision
from talking_head.device import resolve
from talking_head.face.portrait import Portrait
from talking_head.models import manifest


class DeviceGanAnimator(DeviceAnimator):
    """``tier``: "cpu", the one net that there is. ``device``, ``precision``: as in the configuration.

    ``net``: weights at hand, instead of those in ``folder`` or the manifest's.
    """

    def __init__(
        self,
        *,
        tier: str = "cpu",
        device: str = "auto",
        precision: str = "auto",
        folder: str | Path | None = None,
        net: Refiner | None = None,
        graphs: bool = True,
        streams: bool = True,
    ) -> None:
        where = torch.device(resolve(device))
        kind = choose_precision(where.type, precision)
        if net is None:
            path = Path(folder) if folder is not None else manifest.path(f"animator-{tier}")
            net = load_refiner(path.parent if path.is_file() else path, tier)
        self.tier = net.config.tier
        self.runtime = f"torch {kind} on {where.type}"
        state = {name: value.detach().float().cpu().numpy().copy() for name, value in net.state_dict().items()}
        self._encoder = ReferenceEncoder(state, net.config)
        refine = DeviceRefine(net, where, half=kind == "float16")
        super().__init__(device=str(where), refine=refine, graphs=graphs, streams=streams)

    def prepare(self, portrait: Portrait) -> DeviceAvatar:
        """Precompute on the CPU and upload; about 0.3 s. Raises what ``GanAnimator.prepare`` raises."""
        avatar: GanAvatar = prepare_avatar(self._encoder, portrait)
        face = pack.pack(avatar.warp, pack.pack_refiner(avatar))
        return self.upload(pack.constants(avatar.warp), face, pack.rig(avatar))
