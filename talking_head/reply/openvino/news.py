"""How good the news are that a visitor tells, heard by the language model itself while it reads them.

A model of 135 million parameters answers “my sister got engaged” with “I am so sorry”, and yet it knows better: a straight line
through what it makes of the message's last token two thirds up its layers parts good news from bad (a linear probe: Alain and
Bengio 2017, "Understanding intermediate layers using linear classifier probes"). The line was learned from
``train/reply/dialogues/news.txt`` by ``train/reply/news.py``, for one model; another one's layers mean something else.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from safetensors import safe_open

from talking_head.reply.openvino.converted import ConvertedModel
from talking_head.types import F32, News

LINE = Path(__file__).with_suffix(".safetensors")
CLASSES = ("bad", "neither", "good")
_KNOWN_BY = "layer_0/ffn/linear_1"  # two models differ in it


class NewsEar:
    """What a run heard → how good the news are. ``line``: f32[d + 1, 3], the last row a constant, or None: nothing is heard."""

    def __init__(self, line: F32 | None) -> None:
        self._line = line

    @classmethod
    def of(cls, model: ConvertedModel) -> NewsEar:
        """That of ``model``; a deaf one for a model that the line was not learned for."""
        with safe_open(LINE, "numpy") as file:
            known = (file.metadata() or {}).get("of") == fingerprint(model)
            return cls(np.asarray(file.get_tensor("line"), np.float32) if known else None)

    def __call__(self, heard: F32) -> News:
        """``heard``: see ``net.Run.heard``."""
        if self._line is None or len(heard) + 1 != len(self._line):
            return News()
        logits = heard @ self._line[:-1] + self._line[-1]
        shares = np.exp(logits - logits.max())
        bad, _, good = shares / shares.sum()
        return News(float(good), float(bad))


def fingerprint(model: ConvertedModel) -> str:
    """Tells ``model`` from every other."""
    return hashlib.sha256(np.ascontiguousarray(model.linear(_KNOWN_BY).weight).tobytes()).hexdigest()
