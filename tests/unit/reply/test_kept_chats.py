"""What is kept of chats: what two of them share, and within which budget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from talking_head.reply.openvino.kept_chats import KeptChats, common


def states(tokens: Sequence[int]) -> list[np.ndarray]:
    """Keys and values that say which tokens they are of."""
    return [np.asarray(tokens, np.float32)[None, None, :, None] * layer for layer in (1, 2)]


def kept(*chats: Sequence[int], budget: int = 20) -> KeptChats:
    made = KeptChats(budget)
    for chat in chats:
        made.keep(chat, states(chat))
    return made


@pytest.mark.parametrize(
    ("one", "other", "same"), [((), (1,), 0), ((1, 2), (1, 2, 3), 2), ((1, 2, 3), (1, 5, 3), 1), ((4,), (5,), 0)]
)
def test_what_two_chats_have_in_common(one: Sequence[int], other: Sequence[int], same: int) -> None:
    assert common(one, other) == common(other, one) == same


def test_a_prompt_goes_on_from_what_it_shares_with_any_chat() -> None:
    chats = kept((1, 2, 3, 4), (1, 2, 9))
    for prompt, count, of in (((1, 2, 3, 7), 3, 4), ((1, 2, 9, 9), 3, 3), ((1, 2, 8), 2, None), ((5, 6), 0, 0)):
        found, given = chats.longest(prompt)
        assert found == count
        assert of is None or len(given and given[0][0, 0]) == of
        assert not count or given[1][0, 0, :count, 0].tolist() == [2 * token for token in prompt[:count]]


def test_one_token_is_left_to_read() -> None:
    assert kept((1, 2, 3)).longest((1, 2, 3))[0] == 2


def test_of_two_of_which_one_goes_on_from_the_other_the_longer_is_kept() -> None:
    assert kept((1, 2), (1, 2, 3)).tokens == 3
    assert kept((1, 2, 3), (1, 2)).tokens == 3
    assert kept((1, 2, 3), (1, 2, 4)).tokens == 6


def test_another_ending_of_the_same_chat_takes_the_place_of_the_first() -> None:
    chat = tuple(range(20))
    chats = kept((*chat, 50), (*chat, 60, 61), budget=200)
    assert chats.tokens == 22
    assert chats.longest((*chat, 60, 61, 62))[0] == 22
    assert kept((*chat, *range(50, 60)), (*chat, 60), budget=200).tokens == 51  # that is a chat of its own


def test_the_budget_holds_and_who_was_not_asked_for_longest_goes_first() -> None:
    chats = kept((1, 1), (2, 2), (3, 3), budget=6)
    chats.longest((1, 1, 5))
    chats.keep((4, 4), states((4, 4)))
    assert [chats.longest((n, n, 5))[0] for n in (1, 2, 3, 4)] == [2, 0, 2, 2]
    assert chats.tokens == 6


def test_a_chat_beyond_the_budget_is_kept_as_far_as_it_reaches() -> None:
    chats = kept(range(30), budget=5)
    found, given = chats.longest(range(30))
    assert (found, given[0].shape[2]) == (5, 5)
    assert kept((1, 2), budget=0).tokens == 0
