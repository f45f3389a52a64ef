"""How the refining net runs on this machine: OpenVINO, else ONNX Runtime, else torch; one thread each.

All runtimes compute the same function of one crop: ``warped`` u8[S, S, 3], ``drawing`` u8[4, S, S] (0..255), ``reference``
f32[1, C, S/8, S/8] → ``residual`` f32[S, S, 3] in grey levels, faded to zero at the crop's rim so that its edge cannot show.
What they run is the net between its pixel shuffles; shuffling, grain and fade are OpenCV's (``shuffle.py``), which is several
times faster at them than any of the graph compilers.
"""

from __future__ import annotations

import io
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talking_head.animator.refine import DRAWING_CHANNELS, Refiner
from talking_head.animator.shuffle import to_pixels, to_residual
from talking_head.errors import WeightsError
from talking_head.media import F32, U8

INT8 = "refine_int8.xml"


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


def example(net: Refiner) -> tuple[Tensor, Tensor]:
    """Inputs of the right shapes for tracing."""
    s, channels = net.config.size, (3 + DRAWING_CHANNELS) * 4
    return torch.zeros(1, channels, s // 2, s // 2, dtype=torch.uint8), torch.zeros(1, net.config.reference, s // 8, s // 8)


class Runtime(ABC):
    """``name`` says what runs, for people ("openvino int8")."""

    name: str

    @abstractmethod
    def run(self, pixels: U8, reference: F32) -> F32:
        """:class:`Served` for one crop: u8[28, S/2, S/2], f32[1, C, S/8, S/8] → f32[12, S/2, S/2]."""

    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See the module's docstring."""
        return to_residual(self.run(to_pixels(warped, drawing), reference), drawing)


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


class OpenVinoRuntime(Runtime):
    """OpenVINO on the CPU. ``precision``: "int8" (the calibrated graph in ``folder``), "bf16" or "f32"."""

    def __init__(self, net: Refiner, precision: str, folder: Path | None = None) -> None:
        ov = quiet_openvino()
        core = ov.Core()
        if precision == "int8":
            if folder is None or not (folder / INT8).is_file():
                raise WeightsError("There is no int8 graph beside these weights.")
            model = core.read_model(folder / INT8)
        else:
            model = to_openvino(net)
        kind = {"bf16": "bf16"}.get(precision, "f32")
        options = {
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": kind,
            "PERFORMANCE_HINT": "LATENCY",
        }
        self._request = core.compile_model(model, "CPU", options).create_infer_request()
        self.name = f"openvino {precision}"

    def run(self, pixels: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        out: F32 = self._request.infer([pixels[None], reference], share_inputs=True, share_outputs=True)[0][0]
        return out


class OnnxRuntime(Runtime):
    """ONNX Runtime on the CPU, f32."""

    name = "onnxruntime f32"

    def __init__(self, net: Refiner) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(to_onnx(net), options, providers=["CPUExecutionProvider"])

    def run(self, pixels: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        out: F32 = self._session.run(None, {"pixels": pixels[None], "reference": reference})[0][0]
        return out


def quiet_openvino() -> Any:
    """The ``openvino`` module without its telemetry.

    OpenVINO's converter reports each use to its makers from forked processes: network access that nobody asked for, and
    forks of a process with threads never end. It does without where ``openvino_telemetry`` cannot be imported.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: the import fails
    import openvino

    return openvino


def to_openvino(net: Refiner) -> Any:
    """The served net as an OpenVINO model of static shapes."""
    ov = quiet_openvino()
    inputs = example(net)
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
        example(net),
        buffer,  # type: ignore[arg-type]  # a stream is documented
        input_names=["pixels", "reference"],
        output_names=["residual"],
        opset_version=17,
        dynamo=False,
    )
    return buffer.getvalue()


def cpu_flags() -> set[str]:
    """Instruction sets of this CPU as the kernel names them; empty where that is unknown."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return set()
    line = next((x for x in text.splitlines() if x.startswith(("flags", "Features"))), "")
    return set(line.partition(":")[2].split())


def candidates(folder: Path | None) -> list[str]:
    """Names of runtimes worth trying here, best first."""
    flags = cpu_flags()
    names = []
    if folder is not None and (folder / INT8).is_file() and flags & {"avx2", "asimd"}:
        names.append("openvino int8")
    if "avx512_bf16" in flags or "amx_bf16" in flags:
        names.append("openvino bf16")
    return [*names, "openvino f32", "onnxruntime f32", "torch f32"]


def choose(net: Refiner, folder: Path | None, wanted: str = "auto") -> tuple[Runtime, list[str]]:
    """The best runtime that starts, and why better ones did not.

    ``wanted``: "auto" or one of the names. Raises WeightsError when the wanted one cannot start.
    """
    makers: dict[str, Callable[[], Runtime]] = {
        "openvino int8": lambda: OpenVinoRuntime(net, "int8", folder),
        "openvino bf16": lambda: OpenVinoRuntime(net, "bf16"),
        "openvino f32": lambda: OpenVinoRuntime(net, "f32"),
        "onnxruntime f32": lambda: OnnxRuntime(net),
        "torch f32": lambda: TorchRuntime(net),
    }
    if wanted != "auto" and wanted not in makers:
        raise WeightsError(f"There is no runtime “{wanted}”. Known ones: auto, {', '.join(makers)}.")
    problems: list[str] = []
    for name in candidates(folder) if wanted == "auto" else [wanted]:
        try:
            runtime = makers[name]()
            pixels, reference = (x.numpy() for x in example(net))
            out = runtime.run(pixels[0], reference)
            if out.shape != (12, *pixels.shape[2:]) or not np.isfinite(out).all():
                raise WeightsError("its output is not finite")
            return runtime, problems
        except Exception as error:  # an absent package, an old driver, an unknown operator: the next one may do
            problems.append(f"{name}: {error}")
            if wanted != "auto":
                raise WeightsError(f"The runtime “{name}” does not start: {error}") from error
    raise WeightsError("No runtime can run the animator's net: " + "; ".join(problems))


def quieten() -> None:
    """Ask OpenMP workers to sleep instead of spin; must come before torch starts its pool."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
