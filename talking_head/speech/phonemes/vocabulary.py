"""The numbers of the phoneme letters that Kokoro and its students read."""

from __future__ import annotations

import json
from importlib import resources


def letter_ids() -> dict[str, int]:
    """Letter → number; 0 is the mark at both ends."""
    ids: dict[str, int] = json.loads((resources.files("hibari") / "assets" / "vocab.json").read_text("utf-8"))
    return ids
