"""Where an answer ends: texts that stop it, and the end of a sentence."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence

from talking_head.text.brevity.sentences import first_end


def ends_sentence(tail: str) -> bool:
    """Whether the last few characters of an answer end a sentence, and not the number of a list."""
    tail = tail.rstrip("\"')*_ \n")
    return tail[-1:] in {".", "!", "?"} and not tail[-2:-1].isdigit()


def until(pieces: Iterator[str], stops: Sequence[str]) -> Generator[str, None, None]:
    """``pieces`` up to the first of ``stops``, without white space before the first word.

    What could be the beginning of a stop is held back until it is known not to be one.
    """
    held, started = "", False
    for piece in pieces:
        held += piece
        if not started:
            held = held.lstrip()
            started = bool(held)
        found = [place for place in (held.find(stop) for stop in stops) if place >= 0]
        if found:
            if held[: min(found)]:
                yield held[: min(found)]
            return
        keep = max((n for stop in stops for n in range(1, len(stop)) if held.endswith(stop[:n])), default=0)
        if len(held) > keep:
            yield held[: len(held) - keep]
            held = held[len(held) - keep :]
    if held:
        yield held


def sure(weighed: Iterator[tuple[str, float]], least: float) -> Generator[str, None, None]:
    """The sentences of ``weighed``, up to the first whose tokens have a geometric mean of probabilities below ``least``.

    ``weighed``: pieces of text, each with the logarithm of the probability of its token. The logarithms of a sentence are
    summed, as in the confidence of a recogniser (Malinin and Gales 2021, "Uncertainty Estimation in Autoregressive Structured
    Prediction"). A token that ends one sentence and begins the next counts for the former.
    """
    text, total, count = "", 0.0, 0
    for piece, log_p in weighed:
        text, total, count = text + piece, total + log_p, count + 1
        if (end := first_end(text, 0)) is None:
            continue
        if total < count * math.log(least):
            return
        yield text[:end]
        text, total, count = text[end:], 0.0, 0
    if text.strip() and total >= count * math.log(least):
        yield text
