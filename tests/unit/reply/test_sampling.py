"""Which token comes next."""

from __future__ import annotations

from collections import Counter

import numpy as np

from talking_head.reply.openvino.sampling import Sampling

LOGITS = np.log(np.array([0.02, 0.5, 0.3, 0.18], np.float32))


def drawn(sampling: Sampling, count: int = 2_000) -> Counter[int]:
    return Counter(sampling.pick(LOGITS, ()) for _ in range(count))


def sampling(temperature: float = 1, top_p: float = 1, top_k: int = 0, penalty: float = 1) -> Sampling:
    return Sampling(temperature, top_p, top_k, penalty, np.random.default_rng(3))


def test_without_temperature_the_likeliest_is_taken() -> None:
    assert set(drawn(sampling(0), 20)) == {1}


def test_shares_are_those_of_the_logits() -> None:
    found = drawn(sampling())
    assert np.allclose([found[n] / 2_000 for n in range(4)], [0.02, 0.5, 0.3, 0.18], atol=0.04)


def test_a_low_temperature_sharpens_them() -> None:
    assert drawn(sampling(0.25))[1] / 2_000 > 0.8


def test_only_the_likeliest_few_are_drawn() -> None:
    assert set(drawn(sampling(top_k=2))) == {1, 2}
    assert set(drawn(sampling(top_p=0.6))) == {1, 2}  # the first that crosses the share counts
    assert set(drawn(sampling(top_p=0.4))) == {1}


def test_what_was_said_becomes_less_likely_and_nothing_is_changed_in_place() -> None:
    before = LOGITS.copy()
    assert sampling(0, penalty=3).pick(LOGITS, [1, 1]) == 2
    assert sampling(0, penalty=1.08).pick(-LOGITS, [0]) == 0
    assert (before == LOGITS).all()
