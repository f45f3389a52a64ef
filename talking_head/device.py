"""Which device the models run on, in which precision, and what this machine was measured to carry."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Literal

from talking_head.errors import ConfigError, MissingExtraError
from talking_head.extras import extra_command
from talking_head.folders import home

Precision = Literal["float32", "float16", "bfloat16"]


def resolve(name: str = "auto") -> str:
    """ "auto", "cpu", "cuda" or "cuda:N" → the device to use. ConfigError when a GPU is asked for that is not there,
    MissingExtraError when torch is not, which a GPU needs ("auto" stays on the CPU then)."""
    if name == "cpu" or (name == "auto" and not has_driver()):
        return "cpu"  # without asking torch, whose import takes a second and 200 MB of a server that needs it for nothing else
    try:
        import torch
    except ModuleNotFoundError as error:
        if name == "auto":
            return "cpu"
        raise MissingExtraError(f"The device “{name}” needs torch. Install it with: {extra_command('torch')}") from error

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda"):
        if not torch.cuda.is_available():
            raise ConfigError(f'The device “{name}” is asked for, but torch sees no CUDA GPU. Use device.name = "auto".')
        index = int(name.partition(":")[2] or 0)
        if index >= torch.cuda.device_count():
            raise ConfigError(f"The device “{name}” is asked for, but there are {torch.cuda.device_count()} GPUs.")
    return name


def for_ctranslate2(name: str) -> tuple[str, int]:
    """The device and its number for CTranslate2, which asks CUDA itself and needs no torch. ConfigError as :func:`resolve`."""
    import ctranslate2

    count = ctranslate2.get_cuda_device_count() if name != "cpu" else 0
    kind, _, index = name.partition(":")
    if kind == "auto":
        return ("cuda" if count else "cpu"), 0
    if kind == "cuda" and int(index or 0) >= count:
        raise ConfigError(f'The device “{name}” is asked for, but CTranslate2 sees {count} GPUs. Use device.name = "auto".')
    return kind, int(index or 0)


def has_driver() -> bool:
    """Whether there may be a GPU that torch can use: its driver's device files on Linux; elsewhere only torch knows."""
    return sys.platform != "linux" or any(any(Path("/dev").glob(name)) for name in ("nvidia*", "kfd", "dxg"))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def precision(device: str, wanted: str = "auto") -> Precision:
    """Number format for networks on ``device``: half on a GPU; on a CPU float32, as few CPUs are quick in bfloat16."""
    if wanted == "auto":
        return "float16" if device.startswith("cuda") else "float32"
    if wanted == "float16" and device == "cpu":
        raise ConfigError('precision = "float16" needs a GPU; on a CPU use "float32" or, with AMX, "bfloat16".')
    return wanted  # type: ignore[return-value]


def trains_in_half(device: str) -> bool:
    """Whether bfloat16 is quicker in training on ``device``: on a CPU without it in hardware it is many times slower."""
    if device.startswith("cuda"):
        return True
    import torch

    probes = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(probe is not None and probe() for probe in probes)


def describe(device: str) -> str:
    """The device in words, for people and for the key of :func:`measured_capacity`."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.get_device_name(device)
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {cores()} cores"


def measured_capacity(device: str) -> int | None:
    """Faces at full rate that a bench measured on this device, or None where none was run."""

    try:
        value = json.loads((home() / "capacity.json").read_text())[describe(device)]
        return int(value)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_capacity(device: str, sessions: int) -> None:
    """Remember what a bench measured; the server's ``loop.capacity = 0`` reads it."""

    file = home() / "capacity.json"
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        known = {}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**known, describe(device): sessions}))


def capacity(device: str, configured: int = 0) -> int:
    """Faces that the loop takes: ``configured``, else measured, else a careful guess (a CPU: 2 a core; a GPU: 32)."""
    if configured:
        return configured
    measured = measured_capacity(device)
    if measured is not None:
        return max(1, measured)
    return 32 if device.startswith("cuda") else 2 * cores()
