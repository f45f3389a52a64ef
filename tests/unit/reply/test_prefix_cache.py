"""Chats kept between turns: what is read, when, and within which budget. A generator here is a list of what it read."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Sequence

import pytest

from talking_head.reply import prefix_cache
from talking_head.reply.prefix_cache import PrefixCache


class Reader:
    """Stands for the model: ``generators[n]`` is what the n-th generator has read; reading stops at ``gate``."""

    def __init__(self) -> None:
        self.generators: list[list[str]] = []
        self.gate, self.begun = threading.Event(), threading.Event()
        self.gate.set()
        self.broken = False

    def make(self) -> list[str]:
        if self.broken:
            raise RuntimeError("no memory")
        self.generators.append([])
        return self.generators[-1]

    def read(self, generator: list[str], tokens: Sequence[str]) -> None:
        self.begun.set()
        assert self.gate.wait(10)
        if "bad" in tokens:
            raise RuntimeError("cannot be read")
        generator.append("".join(tokens))


def kept(reader: Reader, budget: int = 20) -> PrefixCache:
    return PrefixCache(reader.make, reader.read, budget)


def test_an_answer_runs_on_the_longest_kept_beginning() -> None:
    chats = kept(Reader())
    for tokens in ("ab", "abcd", "abx"):
        chats.ahead(tokens)
    chats.settle()
    for prompt, static in (("abcde", "abcd"), ("abcd", "ab"), ("abxy", "abx"), ("b", "")):
        with chats.lease(prompt) as (lease, _):
            assert "".join(lease.static) == static


def test_a_head_is_kept_from_its_first_use() -> None:
    chats = kept(Reader())
    for prompt in ("sys-a", "sys-b"):
        with chats.lease(prompt, "sys") as (lease, _):
            assert "".join(lease.static) == "sys"
    assert chats.kept_tokens == 3
    with chats.lease("other", "sys") as (lease, _):
        assert lease.static == []


def test_over_budget_a_fresh_generator_reads_what_still_waits_for_a_question() -> None:
    reader = Reader()
    chats = kept(reader, budget=28)
    with chats.lease("s-a", "s") as (old, _):
        pass
    for tokens in ("s-aaaaaaaaaaaaa", "s-bbbbbb"):
        chats.ahead(tokens)
        chats.settle()
    with chats.lease("s-aaaaaaaaaaaaa?"):
        pass  # its question came
    chats.ahead("s-cccccc")
    chats.settle()
    assert reader.generators[1] == ["s", "s-cccccc", "s-bbbbbb"]
    assert chats.kept_tokens == 17
    assert old.generator is reader.generators[0]
    with chats.lease("s-bbbbbb?", "s") as (lease, _):
        assert lease.generator is reader.generators[1]
        assert "".join(lease.static) == "s-bbbbbb"


def test_what_was_answered_without_the_model_is_not_read_again() -> None:
    reader = Reader()
    chats = kept(reader, budget=28)
    for tokens in ("a-hello", "a-hello-and", "b-other-visitor"):  # the first grew, and no answer was written on it
        chats.ahead(tokens)
        chats.settle()
    assert reader.generators[1:] == [["b-other-visitor"]]
    chats.ahead("a-hello-and-so-on")
    chats.settle()
    assert reader.generators[2:] == [["a-hello-and-so-on"]]


def test_chats_that_nobody_goes_on_with_do_not_fill_every_fresh_generator() -> None:
    reader = Reader()
    chats = kept(reader, budget=64)
    for number in range(8):
        chats.ahead(f"{number}-left")  # who wrote it is gone
        chats.settle()
    for turn in range(30):
        for visitor in "xy":
            prompt = f"{visitor}{turn:02d}-waits"
            chats.ahead(prompt)
            chats.settle()
            with chats.lease(f"{prompt}?") as (lease, _):
                assert "".join(lease.static) == prompt
    assert len(reader.generators) <= 24  # two to three turns each


class Model:
    """Stands for a loaded model; it can be asked whether it is still there."""


def test_the_old_generator_is_gone_before_the_fresh_one_is_made() -> None:
    made: list[weakref.ref[Model]] = []
    beside: list[int] = []

    def make() -> Model:
        beside.append(sum(model() is not None for model in made))
        model = Model()
        made.append(weakref.ref(model))
        return model

    chats = PrefixCache(make, lambda generator, tokens: None, 10)
    with chats.lease("s-a", "s") as (writing, _):
        pass
    del writing
    for tokens in ("s-aaaaa", "s-bbbbb", "s-ccccc"):
        chats.ahead(tokens)
        chats.settle()
    assert chats.generation == 2
    assert beside == [0, 0, 0]


def test_a_fresh_generator_waits_for_the_answer_that_is_being_written_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    chats = kept(reader, budget=4)
    chats.ahead("mine")
    chats.settle()
    with chats.lease("mine?") as (_, first_token):
        first_token()
        chats.ahead("ours")
        assert not settled(chats, 0.2)
        with chats.lease("ours?") as (lease, _):  # not held up by what was not begun
            assert lease.static == []
    chats.settle()
    assert len(reader.generators) == 1
    monkeypatch.setattr(prefix_cache, "OLD_GOES_S", 0.05)
    with chats.lease("mine?") as (lease, first_token):
        first_token()
        chats.ahead("ours")
        chats.settle()
        assert lease.generator is reader.generators[0]
        assert reader.generators[1] == ["ours"]


def test_answers_are_hurried_only_where_a_fresh_generator_waits_for_them() -> None:
    chats = kept(Reader(), budget=8)
    chats.ahead("mine")
    chats.settle()
    with chats.lease("mine?") as (_, first_token):
        first_token()
        chats.ahead("fits")
        chats.settle()
        assert not chats.hurries
        chats.ahead("does not")
        assert chats.hurries
        with chats.lease("another") as (_, another):
            assert not chats.hurries  # its first token goes before
            another()
            assert chats.hurries
    chats.settle()
    assert not chats.hurries
    assert chats.generation == 1


def test_a_fresh_generator_that_cannot_be_made_is_made_for_the_next_answer() -> None:
    reader = Reader()
    chats = kept(reader, budget=4)
    chats.ahead("mine")
    chats.settle()
    reader.broken = True
    chats.ahead("ours")
    chats.settle()
    with pytest.raises(RuntimeError, match="no memory"), chats.lease("ours?"):
        pass
    reader.broken = False
    with chats.lease("ours?") as (lease, _):
        assert lease.generator is reader.generators[1]
        assert lease.static == []
    chats.ahead("mine")  # nobody waits for a first token any more
    chats.settle()
    assert reader.generators[1] == ["mine"]


def settled(chats: PrefixCache, seconds: float) -> bool:
    """Whether everything is read within ``seconds``."""
    thread = threading.Thread(target=chats.settle, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def test_no_reading_begins_while_an_answer_waits_for_its_first_token() -> None:
    reader = Reader()
    chats = kept(reader)
    with chats.lease("another visitor") as (_, first_token):
        chats.ahead("chat")
        assert not reader.begun.wait(0.2)
        first_token()
        chats.settle()
        assert reader.generators == [["chat"]]


def test_an_answer_waits_for_its_own_chat_and_for_no_other() -> None:
    reader = Reader()
    reader.gate.clear()
    chats = kept(reader)
    chats.ahead("mine")
    assert reader.begun.wait(10)
    with chats.lease("yours?") as (lease, _):
        assert lease.static == []
    static: list[str] = []

    def answer() -> None:
        with chats.lease("mine?") as (lease, _):
            static.extend(lease.static)

    thread = threading.Thread(target=answer)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    reader.gate.set()
    thread.join(10)
    assert "".join(static) == "mine"


def test_an_answer_does_not_wait_for_a_reading_that_takes_longer_than_its_own() -> None:
    reader = Reader()
    reader.gate.clear()
    chats = kept(reader, budget=2000)
    chats.ahead("ab")
    assert reader.begun.wait(10)
    time.sleep(0.5)  # it reads slowly: 4 tokens a second
    reader.gate.set()
    chats.settle()
    reader.gate.clear()
    reader.begun.clear()
    chats.ahead("ab" + 500 * "c")
    assert reader.begun.wait(10)
    with chats.lease("ab" + 500 * "c" + "?") as (lease, _):
        assert "".join(lease.static) == "ab"
    reader.gate.set()
    chats.settle()


def test_what_was_not_begun_is_left_when_its_question_comes() -> None:
    reader = Reader()
    reader.gate.clear()
    chats = kept(reader)
    chats.ahead("first")
    assert reader.begun.wait(10)
    chats.ahead("second")
    with chats.lease("second?"):
        reader.gate.set()
    chats.settle()
    assert reader.generators == [["first"]]


def test_a_chat_that_cannot_be_read_or_is_too_long_harms_nobody() -> None:
    reader = Reader()
    chats = kept(reader)
    chats.ahead(["bad"])
    chats.ahead("x" * 21)
    chats.ahead("good")
    chats.settle()
    assert reader.generators == [["good"]]
    assert chats.kept_tokens == 4
