"""Slips in the long words that sums and dates hang on: “tomorow”, “wensday”, “togehter” → as they are spelled.

A word is mended where it begins like one of a short list and is one slip away from it, or two from a long one (Damerau 1964:
a letter left out, put in, taken for another, or two swapped). Words that are others as well (“thirsty”, “seventh”) are left.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LIST = (
    "monday tuesday wednesday thursday friday saturday sunday january february august september october november december "
    "tomorrow yesterday tonight weekday together altogether birthday eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty fifty seventy eighty ninety hundred thousand million percent euros "
    "everything instructions previous minutes"
)
_WORDS = frozenset(_LIST.split())
_OTHER_WORDS = (
    "thirsty sundae sundaes sundry seventh eighth ninth twelfth nicety octobers fifths billion eight three seven forty "
    "augusta elven percept sturdy tether"
)
_OTHERS = frozenset(_OTHER_WORDS.split())
_SHORTEST, _LONG = 5, 8  # letters of a word that is looked at, and from which two slips are mended
_TYPED = re.compile(r"(?<![\w'’.@/-])[a-zA-Z]{5,12}(?![\w'’@/-]|\.\w)")


def mended(message: str) -> str:
    """``message`` with such slips mended; all else as it stands."""
    return _TYPED.sub(lambda m: _like(m[0], _nearest(m[0].lower())), message)


def _like(typed: str, found: str) -> str:
    if not found:
        return typed
    return found[0].upper() + found[1:] if typed[0].isupper() else found


@lru_cache(maxsize=2048)
def _nearest(word: str) -> str:
    """The one word of the list that ``word`` is a slip of, "" where it is none, or one of several."""
    if word in _OTHERS or word.endswith(("th", "ths", "ties")) or {word, word.removesuffix("s"), f"{word}s"} & _WORDS:
        return ""
    near = [known for known in _WORDS if known[0] == word[0] and _slips(word, known) <= (2 if len(known) >= _LONG else 1)]
    near = [known for known in near if len(known) > _SHORTEST]
    return near[0] if len(near) == 1 else ""


def _slips(a: str, b: str) -> int:
    """Optimal string alignment distance; 3 where the lengths alone say more than two."""
    if abs(len(a) - len(b)) > 2:
        return 3
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
