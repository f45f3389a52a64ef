"""An embedder that needs no model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from talking_head.knowledge.embedder import Threshold
from talking_head.types import F32


class Bags:
    """An embedder without a model: a text is the bag of its words, each hashed to a direction."""

    name = "bags"

    def embed(self, texts: Sequence[str]) -> F32:
        out = np.zeros((len(texts), 256), np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in re.findall(r"\w{3,}", text.lower()):
                row[int(hashlib.sha256(word.rstrip("s").encode()).hexdigest(), 16) % 256] += 1
            row /= max(1e-9, float(np.linalg.norm(row)))
        return out

    def ask(self, question: str) -> F32:
        return np.asarray(self.embed([question])[0])

    def threshold(self, question: str) -> Threshold:
        return Threshold(0.43, 0.36)
