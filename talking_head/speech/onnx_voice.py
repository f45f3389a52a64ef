"""A voice's ONNX graph, opened with inner nodes as further outputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from talking_head.errors import WeightsError

# What is random in a voice (the length and colour of its sounds) begins at the same place each time a graph is opened: the same
# words in the same order sound the same, so a film that is made twice has one sound.
SEED = 1


def open_graph(model: Path, threads: int = 1, inner: Sequence[str] = ()) -> Any:
    """An ONNX Runtime session of ``model`` on the CPU, whose nodes ``inner`` are outputs as well, behind its own.

    Raises WeightsError, also where the graph has no such node.
    """
    import onnxruntime as ort

    ort.set_default_logger_severity(3)
    ort.set_seed(SEED)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        data = model.read_bytes() + b"".join(_as_output(node) for node in inner)
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no public base class
        raise WeightsError(f"{model.name} cannot be loaded as a voice: {error}") from error


def _as_output(node: str) -> bytes:
    """Protocol buffers merge when they are concatenated: ModelProto(graph=GraphProto(output=[ValueInfoProto(name=…)]))."""
    name = node.encode()
    value = bytes([0x0A, len(name)]) + name
    graph = bytes([0x62, len(value)]) + value
    return bytes([0x3A, len(graph)]) + graph
