"""How the refining net runs on this machine: OpenVINO, else ONNX Runtime, else torch; one thread each.

All runtimes compute the same function of one crop: ``warped`` u8[1, S, S, 3], ``drawing`` u8[1, 4, S, S] (0..255),
``reference`` f32[1, C, S/8, S/8] → ``residual`` f32[1, S, S, 3] in grey levels, faded to zero at the crop's rim so that its
edge cannot show. The conversions live inside the graph: they cost nothing there.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from talking_head.animator.refine import DRAWING_CHANNELS, Refiner
from talking_head.errors import WeightsError
from talking_head.media import F32, U8

INT8 = "refine_int8.xml"
_RIM = 0.09  # of the crop's side: width of the fade


class Runtime(Protocol):
    """``name`` says what runs, for people ("openvino int8")."""

    name: str

    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See the module's docstring; without the batch axis: u8[S, S, 3], u8[4, S, S], f32[1, C, s, s] → f32[S, S, 3]."""
        ...


def rim(size: int) -> Tensor:
    """Fade f32[1, 1, S, S]: 1 inside, 0 at the rim, smooth."""
    place = (torch.arange(size, dtype=torch.float32) + 0.5) / size
    ramp = (torch.minimum(place, 1 - place) / _RIM).clamp(0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    return (ramp[:, None] * ramp[None, :])[None, None]


class Served(nn.Module):
    """The net as it is served and exported."""

    def __init__(self, net: Refiner) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("fade", rim(net.config.size) * 255)

    def forward(self, warped: Tensor, drawing: Tensor, reference: Tensor) -> Tensor:
        """u8[B, S, S, 3], u8[B, 4, S, S], f32[B, C, s, s] → f32[B, S, S, 3]."""
        picture = warped.permute(0, 3, 1, 2).to(reference.dtype) / 255
        residual = self.net(picture, drawing.to(reference.dtype) / 255, reference)
        out: Tensor = (residual * self.fade).permute(0, 2, 3, 1)
        return out


def example(net: Refiner) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs of the right shapes for tracing."""
    c = net.config
    s = c.size
    warped = torch.zeros(1, s, s, 3, dtype=torch.uint8)
    return warped, torch.zeros(1, DRAWING_CHANNELS, s, s, dtype=torch.uint8), torch.zeros(1, c.reference, s // 8, s // 8)


class TorchRuntime:
    """The net itself, f32, eager."""

    name = "torch f32"

    def __init__(self, net: Refiner) -> None:
        self._net = Served(net).eval()

    @torch.inference_mode()
    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        out = self._net(torch.from_numpy(warped)[None], torch.from_numpy(drawing)[None], torch.from_numpy(reference))
        result: F32 = out[0].numpy()
        return result


class OpenVinoRuntime:
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

    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        out = self._request.infer([warped[None], drawing[None], reference], share_inputs=True, share_outputs=False)
        result: F32 = out[0][0]
        return result


class OnnxRuntime:
    """ONNX Runtime on the CPU, f32."""

    name = "onnxruntime f32"

    def __init__(self, net: Refiner) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(to_onnx(net), options, providers=["CPUExecutionProvider"])

    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        feed = {"warped": warped[None], "drawing": drawing[None], "reference": reference}
        result: F32 = self._session.run(None, feed)[0][0]
        return result


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
        input_names=["warped", "drawing", "reference"],
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
    if folder is not None and (folder / INT8).is_file() and flags & {"avx512_vnni", "avx_vnni"}:
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
            c = net.config
            out = runtime.refine(
                *(np.zeros(x.shape, x.numpy().dtype)[0] if x.dtype == torch.uint8 else x.numpy() for x in example(net))
            )
            if out.shape != (c.size, c.size, 3) or not np.isfinite(out).all():
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
