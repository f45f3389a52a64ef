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


LONG = [("The ", 0.9), ("sun ", 0.9), ("is ", 0.9), ("a ", 0.9), ("star ", 0.9), ("and ", 0.9), ("not ", 0.2), ("cold.", 0.2)]


def test_a_sure_beginning_is_told_before_its_sentence_ends() -> None:
    rest = weighed(*LONG)
    told = sure(rest, 0.6)
    assert next(told) == "The sun is a star "
    assert next(rest)[0] == "and "  # nothing beyond the fifth token was waited for
    assert "".join(sure(weighed(*LONG), 0.6)) == "The sun is a star and not cold."
    less = [("The ", 0.76), *LONG[1:4], ("star ", 0.5), *LONG[5:]]  # not sure enough with five
    assert next(sure(weighed(*less), 0.6)) == "The sun is a star and "


def test_a_doubtful_beginning_ends_it_at_once() -> None:
    guessed = [("Sharks ", 0.5), ("often ", 0.4), ("eat ", 0.4), ("tea, ", 0.4), ("I ", 0.3), ("think.", 0.99)]
    rest = weighed(*guessed, ("Or ", 0.9), ("not.", 0.9))
    assert list(sure(rest, 0.6)) == []
    assert next(rest)[0] == "I "


def test_what_is_neither_waits_for_the_end_of_its_sentence() -> None:
    middling = [(f"{word} ", 0.62) for word in ["one", "two", "three", "four", "five", "six", "seven"]]
    assert list(sure(weighed(*middling, ("eight.", 0.7)), 0.6)) == ["one two three four five six seven eight."]
    assert list(sure(weighed(*middling, ("eight.", 0.1)), 0.6)) == []


def test_the_sentence_after_a_sure_one_is_judged_anew() -> None:
    pieces = [*LONG[:6], ("all. ", 0.9), ("It ", 0.2), ("is ", 0.2), ("wet.", 0.2)]
    assert "".join(sure(weighed(*pieces), 0.6)).rstrip() == "The sun is a star and all."


def test_a_long_sentence_is_judged_by_eight_tokens() -> None:
    for probability, told in ((0.62, "word " * 8), (0.58, "")):
        rest = weighed(*[("word ", probability)] * 30)
        assert next(sure(rest, 0.6), "") == told
        assert len(list(rest)) == 22
