"""Words that no sentence ends with: who pauses behind one of them goes on. English; in other languages only the sound tells."""

from __future__ import annotations

from talking_head.listen.barge_in import bare_words

_ENDLESS = """ a an the and or but nor so because if when while although unless than as of to from with without about between
into onto for at by my your his her its our their this these those is are was were am be i we he she they would could should
will can um uh er erm ehm like very really some any every
"""
_GO_ON = frozenset(_ENDLESS.split())
DOUBTED = 0.2  # probability of having finished that is left at most


def doubted(finished: float, text: str) -> float:
    """``finished``: a model's probability 0–1 that the speaker of ``text`` has; less where the words say otherwise."""
    words = bare_words(text)
    if words and words[-1] in _GO_ON and not text.rstrip().endswith(("?", "!")):
        return min(finished, DOUBTED)
    return finished
