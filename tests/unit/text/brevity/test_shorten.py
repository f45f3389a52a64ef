"""Answers at the length that was asked for: no longer, and not another answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talking_head.text.brevity.length import wished
from talking_head.text.brevity.limited import limited
from talking_head.text.brevity.sentences import sentences
from talking_head.text.brevity.shorten import shortened
from talking_head.types import Length

MUSEUM = "A museum is a place where people learn about different things, and it keeps them talking for years."


@pytest.mark.parametrize(
    ("asked", "answer", "short"),
    [
        ("One word only: what is the capital of Italy?", "The capital of Italy is Rome.", "Rome."),
        ("one word. what colour is snow", "Snow is white.", "White."),
        ("Who wrote Hamlet? One word.", "Hamlet is a work of Shakespeare.", "Shakespeare."),
        ("largest planet, one word", "The largest planet is Jupiter, the biggest.", "Jupiter."),
        ("what's your name, one word please", "My name is Rosalind.", "Rosalind."),
        ("whats 7 plus 8, just the number", "7 plus 8 is 15.", "15."),
        ("how much is soup? just the price", "Soup costs 6 euros.", "6 euros."),
        ("one-word answer: is snow white?", "Snow is white.", "Yes."),
        ("one word, what is frozen water?", "It is not in the book, and I do not know it.", "I do not know it."),
        ("when do you open? one word", "The cafe opens at nine in the morning.", "Nine."),
        ("In five words or less: what is a museum?", MUSEUM, "A place where people learn."),
        ("in one sentence: what do you sell", "We sell lamps. They are of glass.", "We sell lamps."),
        ("法国的首都是哪里？只说一个词。", "法国的首都是巴黎。", "巴黎。"),
        ("不超过十个字，重力是什么？", "重力是地球对物体的吸引力，让东西落下来。", "地球对物体的吸引力。"),
    ],
)
def test_what_is_left_tells_what_was_asked(asked: str, answer: str, short: str) -> None:
    wish = wished(asked)
    assert wish is not None
    assert shortened(answer, wish.length, wish.rest) == short


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("Is snow white?", "Snow is white.", "Yes."),
        ("Is fire cold?", "Fire is hot.", "No."),
        ("Is seven an even number?", "Seven is an odd number.", "No."),
        ("Can pigs fly?", "Pigs cannot fly.", "No."),
        ("Are you human?", "I am an AI, not a human.", "No."),
        ("Are you an AI?", "I am an AI, not a human.", "Yes."),
        ("Are you real?", "I am an AI, a program and not a person of flesh and blood.", "No."),
        ("are you a robot", "I am an AI, not a human: Anna.", "Yes."),
        ("Are you married?", "As an AI I have neither parents nor a partner.", "No."),
        ("Can I bring my dog?", "Dogs are not allowed inside.", "No."),
        ("Can I bring my dog?", "Dogs are welcome on a lead.", "Yes."),
        ("Is the shop closed on Mondays?", "It is closed on Mondays. The shop opens at nine.", "It is closed on Mondays."),
        ("Do you sleep?", "No, I am a program.", "No."),
        ("Is there a sauna?", "I don't know that, but I can tell you about the pool.", "I don't know that."),
        ("Is ice frozen water?", "Ice cools a drink.", "Ice cools a drink."),
        ("鱼会游泳吗？", "鱼会游泳。", "是。"),
        ("你是人吗？", "我是人工智能，不是人。", "不是。"),
    ],
)
def test_yes_and_no_are_said_where_the_answer_says_so_and_else_it_is_left_as_it_is(
    question: str, answer: str, said: str
) -> None:
    assert shortened(answer, Length(words=1, sentences=1, choice=True), question) == said


LENGTHS = st.one_of(
    st.builds(Length, words=st.integers(1, 30), sentences=st.integers(0, 1)),
    st.builds(Length, sentences=st.integers(1, 4)),
    st.builds(Length, characters=st.integers(4, 60)),
)
WORDS = "The cat sat. on, a mat and 3.5 Dr. Rome is big! why? 猫在家。 他是人，"
ANSWERS = st.lists(st.sampled_from(WORDS.split()), min_size=1)


@given(ANSWERS, LENGTHS, st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_however_it_is_written_an_answer_is_no_longer_than_asked(words: list[str], length: Length, cuts: list[int]) -> None:
    text, pieces, closed = " ".join(words) + " ", [], []
    while text:
        size = cuts[len(pieces) % len(cuts)]
        pieces.append(text[:size])
        text = text[size:]

    def written():  # type: ignore[no-untyped-def]
        try:
            yield from pieces
        finally:
            closed.append(True)

    said = "".join(limited(written(), length, "what is it?"))
    assert said.strip()
    assert closed
    if length.sentences:
        assert len(sentences(said)) <= length.sentences
    if length.words and not any("\u4e00" <= character <= "\u9fff" for character in said):
        assert len(said.split()) <= length.words
    if length.characters:
        assert len(said) <= length.characters


def test_sentences_come_as_they_are_written_and_nothing_is_written_behind_the_last() -> None:
    taken: list[str] = []

    def written():  # type: ignore[no-untyped-def]
        for piece in ("We ", "sell ", "lamps. ", "They ", "are ", "of glass."):
            taken.append(piece)
            yield piece

    pieces = limited(written(), Length(sentences=1), "what do you sell?")
    assert next(pieces) == "We "
    assert "".join(["We ", *pieces]).strip() == "We sell lamps."
    assert taken[-1] == "They "
