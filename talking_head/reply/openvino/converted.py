"""A chat model in CTranslate2's layout, read without CTranslate2: what another runtime needs to compute the same.

``model.bin`` is a list of named arrays; those in int8 stay on disk until somebody reads them (memory-mapped).
"""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import WeightsError
from talking_head.types import F32

_VERSION = 6  # of the file's layout
_SPEC = "TransformerDecoderSpec"
_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
_SWISH = 2

# What a Llama or Qwen2 has (a Qwen2 is a Llama with biases); ``None``: any value. Whatever else a file holds is another model.
_FACTS: dict[str, float | None] = {
    "activation": _SWISH,
    "alibi": 0,
    "alibi_use_positive_positions": 0,
    "alignment_heads": None,
    "alignment_layer": None,
    "num_heads": None,
    "pre_norm": 1,
    "scale_alibi": 0,
    "scale_embeddings": 0,
    "start_from_zero_embedding": 0,
}
_LAYER_FACTS: dict[str, float | None] = {
    "self_attention/num_heads_kv": None,
    "self_attention/rotary_base": None,
    "self_attention/rotary_dim": 0,
    "self_attention/rotary_interleave": 0,
}
_LAYER = {
    "self_attention/layer_norm": {"gamma"},
    "self_attention/linear_0": {"weight", "weight_scale", "bias"},
    "self_attention/linear_1": {"weight", "weight_scale"},
    "ffn/layer_norm": {"gamma"},
    "ffn/linear_0": {"weight", "weight_scale"},
    "ffn/linear_0_noact": {"weight", "weight_scale"},
    "ffn/linear_1": {"weight", "weight_scale"},
}
_ENDS = {
    "embeddings": {"weight", "weight_scale"},
    "layer_norm": {"gamma"},
    "projection": {"weight", "weight_scale"},
}


class OtherModelError(WeightsError):
    """The file is whole, but describes a network that is neither a Llama nor a Qwen2."""


@dataclass(frozen=True, slots=True)
class Linear:
    """``weight`` i8[out, in], of which a row counts ``scale`` f32[out, 1] times; or f32[out, in], and ``scale`` None."""

    weight: Any
    scale: F32 | None
    bias: F32 | None = None

    def rows(self, numbers: Any) -> F32:
        """Rows ``numbers`` of the weight, f32[n, in]."""
        rows = self.weight[numbers].astype(np.float32)
        return rows if self.scale is None else np.asarray(rows * self.scale[numbers], np.float32)


class ConvertedModel:
    """The arrays of ``folder``/model.bin. Attributes: ``folder``, ``heads``, ``heads_kv``, ``rotary_base``, ``epsilon`` and
    ``layers``.

    Raises WeightsError where it cannot be read, OtherModelError where it is of another kind.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, file = folder, folder / "model.bin"
        try:
            with open(file, "rb") as opened:
                self._mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)  # OpenVINO takes nothing read-only
            self._arrays = _read(self._mapped)
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self.epsilon = float(config.get("layer_norm_epsilon") or 1e-6)
        except (OSError, ValueError, struct.error, UnicodeDecodeError, IndexError) as error:
            raise WeightsError(f"The reply model in {folder} cannot be loaded: {error}") from error
        _check(self._arrays)
        self.heads = int(self._arrays["num_heads"])
        first = "layer_0/self_attention"
        self.heads_kv = int(self._arrays.get(f"{first}/num_heads_kv", np.array(self.heads)))
        self.rotary_base = float(self._arrays[f"{first}/rotary_base"])
        self.layers = sum(name.endswith("/self_attention/linear_1/weight") for name in self._arrays)

    def linear(self, name: str) -> Linear:
        """The linear layer ``name``, such as "layer_0/ffn/linear_1" or "embeddings"."""
        weight, scale = self._arrays[f"{name}/weight"], self._arrays.get(f"{name}/weight_scale")
        whole = weight.dtype == np.int8
        inverse = np.float32(1) / scale[:, None] if whole and scale is not None else None
        return Linear(weight if whole else weight.astype(np.float32), inverse, self._arrays.get(f"{name}/bias"))

    def gamma(self, name: str) -> F32:
        """The weights f32[d] of the norm ``name``, such as "layer_norm" or "layer_0/ffn/layer_norm"."""
        return np.asarray(self._arrays[f"{name}/gamma"], np.float32)

    def let_go(self) -> None:
        """Give back the memory of what was read; whatever is read again comes from the disk."""
        self._mapped.madvise(mmap.MADV_DONTNEED)


def _read(data: mmap.mmap) -> dict[str, Any]:
    """Name → array. Those in int8 lie in ``data``; the others are copies, for nothing says that they are aligned."""
    place = 0

    def numbers(form: str) -> tuple[int, ...]:
        nonlocal place
        found = struct.unpack_from("<" + form, data, place)
        place += struct.calcsize("<" + form)
        return found

    def text() -> str:
        nonlocal place
        (length,) = numbers("H")
        place += length
        return data[place - length : place - 1].decode()  # it ends with a zero

    (version,) = numbers("I")
    if version != _VERSION:
        raise ValueError(f"its layout is number {version}, and {_VERSION} is known here. Convert it again.")
    kind = text()
    _, count = numbers("II")
    if kind != _SPEC:
        raise OtherModelError(f"The model is a {kind} and no {_SPEC}.")
    arrays: dict[str, Any] = {}
    for _ in range(count):
        name = text()
        (rank,) = numbers("B")
        shape = numbers(f"{rank}I")
        number, size = numbers("BI")
        if number >= len(_TYPES):
            raise OtherModelError(f"{name} is in a number format that is not known here ({number}).")
        dtype = np.dtype(_TYPES[number])
        flat = np.frombuffer(data, dtype, size // dtype.itemsize, place).reshape(shape)
        arrays[name.removeprefix("decoder/")] = flat if dtype == np.int8 and rank else flat.copy()
        place += size
    (count,) = numbers("I")
    for _ in range(count):
        alias, name = text().removeprefix("decoder/"), text().removeprefix("decoder/")
        for key in [key for key in arrays if key == name or key.startswith(name + "/")]:
            arrays[alias + key.removeprefix(name)] = arrays[key]
    if "projection/weight" in arrays and "projection/weight_scale" not in arrays:  # the alias names the weight alone
        scale = arrays.get("embeddings/weight_scale")
        if scale is not None and arrays["projection/weight"] is arrays.get("embeddings/weight"):
            arrays["projection/weight_scale"] = scale
    return arrays


def _check(arrays: dict[str, Any]) -> None:
    for name, array in arrays.items():
        layer, _, part = name.partition("/")
        inside, facts = (_LAYER, _LAYER_FACTS) if layer.startswith("layer_") and layer != "layer_norm" else (_ENDS, _FACTS)
        part = part if inside is _LAYER else name
        if part in facts:
            if facts[part] is not None and float(array) != facts[part]:
                raise OtherModelError(f"The model has {name} = {float(array):g}, which a Llama has not.")
            continue
        owner, _, kind = part.rpartition("/")
        if kind not in inside.get(owner, ()):
            raise OtherModelError(f"The model has {name}, which a Llama has not.")
    for needed in (
        "num_heads",
        "embeddings/weight",
        "projection/weight",
        "layer_norm/gamma",
        "layer_0/self_attention/rotary_base",
    ):
        if needed not in arrays:
            raise OtherModelError(f"The model has no {needed}, which a Llama has.")
