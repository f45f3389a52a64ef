"""Write MediaPipe's selfie segmentation in operations that every reader of TFLite knows; run once by ``talking-head pull``.

Its last layer is a custom operation, Convolution2DTransposeBias: a transposed convolution of stride 2 and a sum. Written as
those two, OpenVINO reads it. ``python -m talking_head.models.rewrite_tflite STEP SOURCE TARGET``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

STEP = "tflite-without-custom-operations"
_CUSTOM = b"Convolution2DTransposeBias"


def rewrite(data: bytes) -> bytes:
    """The same network without custom operations. ValueError for a network that has none of the known one."""
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0))
    custom = [index for index, code in enumerate(model.operatorCodes) if code.customCode == _CUSTOM]
    if not custom:
        raise ValueError(f"The network has no operation {_CUSTOM.decode()}.")
    convolution, addition = (
        _code(schema, model, kind) for kind in (schema.BuiltinOperator.TRANSPOSE_CONV, schema.BuiltinOperator.ADD)
    )
    for graph in model.subgraphs:
        operators = []
        for operator in graph.operators:
            if operator.opcodeIndex in custom:
                operators += _two(schema, model, graph, operator, convolution, addition)
            else:
                operators.append(operator)
        graph.operators = operators
    builder = flatbuffers.Builder(len(data) + 4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _code(schema: Any, model: Any, kind: int) -> int:
    """Index of the built-in operation ``kind`` in the model's list, added where it is not there."""
    for index, code in enumerate(model.operatorCodes):
        if code.builtinCode == kind and not code.customCode:
            return index
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = kind, min(kind, 127), 1
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def _two(schema: Any, model: Any, graph: Any, operator: Any, convolution: int, addition: int) -> list[Any]:
    """The custom ``operator`` as a transposed convolution and a sum."""
    source, weights, bias = (int(index) for index in operator.inputs)
    result = int(operator.outputs[0])
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(np.asarray(graph.tensors[result].shape, np.int32).tobytes(), np.uint8)
    model.buffers.append(buffer)
    shape = _tensor(schema, graph, _ints(4), schema.TensorType.INT32, len(model.buffers) - 1, b"shape")
    middle = _tensor(schema, graph, graph.tensors[result].shape, graph.tensors[result].type, 0, b"sum")
    first, second = schema.OperatorT(), schema.OperatorT()
    first.opcodeIndex, first.inputs, first.outputs = convolution, _ints(shape, weights, source), _ints(middle)
    first.builtinOptionsType = schema.BuiltinOptions.TransposeConvOptions
    first.builtinOptions = schema.TransposeConvOptionsT()
    first.builtinOptions.strideW = first.builtinOptions.strideH = 2
    first.builtinOptions.padding = schema.Padding.SAME
    second.opcodeIndex, second.inputs, second.outputs = addition, _ints(middle, bias), _ints(result)
    second.builtinOptionsType, second.builtinOptions = schema.BuiltinOptions.AddOptions, schema.AddOptionsT()
    return [first, second]


def _tensor(schema: Any, graph: Any, shape: Any, kind: int, buffer: int, name: bytes) -> int:
    tensor = schema.TensorT()
    tensor.shape, tensor.type, tensor.buffer, tensor.name = shape, kind, buffer, name
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _ints(*values: int) -> Any:
    """The builder writes an array's memory as it lies, whatever its dtype."""
    return np.array(values, np.int32)


if __name__ == "__main__":
    target = Path(sys.argv[3])
    target.mkdir(parents=True)
    (target / "segmentation.tflite").write_bytes(rewrite(Path(sys.argv[2]).read_bytes()))
