"""Sentences that a model is sure of."""

from __future__ import annotations

import math
from collections.abc import Iterator

from talking_head.reply.endings import sure


def weighed(*pieces: tuple[str, float]) -> Iterator[tuple[str, float]]:
    return ((text, math.log(probability)) for text, probability in pieces)


def test_it_ends_before_the_first_sentence_in_doubt() -> None:
    pieces = [("Ice ", 0.9), ("floats. ", 0.8), ("It ", 0.6), ("is ", 0.5), ("blue. ", 0.1), ("Yes.", 0.9)]
    assert list(sure(weighed(*pieces), 0.6)) == ["Ice floats."]
    assert "".join(sure(weighed(*pieces), 0.0001)) == "Ice floats. It is blue. Yes."
    assert list(sure(weighed(*pieces), 0.99)) == []


def test_the_mean_is_a_geometric_one() -> None:
    assert list(sure(weighed(("No", 0.9), (".", 0.4)), 0.59)) == ["No."]
    assert list(sure(weighed(("No", 0.9), (".", 0.4)), 0.61)) == []


def test_nothing_said_is_nothing() -> None:
    assert list(sure(weighed((" ", 0.9)), 0.1)) == []
    assert list(sure(weighed(), 0.1)) == []
