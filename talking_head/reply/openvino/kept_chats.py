"""Keys and values of chats between their turns, so that the next question alone is read.

What a prompt has in common with any chat that was read before, from its first token on, need not be read again: a chat that
goes on, one whose last answer was cut, another visitor's with the same presenter. Kept are copies; the oldest in use go
first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from talking_head.types import F32

_OWN = 0.1  # of a kept chat's tokens, below which it is no chat of its own

Tokens = tuple[int, ...]
States = Sequence[F32]  # f32[1, heads, tokens, d] each


class KeptChats:
    """At most ``budget`` tokens (0: nothing). May be used from any thread."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._kept: OrderedDict[Tokens, States] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        """How many are kept now."""
        with self._lock:
            return sum(map(len, self._kept))

    def longest(self, prompt: Sequence[int]) -> tuple[int, States]:
        """How many tokens ``prompt`` has in common with a kept chat at the most, and the states of that chat (which may go on
        otherwise). One token at least is left to read."""
        with self._lock:
            best, found = 0, None
            for tokens in self._kept:
                count = min(common(prompt, tokens), len(prompt) - 1)
                if count > best:
                    best, found = count, tokens
            if found is None:
                return 0, ()
            self._kept.move_to_end(found)
            return best, self._kept[found]

    def keep(self, tokens: Sequence[int], states: States) -> None:
        """Keep ``states``, which are of ``tokens``, as far as the budget reaches. Of two chats of which one goes on from the
        other the longer is kept; one that has hardly anything of its own (another ending of the same chat) gives way."""
        whole = tuple(tokens[: self.budget])
        if not whole:
            return
        if len(whole) < len(tokens):
            states = [state[:, :, : len(whole)].copy() for state in states]
        with self._lock:
            for other in list(self._kept):
                same = common(whole, other)
                if same == len(whole):
                    self._kept.move_to_end(other)
                    return
                if same >= (1 - _OWN) * len(other):
                    del self._kept[other]
            self._kept[whole] = states
            while sum(map(len, self._kept)) > self.budget:
                self._kept.popitem(last=False)


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """Tokens from the first on that both have."""
    count = min(len(one), len(other))
    differ = np.flatnonzero(np.asarray(one[:count]) != np.asarray(other[:count]))
    return int(differ[0]) if len(differ) else count
