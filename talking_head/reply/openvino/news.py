"""How good the news are that a visitor tells, heard by the language model itself while it reads them.

A model of 135 million parameters answers “my sister got engaged” with “I am so sorry”, and yet it knows better: a straight line
through what it makes of the message's last token two thirds up its layers parts good news from bad (a linear probe: Alain and
Bengio 2017, "Understanding intermediate layers using linear classifier probes"). The line was learned from
``train/reply/dialogues/news.txt`` by ``train/reply/news.py``, for one model; another one's layers mean something else. The
shipped model's lies here, that of a model of one's own beside its weights.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import safe_open

from talking_head.reply.openvino.converted import ConvertedModel
from talking_head.reply.openvino.net import heard_after
from talking_head.types import F32, News

LINE = Path(__file__).with_suffix(".safetensors")
OWN = LINE.name  # in a model's folder
CLASSES = ("bad", "neither", "good")
_SAME = 1e-5  # median of what two fingerprints differ by: 1e-6 where two machines merge one LoRA, 1e-3 between two LoRAs


class NewsEar:
    """What a run heard → how good the news are. ``line``: f32[d + 1, 3], the last row a constant, or None: nothing is heard."""

    def __init__(self, line: F32 | None) -> None:
        self._line = line

    @classmethod
    def of(cls, model: ConvertedModel) -> NewsEar:
        """That of ``model``; a deaf one for a model that no line was learned for."""
        own, mark = model.folder / OWN, fingerprint(model)
        for path in (own, LINE) if own.is_file() else (LINE,):
            with safe_open(path, "numpy") as file:
                of = np.asarray(file.get_tensor("of"), np.float32)
                if of.shape == mark.shape and np.median(np.abs(of / mark - 1)) < _SAME:
                    return cls(np.asarray(file.get_tensor("line"), np.float32))
        return cls(None)

    def __call__(self, heard: F32) -> News:
        """``heard``: see ``net.Run.heard``."""
        if self._line is None or len(heard) + 1 != len(self._line):
            return News()
        logits = heard @ self._line[:-1] + self._line[-1]
        shares = np.exp(logits - logits.max())
        bad, _, good = shares / shares.sum()
        return News(float(good), float(bad))


def fingerprint(model: ConvertedModel) -> F32:
    """Tells ``model`` from every other: the largest weight in each row of a matrix of each layer that is heard, f32[n]. What
    training did to the upper layers shows in it, and what rounding does to a weight hardly."""
    heard = [model.linear(f"layer_{number}/ffn/linear_1").rows(slice(None)) for number in heard_after(model.layers)]
    return np.concatenate([np.abs(rows).max(1) for rows in heard]).astype(np.float32)
