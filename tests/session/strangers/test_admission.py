"""The capacity is measured with everything at work: pictures, voice, and what sending costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from talking_head import device
from talking_head.config import Config
from talking_head.loop import capacity
from talking_head.loop.capacity import Capacity, Cost
from talking_head.server.container import AppContainer
from talking_head.types import U8
from talking_head.webrtc.encoder import cost_ms
from tests.session import fakes


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppContainer]:
    monkeypatch.setattr(device, "save_capacity", lambda *_: None)
    config = Config.model_validate({"avatar": {"name": "nobody"}, "animator": {"processes": -1}, "motion": {"seed": 1}})
    made = AppContainer(config, build=fakes.build, splitter=fakes.Splitter)
    made.faces.add(fakes.portrait())
    yield made
    made.close()


def test_the_voice_and_the_media_are_counted(container: AppContainer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def measured(*_: Any, **options: Any) -> Capacity:
        asked.update(options)
        costs = tuple(Cost(n, 5.0 * n, 5.0 * n, 5.0 * n) for n in (1, 2, 4, 8))
        return Capacity(6, costs, options["media_ms"], 0.0, 2)

    seen: list[U8] = []

    def sending(pictures: Sequence[U8]) -> float:
        seen.extend(pictures)
        return 3.0

    monkeypatch.setattr(capacity, "measure", measured)
    voices: list[float] = []
    monkeypatch.setattr(Capacity, "with_voice", lambda self, ms: voices.append(ms) or self)  # type: ignore[func-returns-value]
    container.start(sending)
    assert container.loop.capacity == 6
    assert asked["media_ms"] == 3.0
    assert asked["most"] == capacity.APART_SESSIONS
    assert len(seen) >= 2
    assert {picture.shape for picture in seen} == {(container.faces.get().portrait.image.shape[0] * 3 // 2, seen[0].shape[1])}
    assert len(voices) == 1
    assert voices[0] >= 0


def test_a_measured_server_lets_somebody_in(container: AppContainer) -> None:
    container.start()
    assert container.loop.capacity >= 1


def test_sending_costs_something() -> None:
    noise = np.random.default_rng(0)
    assert cost_ms([noise.integers(0, 255, (192, 128)).astype(np.uint8) for _ in range(4)]) > 0
