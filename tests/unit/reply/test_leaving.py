"""A program that ends in the middle of an answer ends as any other."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from talking_head.reply import leaving

PROGRAM = """
from talking_head import registry
from talking_head.types import Message

reply = registry.build("reply", "{backend}")
{then}
print("bye", flush=True)
"""
STREAM = """
pieces = reply.stream([Message("user", "Tell me a long story about the sea.")])
while not next(pieces):
    pass
"""
AHEAD = """
reply.prepare([Message("user", "The sea is wide. " * 60)])
"""


@pytest.mark.models
@pytest.mark.parametrize("backend", ["openvino", "ctranslate2"])
@pytest.mark.parametrize("then", ["", STREAM, AHEAD, STREAM + AHEAD], ids=["warms up", "answers", "reads ahead", "both"])
def test_a_program_may_end_while_the_model_works(models: object, backend: str, then: str) -> None:
    program = PROGRAM.format(backend=backend, then=then)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "bye\n"), ended.stderr


class Busy:
    """A model that is done once an answer is over."""

    def __init__(self, over: threading.Event) -> None:
        self._over, self.seen = over, 0

    def busy(self) -> bool:
        self.seen += 1
        return not self._over.is_set() or self.seen <= 3


def test_answers_are_ended_and_their_threads_waited_for() -> None:
    with leaving.answer() as over:
        model = Busy(over)
        leaving.ends_before_us(model, Busy.busy)
        leaving.leave()
        assert over.is_set()
    assert model.seen > 3


def test_what_never_ends_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_S", 0.05)
    stuck = Busy(threading.Event())
    leaving.ends_before_us(stuck, Busy.busy)
    leaving.leave()
    assert stuck.seen
