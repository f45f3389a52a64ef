"""``talking-head doctor``: what is installed, which device, which models, and what to do about it."""

from __future__ import annotations

import ctypes.util
import importlib.util
import json
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

# Distribution → what it is for.
_PACKAGES = {
    "av": "encoding",
    "aiortc": "WebRTC",
    "gradio": "demo",
    "ctranslate2": "reply, recognition",
    "onnxruntime": "speech",
    "openvino": "animator on a CPU",
    "mediapipe": "face landmarks",
    "gruut": "phonemes",
}
_CORES_FOR_HEAVY = 4
_EXTRAS = {"torch": "torch", "coqui": "TTS", "fan": "face_alignment", "train": "nncf"}  # extra → a module that it brings
_LIBRARIES = {"EGL": "libegl1", "GLESv2": "libgles2", "GL": "libgl1"}


def doctor(
    config: Annotated[Path | None, typer.Option(help="The configuration to look at; without: the defaults.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
) -> None:
    """Look at this installation and say what is missing. Exit code 1 when there is a problem."""
    from talking_head.config import load

    problems: list[str] = []
    settings = load(config)
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "packages": _packages(problems),
        "extras": {name: importlib.util.find_spec(module) is not None for name, module in _EXTRAS.items()},
        "device": _device(settings, problems),
        "models": _models(problems),
        "backends": {s: getattr(settings, s).backend for s in ("reply", "speech", "listen", "landmarks", "motion", "animator")},
        "voices": _voices(settings),
        "runtimes": _runtimes(settings, problems),
        "browser": _browser(),
        "proxies": _proxies(),
    }
    report["capacity"] = report["device"].pop("capacity")
    _system(problems)
    report["problems"] = problems
    _print(report)
    if as_json:
        print(json.dumps(report))
    if problems:
        raise typer.Exit(1)


def _proxies() -> dict[str, str]:
    """Proxy variables of this environment, without logins. Nothing on this machine is asked through them."""
    from talking_head.system.network import proxy_variables

    return proxy_variables()


def _packages(problems: list[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
            problems.append(f"The package {name} is not installed. Install talking-head anew (in a clone: make setup).")
    return found


def _device(settings: Any, problems: list[str]) -> dict[str, Any]:
    from talking_head import device
    from talking_head.errors import TalkingHeadError

    try:
        name = device.resolve(settings.device.name)
        kind = device.precision(name, settings.device.precision)
    except TalkingHeadError as error:
        problems.append(str(error))
        name, kind = "cpu", "float32"
    import psutil

    return {
        "name": name,
        "description": device.describe(name),
        "precision": kind,
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "capacity": {"faces": device.capacity(name, settings.loop.capacity), "measured": device.measured_capacity(name)},
    }


def _models(problems: list[str]) -> dict[str, str]:
    from talking_head.errors import MissingModelError, WeightsError
    from talking_head.models import manifest

    states = {}
    try:
        models = manifest.manifest()
    except WeightsError as error:
        problems.append(str(error))
        return {}
    for model in models.values():
        needed = model.default or model.trained_here
        try:
            manifest.verify(model)
            states[model.name] = "verified"
        except MissingModelError as error:
            states[model.name] = "absent" if needed else "absent (optional)"
            if needed:
                problems.append(str(error))
        except WeightsError as error:
            states[model.name] = "damaged"
            problems.append(str(error))
    return states


def _voices(settings: Any) -> dict[str, str]:
    """The voices that are here, and which of them are too heavy for live speech on this machine."""
    from talking_head.device import cores
    from talking_head.speech.voices import Voices

    heavy = "films only" if cores() < _CORES_FOR_HEAVY else "live too"
    weight = f"heavy: about a second of a core for a second of speech; {cores()} cores: {heavy}"
    return {voice.name: weight if voice.heavy else "light" for voice in Voices(settings).all() if voice.here}


def _runtimes(settings: Any, problems: list[str]) -> dict[str, Any]:
    """What the libraries offer on this machine, and what the animator chose."""
    from talking_head import registry
    from talking_head.errors import TalkingHeadError

    out: dict[str, Any] = {}
    try:
        import ctranslate2
        import onnxruntime

        from talking_head.models.openvino_core import core
        from talking_head.webrtc.nvenc import nvenc_opens

        out = {
            "torch": _torch(),
            "ctranslate2": sorted(ctranslate2.get_supported_compute_types("cpu")),
            "onnxruntime": onnxruntime.get_available_providers(),
            "openvino": core().available_devices,
            "h264": "NVENC" if settings.stream.encoder == "auto" and nvenc_opens() else "x264",
        }
        animator = registry.configured(settings, "animator")
        out["animator"] = f"{settings.animator.backend}: {animator.runtime}"
        problems.extend(animator.problems)
    except (ImportError, OSError, TalkingHeadError) as error:
        problems.append(f"{error}" if isinstance(error, TalkingHeadError) else f"A runtime does not load: {error}")
    return out


def _torch() -> str:
    if importlib.util.find_spec("torch") is None:
        return "not installed (a CPU serves without it; a GPU needs the extra “torch”)"
    import torch

    return f"CUDA {torch.version.cuda}" if torch.cuda.is_available() else "CPU"


def _browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def _system(problems: list[str]) -> None:
    if sys.platform.startswith("linux"):
        missing = [package for name, package in _LIBRARIES.items() if ctypes.util.find_library(name) is None]
        if missing:
            problems.append(f"MediaPipe needs libraries of the system. As root: apt-get install {' '.join(missing)}")
    free = shutil.disk_usage(Path.home()).free / 2**30
    if free < 1:
        problems.append(f"Only {free:.1f} GB of disk are free in the home folder.")
    from talking_head.device import cores

    if cores() < 2:
        problems.append("One core is not enough for voice and picture together; two are.")


def _print(report: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Python {report['python']}")
    console.print("Packages: " + ", ".join(f"{n} {v or 'missing'}" for n, v in report["packages"].items()))
    console.print("Extras: " + ", ".join(f"{n} {'installed' if v else 'not installed'}" for n, v in report["extras"].items()))
    d = report["device"]
    console.print(f"Device: {d['name']} ({d['description']}), {d['precision']}, {d['memory_gb']} GB of memory")
    capacity = report["capacity"]
    source = "measured" if capacity["measured"] is not None else "a guess; measure it with: talking-head bench sessions"
    console.print(f"Capacity: {capacity['faces']} faces ({source})")
    console.print("Models:")
    for name, state in report["models"].items():
        console.print(f"  {name}: {state}")
    console.print("Backends: " + ", ".join(f"{s} {b}" for s, b in report["backends"].items()))
    for name, weight in report["voices"].items():
        console.print(f"Voice {name}: {weight}")
    for name, value in report["runtimes"].items():
        console.print(f"Runtime {name}: {value if isinstance(value, str) else ', '.join(value)}")
    console.print(f"Browser for the tests: {report['browser'] or 'none (apt-get install chromium)'}")
    for name, value in report["proxies"].items():
        console.print(f"Proxy {name}: {value} (for what lies elsewhere; nothing on this machine is asked through it)")
    if report["problems"]:
        console.print("Problems:")
        for problem in report["problems"]:
            console.print(f"  {problem}")
    else:
        console.print("No problems found.")
