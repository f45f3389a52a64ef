"""Guesses at what an answer goes on with, so that the net can judge several tokens in the time of one.

A net of which one token is wanted goes through all of its weights; three together take hardly longer. So the next two are
guessed from what was said before in the same words, here: which token mostly follows the last one to four in the dialogues that
the shipped model learned from, or in the prompt (Leviathan et al., "Fast Inference from Transformers via Speculative Decoding",
2023, with a table for a draft model). The net's own choice is made after each as always; the first guess that differs from
it ends the run. So guesses change how soon a token comes and not which.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from importlib import resources

from talking_head.reply.chat import Prompts
from talking_head.types import F32

_LONGEST = 4  # tokens that a guess looks back on
_START = -1  # stands before an answer's first token
_ANY = 0  # a guess where there is none
Table = Mapping[tuple[int, ...], int]


class Phrases:
    """What mostly follows the last few tokens in ``answers``, each of which ends with its end."""

    def __init__(self, answers: Iterable[Sequence[int]]) -> None:
        self._table = _followers(([_START, *answer] for answer in answers), range(1, _LONGEST + 1))

    def beside(self, prompt: Sequence[int]) -> Guesses:
        """For an answer to ``prompt``, whose own words it may say again."""
        return Guesses(self._table, _followers([prompt], (2, 3)))


class Guesses:
    """Guesses at one answer: from the longest run of tokens that ``near`` or else ``far`` knows."""

    def __init__(self, far: Table, near: Table) -> None:
        self._tables = near, far

    def guess(self, said: Sequence[int], count: int) -> list[int]:
        """``count`` tokens that may follow the answer's tokens ``said``."""
        words = [_START, *said]
        for _ in range(count):
            words.append(self._next(words[-_LONGEST:]))
        return words[-count:] if count else []

    def _next(self, last: list[int]) -> int:
        for start in range(len(last)):
            for table in self._tables:
                found = table.get(tuple(last[start:]))
                if found is not None:
                    return found
        return _ANY


def chosen(each: F32, guesses: Sequence[int], choose: Callable[[F32], int], ends: Container[int]) -> list[int]:
    """The tokens that the net chooses, one at least: as many as were guessed rightly, and one more.

    ``each`` f32[n + 1, V]: logits after the last token and after each of n ``guesses``. ``choose`` takes a token for logits
    f32[V], and knows what was chosen before. ``ends``: tokens after which nothing is chosen.
    """
    new = [choose(each[0])]
    for guess, logits in zip(guesses, each[1:], strict=True):
        if new[-1] != guess or guess in ends:
            break
        new.append(choose(logits))
    return new


def shipped(prompts: Prompts) -> Phrases:
    """The answers of the dialogues that the shipped model learned from, as the tokens of ``prompts``. About 0.1 s."""
    file = resources.files("talking_head.train.reply") / "dialogues" / "chats.jsonl"
    chats = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    answers = [turn["content"] for chat in chats for turn in chat["messages"] if turn["role"] == "assistant"]
    return Phrases(prompts.answers(answers))


def _followers(texts: Iterable[Sequence[int]], lengths: Iterable[int]) -> dict[tuple[int, ...], int]:
    """For each run of so many tokens in ``texts``: the one that follows it most often."""
    counts: defaultdict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    lengths = tuple(lengths)
    for text in texts:
        whole = tuple(text)
        for place, token in enumerate(whole):
            for length in lengths:
                if length <= place:
                    counts[whole[place - length : place]][token] += 1
    return {run: found.most_common(1)[0][0] for run, found in counts.items()}
