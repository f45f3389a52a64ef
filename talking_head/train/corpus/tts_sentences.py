"""Sentences to be read aloud for training: many words, every English phoneme, every join between two of them.

Frames filled with words from `tts_words.toml`, and lists of random words of gruut's lexicon; from many candidates, those are
taken that bring the most pairs of phonemes not heard yet. The held-out sentences (`tts_heldout.txt`) never appear.
"""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import resources

from talking_head.speech.phonemes.english import EnglishPhonemes


def heldout() -> list[str]:
    """The 120 sentences on which closing at p, b, m (and opening, rounding, f/v) is tested. Never trained on."""
    lines = (resources.files(__package__) / "tts_heldout.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def sentences(count: int, seed: int, phonemes: EnglishPhonemes | None = None) -> list[str]:
    """``count`` different sentences; the same for the same ``seed``."""
    phonemes = phonemes or EnglishPhonemes()
    forbidden = set(heldout())
    stream = _candidates(random.Random(seed), [word for word in phonemes.words() if re.fullmatch(r"[a-z]{4,10}", word)])
    seen: set[str] = set()
    heard: Counter[tuple[str, str]] = Counter()
    chosen: list[str] = []
    while len(chosen) < count:
        # The best of a handful is nearly as good as the best of all, and needs no second pass.
        options: list[tuple[float, str, list[str]]] = []
        while len(options) < 6:
            text = next(stream)
            if text in seen or text in forbidden:
                continue
            seen.add(text)
            symbols = [re.sub("[ˈˌ]", "", symbol) for word in phonemes(text) for symbol in word]
            gain = sum(1 / (1 + heard[pair]) for pair in itertools.pairwise(symbols)) / max(12, len(symbols))
            options.append((gain, text, symbols))
        _, text, symbols = max(options)
        heard.update(itertools.pairwise(symbols))
        chosen.append(text)
    return chosen


def _candidates(rng: random.Random, lexicon: list[str]) -> Iterator[str]:
    table = tomllib.loads((resources.files(__package__) / "tts_words.toml").read_text("utf-8"))
    frames = [line for line in table.pop("frames").splitlines() if line]
    words = {kind: value.split() for kind, value in table.items() if kind != "phrases"}
    words |= {kind: [p.strip() for p in value.splitlines() if p.strip()] for kind, value in table["phrases"].items()}
    while True:
        if rng.random() < 0.12:
            yield ", ".join(rng.sample(lexicon, rng.randint(3, 6))).capitalize() + "."
            continue
        text = rng.choice(frames)
        while slots := re.findall(r"\{(\w+)\}", text):
            text = text.replace("{" + slots[0] + "}", rng.choice(words[slots[0]]), 1)
        text = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)
        yield text[0].upper() + text[1:]
