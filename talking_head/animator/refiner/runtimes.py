"""How the refining net runs on this machine: OpenVINO, else ONNX Runtime, else torch; one thread each.

All runtimes compute the same function of one crop: ``warped`` u8[S, S, 3], ``drawing`` u8[4, S, S] (0..255), ``reference``
f32[1, C, S/8, S/8] → ``residual`` f32[S, S, 3] in grey levels, faded to zero at the crop's rim so that its edge cannot show.
What they run is the net between its pixel shuffles; shuffling, grain and fade are OpenCV's (``packing.py``), which is several
times faster at them than any of the graph compilers.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talking_head.animator.refiner.config import DRAWING_CHANNELS, RefineConfig
from talking_head.animator.refiner.packing import to_pixels, to_residual
from talking_head.errors import WeightsError
from talking_head.models.openvino_core import core
from talking_head.types import F32, U8

if TYPE_CHECKING:  # the calibrated graph needs no torch, whose import takes seconds
    from talking_head.animator.refiner.model import Refiner

INT8 = "refine_int8.xml"


def example(config: RefineConfig) -> tuple[U8, F32]:
    """Inputs of the right shapes, all zero: u8[1, 28, S/2, S/2], f32[1, C, S/8, S/8]."""
    s, channels = config.size, (3 + DRAWING_CHANNELS) * 4
    return np.zeros((1, channels, s // 2, s // 2), np.uint8), np.zeros((1, config.reference, s // 8, s // 8), np.float32)


class Runtime(ABC):
    """``name`` says what runs, for people ("openvino int8")."""

    name: str

    @abstractmethod
    def run(self, pixels: U8, reference: F32) -> F32:
        """The net between its shuffles for one crop: u8[28, S/2, S/2], f32[1, C, S/8, S/8] → f32[12, S/2, S/2]."""

    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See the module's docstring."""
        return to_residual(self.run(to_pixels(warped, drawing), reference), drawing)


class OpenVinoRuntime(Runtime):
    """OpenVINO on the CPU. ``precision``: "int8" (the calibrated graph in ``folder``; no ``net``), "bf16" or "f32"."""

    def __init__(self, net: Refiner | None, precision: str, folder: Path | None = None) -> None:
        if precision == "int8":
            if folder is None or not (folder / INT8).is_file():
                raise WeightsError("There is no int8 graph beside these weights.")
            model = core().read_model(folder / INT8)
        else:
            from talking_head.animator.refiner.export import to_openvino

            assert net is not None
            model = to_openvino(net)
        kind = {"bf16": "bf16"}.get(precision, "f32")
        options = {
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": kind,
            "PERFORMANCE_HINT": "LATENCY",
        }
        self._net = core().compile_model(model, "CPU", options)
        self._own = threading.local()
        self.name = f"openvino {precision}"

    def run(self, pixels: U8, reference: F32) -> F32:
        """See :class:`Runtime`. What it returns is overwritten by the same thread's next call."""
        self._request().pixels[0] = pixels
        return self._answer(reference)

    def refine(self, warped: U8, drawing: U8, reference: F32) -> F32:
        """See the module's docstring."""
        to_pixels(warped, drawing, self._request().pixels[0])
        return to_residual(self._answer(reference), drawing)

    def _answer(self, reference: F32) -> F32:
        """Run what stands in the calling thread's pixels."""
        request = self._request()
        request.wears(reference)
        request.infer()
        return request.residual

    def _request(self) -> _Request:
        """The calling thread's own: a face is prepared while others are drawn, and what two threads ask of one request is
        answered with each other's mouth."""
        if not hasattr(self._own, "request"):
            self._own.request = _Request(self._net.create_infer_request())
        request: _Request = self._own.request
        return request


class _Request:
    """A request of OpenVINO with its arrays: what ``infer`` makes of its arguments and results for every call takes 0.1 ms.

    ``pixels`` u8[1, 28, S/2, S/2] is written before, ``residual`` f32[12, S/2, S/2] read after :meth:`infer`.
    """

    def __init__(self, request: Any) -> None:
        self._request = request
        self.pixels: U8 = request.get_input_tensor(0).data
        self.residual: F32 = request.get_output_tensor(0).data[0]
        self._reference: F32 | None = None

    def wears(self, reference: F32) -> None:
        """Take the features of the face that is drawn, f32[1, C, S/8, S/8], without a copy where they are the last ones."""
        if reference is not self._reference:
            import openvino

            self._kept = np.ascontiguousarray(reference, np.float32)  # the tensor does not hold what it shares
            self._request.set_input_tensor(1, openvino.Tensor(self._kept, shared_memory=True))
            self._reference = reference

    def infer(self) -> None:
        """Run the net, on the thread that calls."""
        self._request.infer(share_outputs=True)


class OnnxRuntime(Runtime):
    """ONNX Runtime on the CPU, f32."""

    name = "onnxruntime f32"

    def __init__(self, net: Refiner) -> None:
        import onnxruntime as ort

        from talking_head.animator.refiner.export import to_onnx

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(to_onnx(net), options, providers=["CPUExecutionProvider"])

    def run(self, pixels: U8, reference: F32) -> F32:
        """See :class:`Runtime`."""
        out: F32 = self._session.run(None, {"pixels": pixels[None], "reference": reference})[0][0]
        return out


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


def choose(
    config: RefineConfig, net: Callable[[], Refiner], folder: Path | None, wanted: str = "auto"
) -> tuple[Runtime, list[str]]:
    """The best runtime that starts, and why better ones did not.

    ``net``: loads the net of ``config`` for a runtime that needs more than the graph in ``folder``. ``wanted``: "auto" or one
    of the names. Raises WeightsError when the wanted one cannot start.
    """
    makers: dict[str, Callable[[], Runtime]] = {
        "openvino int8": lambda: OpenVinoRuntime(None, "int8", folder),
        "openvino bf16": lambda: OpenVinoRuntime(net(), "bf16"),
        "openvino f32": lambda: OpenVinoRuntime(net(), "f32"),
        "onnxruntime f32": lambda: OnnxRuntime(net()),
        "torch f32": lambda: _torch_runtime(net()),
    }
    if wanted != "auto" and wanted not in makers:
        raise WeightsError(f"There is no runtime “{wanted}”. Known ones: auto, {', '.join(makers)}.")
    problems: list[str] = []
    for name in candidates(folder) if wanted == "auto" else [wanted]:
        try:
            runtime = makers[name]()
            pixels, reference = example(config)
            out = runtime.run(pixels[0], reference)
            if out.shape != (12, *pixels.shape[2:]) or not np.isfinite(out).all():
                raise WeightsError("its output is not finite")
            return runtime, problems
        except Exception as error:  # an absent package, an old driver, an unknown operator: the next one may do
            problems.append(f"{name}: {error}")
            if wanted != "auto":
                raise WeightsError(f"The runtime “{name}” does not start: {error}") from error
    raise WeightsError("No runtime can run the animator's net: " + "; ".join(problems))


def _torch_runtime(net: Refiner) -> Runtime:
    from talking_head.animator.refiner.export import TorchRuntime

    return TorchRuntime(net)
