"""The refining net as torch serves it, and as it is exported to the other runtimes."""

from __future__ import annotations

import io
from typing import Any

import torch
from torch import Tensor, nn

from talking_head.animator.refiner.config import DRAWING_CHANNELS
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.refiner.runtimes import Runtime, example
from talking_head.types import F32, U8


class Served(nn.Module):
    """The net as it is served and exported."""

    gain: Tensor
    offset: Tensor

    def __init__(self, net: Refiner) -> None:
        super().__init__()
        self.net = net
        colour = (torch.arange((3 + DRAWING_CHANNELS) * 4) < 12).float()[None, :, None, None]
        self.register_buffer("gain", (1 + colour) / 255)
        self.register_buffer("offset", -colour)

    def forward(self, pixels: Tensor, reference: Tensor) -> Tensor:
        """u8[B, 28, S/2, S/2], f32[B, C, S/8, S/8] → f32[B, 12, S/2, S/2] in grey levels."""
        out: Tensor = self.net.residual(pixels.to(reference.dtype) * self.gain + self.offset, reference) * 255
        return out


def _example(net: Refiner) -> tuple[Tensor, Tensor]:
    pixels, reference = example(net.config)
    return torch.from_numpy(pixels), torch.from_numpy(reference)


class TorchRuntime(Runtime):
    """The net itself, f32, eager."""

    name = "torch f32"

    def __init__(self, net: Refiner) -> None:
        self._net = Served(net).eval()

    @torch.inference_mode()
    def run(self, pixels: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        out: F32 = self._net(torch.from_numpy(pixels)[None], torch.from_numpy(reference))[0].numpy()
        return out


def to_openvino(net: Refiner) -> Any:
    """The served net as an OpenVINO model of static shapes."""
    import openvino as ov

    inputs = _example(net)
    # Traced here, because the converter would run the trace again to compare it: the comparison alone imports for two seconds.
    traced = torch.jit.trace(Served(net).eval(), inputs, check_trace=False)  # type: ignore[no-untyped-call]
    model = ov.convert_model(traced, example_input=inputs)
    model.reshape({i: list(x.shape) for i, x in enumerate(inputs)})
    return model


def to_onnx(net: Refiner) -> bytes:
    """The served net as ONNX, opset 17."""
    buffer = io.BytesIO()
    torch.onnx.export(
        Served(net).eval(),
        _example(net),
        buffer,  # type: ignore[arg-type]  # a stream is documented
        input_names=["pixels", "reference"],
        output_names=["residual"],
        opset_version=17,
        dynamo=False,
    )
    return buffer.getvalue()
