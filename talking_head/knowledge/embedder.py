"""Sentences → vectors whose angle says how near their meanings are: all-MiniLM-L6-v2, int8, on one core.

Reimers and Gurevych (2019), *Sentence-BERT*; the mean over the tokens of the last layer, normalised.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from talking_head.models import manifest
from talking_head.types import F32

MODEL = "minilm-l6-int8"
SIZE = 384
MAX_TOKENS = 192
_BATCH = 16
_REMEMBERED = 8  # questions: a message is asked about the presenter, its documents and their sentences


@dataclass(frozen=True, slots=True)
class Threshold:
    """A passage answers where its cosine is ``sure`` or more; or ``likely`` or more, and it has a share ``covered`` of the
    question's words of meaning; or ``possible`` or more, and one of its sentences stands out by ``outstanding`` (see
    ``Store.stands_out``), by more where many passages are compared: the best of many is near by chance."""

    sure: float
    likely: float
    covered: float = 0.6
    possible: float = 2.0  # no cosine: an embedder for which this has not been calibrated
    outstanding: float = 2.0

    def by_chance(self, views: int) -> float:
        """By how much a sentence must stand out among ``views`` texts: by 0.05 more for every doubling beyond 40."""
        return self.outstanding + 0.05 * max(0.0, math.log2(max(1, views) / 40))


class Embedder(Protocol):
    """Texts in, unit vectors out. ``name`` goes into the index: vectors of different embedders are never compared."""

    name: str

    def embed(self, texts: Sequence[str]) -> F32:
        """``texts`` → f32[n, d], each of length 1."""
        ...

    def ask(self, question: str) -> F32:
        """A question → f32[d] of length 1, to be compared with texts."""
        ...

    def threshold(self, question: str) -> Threshold:
        """How near to ``question`` a passage must be to answer it."""
        ...


class MiniLmEmbedder:
    """English sentences → f32[n, 384]. Raises MissingModelError, which says how to fetch the model."""

    name = MODEL

    def __init__(self, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

        folder = manifest.path(MODEL)
        words = _word_pieces(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")))
        tokenizer = Tokenizer(models.WordPiece(vocab=words, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        ends = [("[CLS]", words["[CLS]"]), ("[SEP]", words["[SEP]"])]
        tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
        tokenizer.decoder = decoders.WordPiece()
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding(pad_id=words["[PAD]"], pad_token="[PAD]")
        self._tokenizer = tokenizer
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # it would keep the size of the largest batch for ever (45 MB) and is no faster
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self._wanted = {node.name for node in self._session.get_inputs()}
        self._remembered = remembered(lambda question: self.embed([question])[0])

    def embed(self, texts: Sequence[str]) -> F32:
        """``texts`` → f32[n, 384], each of length 1."""
        parts = [self._batch(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, SIZE), np.float32)

    def ask(self, question: str) -> F32:
        """A question → f32[384] of length 1, not to be written to; the last few are remembered."""
        return self._remembered(question)

    def threshold(self, question: str) -> Threshold:
        """Calibrated by ``talking-head evaluate knowledge`` on the sample handbook's questions, which can and cannot be
        answered, and on questions for one passage in words that it does not have."""
        return Threshold(0.43, 0.36, possible=0.15, outstanding=0.13)

    def _batch(self, texts: Sequence[str]) -> F32:
        coded = self._tokenizer.encode_batch(list(texts))
        mask = np.array([c.attention_mask for c in coded], np.int64)
        feeds = {"input_ids": np.array([c.ids for c in coded], np.int64), "attention_mask": mask}
        feeds["token_type_ids"] = np.zeros_like(mask)
        out = self._session.run(None, {name: feeds[name] for name in self._wanted})[0]
        mean = out if out.ndim == 2 else (out * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True).clip(1e-9), np.float32)


def remembered(ask: Callable[[str], F32]) -> Callable[[str], F32]:
    """``ask``, question → vector, with the last few answers kept: a look-up asks for the same one several times. What it
    returns is not to be written to."""

    def asked(question: str) -> F32:
        vector = np.array(ask(question), np.float32)
        vector.flags.writeable = False
        return vector

    return lru_cache(_REMEMBERED)(asked)


def _word_pieces(vocabulary: Sequence[str]) -> dict[str, int]:
    """The package writes “▁word” and “end” where BERT's own list writes “word” and “##end”; the numbers are BERT's."""
    words = {}
    for number, word in enumerate(vocabulary):
        if word.startswith("▁"):
            words[word[1:]] = number
        else:
            words[word if word.startswith("[") and word.endswith("]") else f"##{word}"] = number
    return words
