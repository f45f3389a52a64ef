"""OpenVINO's core: one for the process, and for as long as it lives."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def core() -> Any:
    """The one ``openvino.Core`` of this process, made at the first call and never freed. May be called from any thread.

    A core's CPU plugin gives the thread that makes it another stack for signals, and unmaps that stack when it ends: whichever
    thread ends it, and in whichever order. A thread that is left with an unmapped one dies of its next signal, and its process
    with it, without a word. One core that stays has no end.
    """
    import openvino

    return openvino.Core()
