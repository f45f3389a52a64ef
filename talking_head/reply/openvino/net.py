"""A Llama (or Qwen2) as an OpenVINO graph: int8 weights, keys and values inside, one chat a request.

OpenVINO recognises the patterns below and runs each as one kernel: the norm (Zhang and Sennrich 2019), the rotation of queries
and keys (Su et al. 2021), attention with grouped heads (Ainslie et al. 2023) over keys and values that it keeps itself, and
products with weights that stay int8 until they are multiplied. Written otherwise, the same formulas take half as long again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from talking_head.errors import BackendError
from talking_head.models.openvino_core import core
from talking_head.reply.openvino.converted import ConvertedModel, Linear
from talking_head.types import F32

_FAR = 2**31 - 1
_WARM = 8  # tokens
HEARD = (0.6, 0.735)  # shares of all layers, after which a message's last token tells how it is meant (``news.py``)
FEW = 3  # tokens that are read together nearly as fast as one: what takes the time is to go through all weights


class Run:
    """One chat in the net. ``tokens``: those whose keys and values it holds; ``heard``: what the net makes of the last one two
    thirds up, f32[len(HEARD) * D]. For one thread at a time."""

    def __init__(self, net: OpenVinoNet, request: Any) -> None:
        self._net, self._request = net, request
        self.tokens: list[int] = []
        self.heard: F32 = np.zeros(0, np.float32)
        self._counts: list[bool] = []  # of the keys and values that the net keeps: whether they are of ``tokens``

    def read(self, tokens: Sequence[int]) -> F32:
        """Go on with ``tokens`` (one or more): logits f32[V] of what follows them. BackendError when it fails."""
        return np.array(self._infer(tokens, 1)[0], np.float32)

    def read_each(self, tokens: Sequence[int]) -> F32:
        """As :meth:`read`, with the logits of what follows each of ``tokens``, f32[n, V]."""
        return np.array(self._infer(tokens, len(tokens)), np.float32)

    def take_back(self, count: int) -> None:
        """As if the last ``count`` tokens had not been read: what the net keeps of them is not seen any more."""
        place = len(self._counts)
        for _ in range(count):
            self.tokens.pop()
            place = next(at for at in range(place - 1, -1, -1) if self._counts[at])
            self._counts[place] = False

    def _infer(self, tokens: Sequence[int], asked: int) -> F32:
        """Logits f32[asked, V] of what follows the last tokens."""
        known, past, count = len(self.tokens), len(self._counts), len(tokens)
        seen = np.zeros((1, 1, count, past + count), np.float32)
        seen[..., :past][..., ~np.array(self._counts, bool)] = -np.inf
        if count > 1:
            seen[0, 0, :, past:] = np.triu(np.full((count, count), -np.inf, np.float32), 1)
        given = {
            "words": self._net.embeddings.rows(np.asarray(tokens))[None],
            "places": np.arange(known, known + count)[None],
            "chats": np.zeros(1, np.int32),
            "seen": seen,
            "asked": np.array([-asked]),
        }
        with self._net.at_work():
            try:
                self._request.infer(given)
            except RuntimeError as error:
                raise BackendError(f"The reply model failed: {_line(error)}") from error
        made = np.asarray(self._request.get_output_tensor(0).data)
        if not made.size:  # what goes wrong on a thread of OpenVINO's is not always told
            raise BackendError("The reply model failed: OpenVINO gave nothing back.")
        self.heard = np.array(self._request.get_output_tensor(1).data[0, 0], np.float32)
        self.tokens.extend(tokens)
        self._counts.extend([True] * count)
        return np.asarray(made[0], np.float32)

    def states(self) -> list[F32]:
        """Keys and values of :attr:`tokens`, copied: f32[1, heads_kv, tokens, d] each."""
        live = np.array(self._counts, bool)
        return [np.asarray(each.state.data[:, :, live], np.float32) for each in self._variables()]

    def restore(self, tokens: Sequence[int], states: Sequence[F32]) -> None:
        """Begin with ``tokens`` as if they had been read; ``states`` may be those of more tokens that begin with these."""
        import openvino

        count = len(tokens)
        with self._net.at_work():
            for variable, state in zip(self._variables(), states, strict=True):
                variable.state = openvino.Tensor(np.ascontiguousarray(state[:, :, :count]), shared_memory=True)  # it copies
        self.tokens, self._counts = list(tokens), [True] * count

    def clear(self) -> None:
        """Begin anew."""
        self._request.reset_state()
        self.tokens, self._counts = [], []

    def _variables(self) -> list[Any]:
        return sorted(self._request.query_state(), key=lambda each: str(each.name))


class OpenVinoNet:
    """The net of ``model``, of which ``streams`` chats compute at the same time on ``threads`` threads each.

    ``embeddings``: a token's row is its word. Ready when made: each stream has computed once. 1 to 2 s. Raises BackendError on
    a machine that cannot run it.
    """

    def __init__(self, model: ConvertedModel, *, threads: int = 1, streams: int = 1) -> None:
        self.embeddings = model.linear("embeddings")
        self._working, self._lock = 0, threading.Lock()
        options = {
            "INFERENCE_NUM_THREADS": threads * streams,
            "NUM_STREAMS": streams,
            "INFERENCE_PRECISION_HINT": "f32",
            "KV_CACHE_PRECISION": "f32",
            "ENABLE_CPU_PINNING": False,
        }
        graph = _graph(model)
        try:
            self._start(graph, options, streams)
        except BackendError:
            # Words are rounded to int8, too, where OpenVINO takes the CPU to be able to multiply such; it may be wrong.
            self._start(graph, {**options, "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}, streams)
        model.let_go()

    def _start(self, graph: Any, options: dict[str, Any], streams: int) -> None:
        try:
            self._compiled = core().compile_model(graph, "CPU", options)
        except RuntimeError as error:
            raise BackendError(f"The reply model cannot run here: {_line(error)}") from error
        together = threading.Barrier(streams)

        def warm(run: Run) -> None:
            together.wait()  # or one stream would take all
            run.read([0] * _WARM)
            run.read_each([0] * FEW)

        with ThreadPoolExecutor(streams) as pool:
            list(pool.map(warm, [self.run() for _ in range(streams)]))

    def run(self) -> Run:
        """A chat without a word."""
        with self.at_work():
            return Run(self, self._compiled.create_infer_request())

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While this lasts the net is :attr:`busy`."""
        with self._lock:
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1

    @property
    def busy(self) -> bool:
        """Whether anything is being computed."""
        return self._working > 0


def _graph(model: ConvertedModel) -> Any:
    """``words`` f32[1, T, D], ``places`` i64[1, T], ``chats`` i32[1] (0), ``seen`` f32[1, 1, T, past + T] (0 or -inf) and
    ``asked`` i64[1] (-n) → logits f32[1, n, V] after each of the last n words, and the last word
    f32[1, 1, len(HEARD) * D] after the layers :data:`HEARD`."""
    import openvino
    from openvino import opset13 as op

    width = model.linear("embeddings").weight.shape[1]
    heads, heads_kv = model.heads, model.heads_kv
    size = width // heads
    words = op.parameter([-1, -1, width], np.float32, name="words")
    places = op.parameter([-1, -1], np.int64, name="places")
    chats = op.parameter([-1], np.int32, name="chats")
    seen = op.parameter([-1, 1, -1, -1], np.float32, name="seen")
    asked = op.parameter([1], np.int64, name="asked")
    batch = op.gather(op.shape_of(words), _constant([0]), _constant(0))
    cosine, sine = _rotation(op, places, size, model.rotary_base)
    kept: list[Any] = []

    def split(x: Any, count: int) -> Any:
        """f32[1, T, count * size] → f32[1, count, T, size]."""
        apart = op.reshape(x, _constant([0, 0, count, size]), True)
        return op.transpose(apart, _constant([0, 2, 1, 3]))

    def rotated(x: Any) -> Any:
        first = op.slice(x, _constant([0]), _constant([size // 2]), _constant([1]), _constant([3]))
        second = op.slice(x, _constant([size // 2]), _constant([_FAR]), _constant([1]), _constant([3]))
        turned = op.concat([op.multiply(second, _constant(np.float32(-1))), first], -1)
        return op.add(op.multiply(x, cosine), op.multiply(turned, sine))

    def remembered(x: Any, name: str) -> Any:
        """What was kept and ``x`` after it, f32[1, heads, past + T, size]; kept from now on."""
        start = op.broadcast(_constant(np.float32(0)), op.concat([batch, _constant([heads_kv, 0, size])], 0))
        info = openvino.op.util.VariableInfo()
        info.data_shape, info.data_type = openvino.PartialShape([-1, heads_kv, -1, size]), openvino.Type.f32
        info.variable_id = name
        variable = openvino.op.util.Variable(info)
        whole = op.concat([op.gather(op.read_value(start, variable), chats, _constant(0)), x], -2)
        kept.append(op.assign(whole, variable))
        if heads == heads_kv:
            return whole
        shape = op.shape_of(whole)
        each = [op.gather(shape, _constant([0, 1]), _constant(0)), _constant([heads // heads_kv])]
        each.append(op.gather(shape, _constant([2, 3]), _constant(0)))
        shared = op.broadcast(op.unsqueeze(whole, _constant(2)), op.concat(each, 0), broadcast_spec="BIDIRECTIONAL")
        return op.reshape(shared, _constant([0, heads, -1, size]), True)

    x: Any = words
    heard: list[Any] = []
    final = _constant([-1]), _constant([_FAR]), _constant([1]), _constant([1])
    for number in range(model.layers):
        layer = f"layer_{number}"
        normed = _norm(op, x, model.gamma(f"{layer}/self_attention/layer_norm"), model.epsilon)
        mixed = _product(op, normed, model.linear(f"{layer}/self_attention/linear_0"))
        parts = op.variadic_split(mixed, _constant(2), _constant([heads * size, heads_kv * size, heads_kv * size])).outputs()
        query, key, value = rotated(split(parts[0], heads)), rotated(split(parts[1], heads_kv)), split(parts[2], heads_kv)
        keys, values = remembered(key, f"keys {number:03}"), remembered(value, f"values {number:03}")
        looked = op.transpose(op.scaled_dot_product_attention(query, keys, values, seen), _constant([0, 2, 1, 3]))
        looked = op.reshape(looked, _constant([0, 0, heads * size]), True)
        x = op.add(x, _product(op, looked, model.linear(f"{layer}/self_attention/linear_1")))
        normed = _norm(op, x, model.gamma(f"{layer}/ffn/layer_norm"), model.epsilon)
        gate = op.swish(_product(op, normed, model.linear(f"{layer}/ffn/linear_0")))
        gated = op.multiply(gate, _product(op, normed, model.linear(f"{layer}/ffn/linear_0_noact")))
        x = op.add(x, _product(op, gated, model.linear(f"{layer}/ffn/linear_1")))
        heard += [op.slice(x, *final)] * heard_after(model.layers).count(number)
    last = op.slice(x, asked, _constant([_FAR]), _constant([1]), _constant([1]))
    logits = _product(op, _norm(op, last, model.gamma("layer_norm"), model.epsilon), model.linear("projection"))
    return openvino.Model(
        [op.result(logits), op.result(op.concat(heard, 2))], kept, [words, places, chats, seen, asked], "chat"
    )


def heard_after(layers: int) -> list[int]:
    """The layers, counted from 0, after which :data:`HEARD` is heard in a model of ``layers``."""
    return [max(1, round(share * layers)) - 1 for share in HEARD]


def _line(error: Exception) -> str:
    """What an error of OpenVINO's says, without the places in its source."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith("Exception from ")]
    return lines[0] if lines else type(error).__name__


def _constant(value: Any) -> Any:
    from openvino import opset13 as op

    return op.constant(np.asarray(value))


def _product(op: Any, x: Any, linear: Linear) -> Any:
    weight = op.constant(linear.weight, shared_memory=True)
    if linear.scale is not None:
        weight = op.multiply(op.convert(weight, np.float32), _constant(linear.scale))
    made = op.matmul(x, weight, False, True)
    return made if linear.bias is None else op.add(made, _constant(np.asarray(linear.bias, np.float32)[None, None]))


def _norm(op: Any, x: Any, gamma: F32, epsilon: float) -> Any:
    square = op.reduce_mean(op.power(x, _constant(np.float32(2))), _constant([-1]), True)
    root = op.sqrt(op.add(square, _constant(np.float32(epsilon))))
    return op.multiply(_constant(gamma[None, None]), op.multiply(x, op.divide(_constant(np.float32(1)), root)))


def _rotation(op: Any, places: Any, size: int, base: float) -> tuple[Any, Any]:
    """Cosine and sine f32[1, 1, T, size] of each place's angles."""
    pace = (1 / base ** (np.arange(0, size, 2) / size)).astype(np.float32)
    angles = op.matmul(op.unsqueeze(op.convert(places, np.float32), _constant(-1)), _constant(pace[None, None]), False, False)
    both = op.concat([angles, angles], -1)
    return op.unsqueeze(op.cos(both), _constant(1)), op.unsqueeze(op.sin(both), _constant(1))
