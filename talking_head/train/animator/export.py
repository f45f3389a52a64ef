"""From a training state to what serves: half-precision safetensors, and an int8 OpenVINO graph calibrated on real crops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from talking_head.animator.refiner.config import TIERS
from talking_head.animator.refiner.export import TorchRuntime, to_openvino
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.refiner.packing import to_pixels
from talking_head.animator.refiner.runtimes import INT8, OpenVinoRuntime
from talking_head.animator.refiner.weights import load_refiner, save_refiner
from talking_head.train.animator.batches import Batches
from talking_head.train.animator.state import read_state
from talking_head.types import F32, U8

# Grey levels of 255 by which a served runtime may differ from torch f32: mean over all pixels, and 99.9th percentile.
TOLERANCE = {
    "openvino f32": (0.02, 0.2),
    "onnxruntime f32": (0.02, 0.2),
    "openvino bf16": (0.4, 4.0),
    "openvino int8": (0.5, 4.0),
}
_JUDGED = 64  # crops that int8 is held against torch on: of sixteen, a single odd one decides the percentile

Example = tuple[U8, U8, F32]


def averaged(state: Path) -> tuple[Refiner, dict[str, Any]]:
    """The averaged generator of a training state, and its settings with ``step`` and ``minutes``."""
    meta, arrays = read_state(state)
    net = Refiner(TIERS[meta["settings"]["tier"]])
    net.load_state_dict({k[5:]: torch.from_numpy(v) for k, v in arrays.items() if k.startswith("mean.")})
    return net.eval().requires_grad_(False), meta["settings"] | {"step": meta["step"], "minutes": meta["spent"] / 60}


@torch.inference_mode()
def examples(net: Refiner, batches: Batches, count: int) -> list[Example]:
    """Real inputs of the served net: ``warped`` u8[S, S, 3], ``drawing`` u8[4, S, S], ``reference`` f32[1, C, s, s]."""
    out: list[Example] = []
    while len(out) < count:
        batch = batches.draw(8)
        features = net.encode(batch.reference).numpy()
        warped = (batch.warped * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
        drawing = (batch.drawing * 255).round().to(torch.uint8).numpy()
        out += [(warped[i], drawing[i], features[i : i + 1]) for i in range(len(warped))]
    return out[:count]


def quantise(net: Refiner, inputs: list[Example], folder: Path) -> None:
    """Write the int8 graph into ``folder``. Static ranges from ``inputs``; needs OpenVINO and NNCF."""
    import nncf
    import openvino as ov
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    data = nncf.Dataset([{0: to_pixels(warped, drawing)[None], 1: reference} for warped, drawing, reference in inputs])
    # Seven bits of weights: without VNNI, sums of two eight-bit products overflow.
    # Ranges as wide as the widest crop: by their mean, which is NNCF's default, the strong corrections of a wide mouth's teeth
    # were cut off, by up to 43 grey levels.
    widest = RangeEstimatorParametersSet.MINMAX
    advanced = nncf.AdvancedQuantizationParameters(
        overflow_fix=nncf.OverflowFix.ENABLE, activations_range_estimator_params=widest
    )
    model = nncf.quantize(
        to_openvino(net),
        data,
        subset_size=len(inputs),
        preset=nncf.QuantizationPreset.MIXED,
        fast_bias_correction=True,
        advanced_parameters=advanced,
    )
    ov.save_model(model, folder / INT8, compress_to_fp16=False)


def differences(net: Refiner, runtime: Any, inputs: list[Example]) -> tuple[float, float]:
    """Mean and 99.9th percentile of |runtime − torch f32| in grey levels over ``inputs``."""
    torch_runtime = TorchRuntime(net)
    gaps = np.concatenate([np.abs(runtime.refine(*x) - torch_runtime.refine(*x)).ravel() for x in inputs])
    return float(gaps.mean()), float(np.percentile(gaps, 99.9))


def export(state: Path, folder: Path, batches: Batches, *, calibration: int = 480) -> dict[str, Any]:
    """Write everything that serves into ``folder``; returns what the model card needs. The int8 graph is left out where it
    strays.
    """
    net, notes = averaged(state)
    save_refiner(net, folder, steps=str(notes["step"]), minutes=f"{notes['minutes']:.1f}")
    net = load_refiner(folder, net.config.tier)  # as rounded to half
    inputs = examples(net, batches, calibration + _JUDGED)
    quantise(net, inputs[:calibration], folder)
    mean, tail = differences(net, OpenVinoRuntime(net, "int8", folder), inputs[calibration:])
    limit = TOLERANCE["openvino int8"]
    kept = mean <= limit[0] and tail <= limit[1]
    if not kept:
        for suffix in (".xml", ".bin"):
            (folder / INT8).with_suffix(suffix).unlink()
    return notes | {"int8_mean": mean, "int8_p999": tail, "int8_kept": kept}
