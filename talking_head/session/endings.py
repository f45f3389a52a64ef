"""How likely a message ends after its words, asked before the answer is needed.

A reply model reads the words of a pause in 30 to 60 ms of a core, after the recogniser and the model of the sound had theirs.
Mostly they are the words of the hearing before: it is asked for these as soon as a speaker falls quiet and all models rest.
"""

from __future__ import annotations

from collections.abc import Callable

_MARKS = " .,?!…"  # at the end of words they change nothing, and come and go with each hearing


class Endings:
    """One microphone's. ``ends``: the probability 0–1 that a message ends after a text (``KnowsEnds``)."""

    def __init__(self, ends: Callable[[str], float]) -> None:
        self._ends = ends
        self._known: tuple[str, float] | None = None  # the last words that it was asked for

    def knows(self, text: str) -> bool:
        """Whether the answer for ``text`` is at hand."""
        return self._known is not None and self._known[0] == text.rstrip(_MARKS)

    def __call__(self, text: str) -> float:
        """The probability for ``text``; takes its time where it is not known yet. Raises what ``ends`` raises."""
        known, words = self._known, text.rstrip(_MARKS)
        if known is None or known[0] != words:
            known = self._known = words, self._ends(text)
        return known[1]
