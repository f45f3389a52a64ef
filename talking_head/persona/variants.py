"""Sentences that say the same in other words."""

from __future__ import annotations

import zlib
from collections.abc import Sequence


def variant(sentences: Sequence[str], text: str) -> str:
    """One of ``sentences``, always the same for a ``text``."""
    return sentences[zlib.crc32(text.encode()) % len(sentences)]
