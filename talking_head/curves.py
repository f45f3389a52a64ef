"""Curves that many modules ease with. Imports no array library: numbers, arrays and tensors alike."""

from __future__ import annotations

from typing import Any, TypeVar, cast

_T = TypeVar("_T")


def smoothstep(t: _T) -> _T:
    """3t² - 2t³: from 0 to 1 with level ends. ``t``: a number, array or tensor within 0..1 (clip it before)."""
    x: Any = t
    return cast(_T, x * x * (3 - 2 * x))
