"""Where an answer ends: texts that stop it, and the end of a sentence."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence

from talking_head.text.brevity.sentences import first_end

# How much surer than asked for the first tokens of a sentence must be, or may be less, to speak for the whole of it; at the
# eighth there is nothing to wait for. Of 40 answers to questions in free words that had no part in choosing these, the ends of
# six sentences would have told otherwise, as with six tokens and ten. Nobody waits for more than the last.
_CLEARLY = {5: 1.32, 6: 1.25, 7: 1.25}
_HARDLY = {6: 0.88, 7: 0.88}
_BEGINNING, _SHORTEST, _LATEST = 6, 4, 8  # what ends with a comma is a beginning from four tokens on


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
    Prediction"). A token that ends one sentence and begins the next counts for the former. Whoever asked waits for the first
    words, so a sentence that begins clearly above or below that is judged by its beginning, a long one by its first eight
    tokens, and one above comes piece by piece.
    """
    text, told, weights = "", 0, list[float]()
    for piece, log_p in weighed:
        text += piece
        weights.append(log_p)
        mean = math.exp(sum(weights) / len(weights))
        if (end := first_end(text, 0)) is not None:
            if not told and mean < least:
                return
            yield text[told:end]
            text, told, weights = text[end:], 0, []
        elif told:
            if not set(".!?") & set(text[told:]):  # else it may be the end
                yield text[told:]
                told = len(text)
        else:
            clearly, hardly = _factors(piece, len(weights))
            if mean < hardly * least:
                return
            if mean >= clearly * least:
                yield text
                told = len(text)
    if text[told:].strip() and (told or mean >= least):
        yield text[told:]


def _factors(piece: str, count: int) -> tuple[float, float]:
    """From how many times the mean that is asked for ``count`` tokens, the last of which is ``piece``, are taken for a sure
    sentence, and below how many for a doubtful one."""
    if count >= _LATEST:
        return 1.0, 1.0
    if count >= _SHORTEST and piece.rstrip()[-1:] in {",", ";", ":"}:
        count = max(count, _BEGINNING)
    return _CLEARLY.get(count, math.inf), _HARDLY.get(count, 0.0)
