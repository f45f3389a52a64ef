"""The length that a message asks for, in 190 wordings and near misses, English and Chinese (wordings.tsv).

Its first column: 3w, 2s, 10c at most so many words, sentences, characters; yn yes or no; short; - none. The lines from “what's
the capital of norway” and “用一个词回答” on were written before the rules, and not looked at while they were made.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.text.brevity.chinese import WORD_CHARACTERS
from talking_head.text.brevity.length import MAX_CHARS, wished
from talking_head.types import Length

WORDINGS = [line.split("\t") for line in Path(__file__).with_name("wordings.tsv").read_text(encoding="utf-8").splitlines()]


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize(("wanted", "message"), WORDINGS)
def test_the_length_that_is_asked_for(wanted: str, message: str) -> None:
    wish = wished(message)
    if wanted == "-":
        assert wish is None
        return
    assert wish is not None
    length = wish.length
    if wanted == "yn":
        assert length.choice
    elif wanted == "short":
        assert (length.characters if chinese(message) else length.words) in (20, 40)
        assert length.sentences == 1
    else:
        count, unit = int(wanted[:-1]), wanted[-1]
        words = WORD_CHARACTERS * count if chinese(message) else count
        held = {
            "w": length.characters if chinese(message) else length.words,
            "s": length.sentences,
            "c": length.characters,
        }[unit]
        assert held == (words if unit == "w" else count)
        assert not length.choice


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("One word only: what is the capital of Italy?", "what is the capital of Italy?"),
        ("whats the biggest ocean? keep it short pls", "what's the biggest ocean?"),
        ("Tell me in one sentence what a magnet is.", "Tell me what a magnet is."),
        ("yes or no is the earth flat", "is the earth flat?"),
        ("are you real, yes or no", "are you real?"),
        ("describe yourself in 3 words", "describe yourself"),
        ("In two words.", ""),
        ("只用一个词回答，意大利的首都是哪里？", "意大利的首都是哪里？"),
        ("用三句话说说月亮", "说说月亮"),
    ],
)
def test_what_is_asked_without_that(message: str, rest: str) -> None:
    wish = wished(message)
    assert wish is not None
    assert wish.rest == rest


def test_less_than_is_one_fewer_and_never_nothing() -> None:
    less, least = wished("less than five words: what is rain?"), wished("less than one word: what is rain?")
    assert less is not None
    assert least is not None
    assert (less.length.words, least.length.words) == (4, 1)


def test_a_price_alone_is_a_fact() -> None:
    wish = wished("What does the soup cost? Just the price.")
    assert wish is not None
    assert wish.length == Length(words=3, sentences=1, fact=True)


def test_a_long_message_is_not_looked_through() -> None:
    assert wished("In one word: what is rain? " + "x" * MAX_CHARS) is None
