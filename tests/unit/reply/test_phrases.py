"""Guesses change how soon tokens come, and not which."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.reply.openvino.phrases import Phrases, chosen

END = 0
ANSWERS = [[5, 6, 7, 8, END], [5, 6, 7, 9, END], [5, 6, 7, 8, END], [3, 6, 2, END]]


def test_the_longest_known_run_is_gone_on_with() -> None:
    guesses = Phrases(ANSWERS).beside([])
    assert guesses.guess([], 2) == [5, 6]  # most answers begin so
    assert guesses.guess([1, 5, 6, 7], 2) == [8, END]
    assert guesses.guess([9, 3, 6], 1) == [2]  # three tokens know better than one
    assert guesses.guess([77], 2) == [0, 0]  # nothing is known of it: any token
    assert guesses.guess([5], 0) == []


def test_what_the_prompt_says_goes_before() -> None:
    guesses = Phrases(ANSWERS).beside([40, 5, 6, 90, 91, 92])
    assert guesses.guess([1, 5, 6], 3) == [90, 91, 92]
    assert guesses.guess([6], 1) == [7]  # one word of it is too little


@pytest.mark.parametrize("seed", range(5))
def test_what_is_chosen_is_what_would_be_chosen_one_by_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    table = random.standard_normal((12, 12)).astype(np.float32)  # logits after each token
    table[:, END] -= 1

    def one_by_one() -> list[int]:
        said = [4]
        while said[-1] != END and len(said) < 40:
            said.append(int(table[said[-1]].argmax()))
        return said

    wanted, said, steps = one_by_one(), [4], 0

    def choose(logits: np.ndarray) -> int:
        said.append(int(logits.argmax()))
        return said[-1]

    while said[-1] != END and len(said) < 40:
        right = wanted[len(said) : len(said) + 2]
        guesses = [token if random.random() < 0.7 else 11 for token in [*right, 11, 11][:2]]
        new = chosen(table[[said[-1], *guesses]], guesses, choose, {END})
        steps += 1
        assert said[-len(new) :] == new
        assert 1 <= len(new) <= 3
    assert said[: len(wanted)] == wanted
    assert steps < len(wanted) - 1


def test_nothing_is_chosen_after_the_end() -> None:
    logits = np.eye(4, dtype=np.float32)[[1, END, 2]]
    assert chosen(logits, [1, END], lambda row: int(row.argmax()), {END}) == [1, END]
