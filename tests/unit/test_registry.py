"""Name → backend: what the configuration promises reaches every model, and what a backend promises is checked."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from talking_head import registry
from talking_head.config import Config
from talking_head.errors import ConfigError, UnknownPartError
from talking_head.face.portrait import Portrait
from talking_head.protocols import Animator
from talking_head.types import F32, U8

ON_A_GPU = {  # backends that can take one, and so must be told which
    ("reply", "auto"),
    ("reply", "ctranslate2"),
    ("reply", "transformers"),
    ("speech", "coqui"),
    ("listen", "whisper"),
    ("landmarks", "fan"),
    ("animator", "device"),
}


class Recording:
    """Takes what ``[device]`` says and keeps it."""

    def __init__(self, *, device: str = "", precision: str = "", threads: int = 0, model: str = "") -> None:
        self.given = {"device": device, "precision": precision, "threads": threads, "model": model}

    def stream(self, messages: object) -> Iterator[str]:
        yield ""

    def count_tokens(self, text: str) -> int:
        return 0


class Painter(Animator):
    """An animator of another package: two methods, and what it inherits."""

    def prepare(self, portrait: Portrait) -> Any:
        return portrait

    def render(self, avatars: Sequence[Any], points: F32) -> list[U8]:
        return [np.zeros((3, 2), np.uint8) for _ in avatars]


class OnItsOwnDevice(Painter):
    draws_on_cpu = False


class Half:
    """Lacks most of what an animator promises."""

    draws_on_cpu = False

    def prepare(self, portrait: Portrait) -> Any:
        return portrait


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package's backends, by the name of their class."""
    from importlib.metadata import EntryPoint, EntryPoints

    module = ModuleType("another_package")
    classes = {"reply": [Recording], "animator": [Painter, OnItsOwnDevice, Half]}
    found = []
    for stage, members in classes.items():
        for cls in members:
            setattr(module, cls.__name__, cls)
            found.append(EntryPoint(cls.__name__, f"another_package:{cls.__name__}", f"talking_head.{stage}"))
    monkeypatch.setitem(sys.modules, "another_package", module)
    monkeypatch.setattr(registry, "entry_points", lambda group: EntryPoints(e for e in found if e.group == group))


def test_device_reaches_a_backend_and_its_own_options_come_first(plugin: None) -> None:
    device = {"name": "cuda:1", "precision": "bfloat16", "threads": 3}
    config = Config.model_validate({"device": device, "reply": {"backend": "Recording"}})
    given = registry.configured(config, "reply").given
    assert given == {"device": "cuda:1", "precision": "bfloat16", "threads": 3, "model": ""}
    reply = {"backend": "Recording", "options": {"device": "cpu", "model": "m"}}
    config = Config.model_validate({"device": device, "reply": reply})
    assert registry.configured(config, "reply").given == {**given, "device": "cpu", "model": "m"}


@pytest.mark.parametrize(("stage", "name"), sorted(ON_A_GPU))
def test_whatever_can_take_a_gpu_is_told_which(stage: str, name: str) -> None:
    assert "device" in inspect.signature(registry.load(stage, name)).parameters


@pytest.mark.models
def test_device_cpu_takes_no_gpu_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """CTranslate2 sees a GPU; with ``device.name = "cpu"`` nobody opens it, with "auto" somebody would."""
    import ctranslate2

    from talking_head.device import for_ctranslate2

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    config = Config.model_validate({"device": {"name": "cpu"}, "reply": {"options": {"max_tokens": 8}}})
    assert list(registry.configured(config, "reply").stream([]))  # it runs
    assert registry.configured(config, "listen").transcribe(np.zeros(16_000, np.float32), 16_000) == ""
    assert for_ctranslate2("auto") == ("cuda", 0)
    assert for_ctranslate2("cpu") == ("cpu", 0)
    with pytest.raises(ConfigError, match="sees 1 GPUs"):
        for_ctranslate2("cuda:1")


@pytest.mark.usefixtures("plugin")
def test_an_animator_of_another_package_gets_processes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it draws on the CPU, which is what one that says nothing does."""
    asked: list[dict[str, Any]] = []

    def build(stage: str, name: str, **options: Any) -> Any:
        asked.append({"name": name, **options})

    monkeypatch.setattr(registry, "build", build)
    for backend, processes in (("Painter", 0), ("Painter", -1), ("OnItsOwnDevice", 0)):
        registry.live(Config.model_validate({"animator": {"backend": backend, "processes": processes}}), "animator")
    assert asked == [
        {"name": "pool", "backend": "Painter", "options": {}, "processes": 0},
        {"name": "Painter"},
        {"name": "OnItsOwnDevice"},
    ]


@pytest.mark.usefixtures("plugin")
def test_a_backend_that_lacks_something_is_refused_by_name() -> None:
    with pytest.raises(UnknownPartError, match=r"“Half” lacks .*max_batch.*render.*wait"):
        registry.build("animator", "Half")
    painter = registry.build("animator", "Painter")
    painter.wait()
    painter.close()
    assert (painter.max_batch, painter.tier, painter.problems, painter.core_seconds) == (64, "", (), None)
