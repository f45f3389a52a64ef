"""Documents that are added while the server works: why one is not in, in a sentence."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from talking_head.errors import DiskError, WeightsError
from talking_head.server.presenter.additions import Additions


def raising(error: Exception) -> Any:
    def store(_: str) -> NoReturn:
        raise error

    return store


def failures() -> Iterator[tuple[Exception, str]]:
    yield OSError(errno.ENOSPC, "No space left on device"), "The disk of this server is full, so nothing of this was kept."
    yield DiskError("The disk of this server is full."), "The disk of this server is full."
    yield RuntimeError("at /home/joe"), "“a.md” could not be read: something went wrong on the server."
    quoting = WeightsError("The embedder cannot be loaded: node 7 differs")
    quoting.__cause__ = RuntimeError("node 7 differs")
    yield quoting, "The embedder cannot be loaded."


@pytest.mark.parametrize(("error", "told"), list(failures()))
def test_why_a_document_is_not_in(error: Exception, told: str) -> None:
    additions = Additions(raising(error), lambda _: None)
    try:
        addition = additions.start("ann", "a.md", b"# Boats")
        for _ in range(1200):
            if addition.problem:
                break
            time.sleep(0.05)
        assert addition.problem.startswith(told)
    finally:
        additions.close()
