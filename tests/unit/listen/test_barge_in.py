"""Whether the presenter gives way: words that ask for it, hums that do not, and words that are not believed."""

from __future__ import annotations

import pytest

from talking_head.listen.barge_in import BargeIn, Move, is_backchannel, is_hum


def test_yes_is_an_answer_where_something_was_asked() -> None:
    for words, asked, move in (
        ("Yes.", True, Move.CUT),
        ("okay", True, Move.CUT),
        ("Yes.", False, Move.RELEASE),
        ("mm-hm", True, Move.RELEASE),
        ("", True, Move.RELEASE),
    ):
        policy = BargeIn()
        policy.began()
        assert policy.words(words, ended=True, asked=asked) is move, words
    policy = BargeIn()
    policy.began()
    assert policy.words("yes", ended=False, asked=True) is None  # perhaps "yes, but"


def test_presenter_gives_way_to_words_and_goes_on_after_a_hum() -> None:
    policy = BargeIn()
    assert [policy.suspected(), policy.suspected()] == [Move.DUCK, None]
    assert policy.dropped() is Move.RELEASE
    assert policy.began() is Move.HOLD
    assert policy.words("mm", ended=False) is None
    assert policy.words("Mm-hmm.", ended=True) is Move.RELEASE
    policy.began()
    assert policy.words("Yeah, but", ended=False) is Move.CUT
    assert policy.state is Move.RELEASE
    policy.began()
    assert policy.words("Elephants", ended=False) is None
    assert policy.words("Stop!", ended=False) is Move.CUT


@pytest.mark.parametrize(
    ("text", "confidence", "seconds", "move"),
    [
        ("MMD-CHM.", -1.26, 0.5, Move.RELEASE),  # what tiny.en made of "mm-hm", "mm" and "uh-huh"
        ("Amen.", -1.46, 0.3, Move.RELEASE),
        ("The hell.", -1.45, 0.4, Move.RELEASE),
        ("Stop.", -1.03, 0.3, Move.CUT),
        ("等一下", -1.3, 0.4, Move.CUT),
        ("Hold on.", -0.55, 0.4, Move.CUT),
        ("It's high.", -0.75, 0.48, Move.RELEASE),  # of "uh-huh"
        ("Mamma, okay.", -0.79, 1.15, Move.RELEASE),  # of "mm-hmm, okay"
        ("OIC", -0.64, 0.7, Move.RELEASE),  # of "oh, I see"
        ("RIC", -0.56, 1.1, Move.RELEASE),  # of "ah, I see"
        ("That's fine.", -0.38, 0.7, Move.RELEASE),  # of "aha"
        ("I'm interesting.", -0.31, 1.1, Move.RELEASE),  # of "hm, interesting"
        ("Well...", -0.78, 0.45, Move.RELEASE),  # of "wow"; alone it asks for nothing either
        ("Malice Malice Malice Malice Malice Malice", -0.45, 0.35, Move.RELEASE),  # of "mm-hm"
        ("No light. No light. No light.", -0.65, 0.26, Move.RELEASE),  # of "mm"
        ("Yuh-huh.", -0.99, 0.45, Move.RELEASE),
        ("Puret. Puret. Puret. Puret", -0.37, 0.54, Move.RELEASE),  # of "sure"
        ("Hello? Hello? Hello?", -0.37, 0.6, Move.CUT),
        ("Stop. Stop. Stop. Stop. Stop.", -0.5, 0.3, Move.CUT),
        ("No, tell me about cats and dogs", -0.5, 1.0, Move.CUT),
        ("Hello.", -0.82, 0.45, Move.CUT),
        ("But why?", -0.67, 0.67, Move.CUT),
        ("be quiet", -1.17, 0.67, Move.CUT),
        ("Something mumbled for long", -1.4, 2.0, Move.CUT),
    ],
)
def test_doubtful_words_of_a_short_sound_are_not_believed(text: str, confidence: float, seconds: float, move: Move) -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words(text, ended=True, confidence=confidence, seconds=seconds) is move


def test_two_hearings_that_agree_on_doubtful_words_do_not_make_them_sure() -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words("Mamma, okay", ended=False, confidence=-0.8, seconds=1.1) is None
    assert policy.words("Tell me a", ended=False, confidence=-0.4, seconds=0.6, settled="Tell me") is Move.CUT


@pytest.mark.parametrize(
    ("text", "confidence", "seconds", "move"),
    [
        ("Could you tell", -0.3, 0.7, None),  # a second hearing has to agree
        ("Could you tell me the", -0.3, 1.1, Move.CUT),  # who speaks so long does not hum
        ("Oh, that's nice", -0.3, 1.1, None),
        ("It's all the time", -0.8, 1.1, None),  # of "uh-huh, uh-huh"
        ("Elephants", -0.3, 1.1, None),
        ("can cat see in the dark", -0.65, 1.3, Move.CUT),
        ("I'm okay, make sense", -0.54, 1.2, None),  # of "hm, okay, makes sense"
        ("Yeah, sure, of course", -0.3, 1.1, None),
    ],
)
def test_one_hearing_is_enough_of_a_long_voice(text: str, confidence: float, seconds: float, move: Move | None) -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words(text, ended=False, confidence=confidence, seconds=seconds, settled="") is move


def test_words_that_no_hum_has_are_believed_where_two_hearings_agree() -> None:
    for settled, confidence, move in (
        ("who invented", -0.8, Move.CUT),
        ("who invented", -1.3, None),
        ("when that's", -0.8, None),
        ("oh really that's", -0.3, None),
    ):
        policy = BargeIn()
        policy.began()
        assert policy.words(settled, ended=False, confidence=confidence, seconds=0.6, settled=settled) is move, settled


def test_words_in_circles_are_one_word() -> None:
    policy = BargeIn()
    policy.began()
    assert policy.words("Right. Right. Right. Right", ended=False) is None
    assert policy.words("cats cats cats", ended=False) is None
    assert policy.words("我想问一下", ended=False) is Move.CUT


def test_a_word_with_a_hyphen_is_a_phrase() -> None:
    for text, confidence, move in (
        ("Bye-bye.", -0.97, Move.RELEASE),  # what is heard of an "uh-huh", as sure as of a word and not as of two
        ("Bye-bye.", -0.4, Move.CUT),
        ("Goodbye.", -0.97, Move.CUT),
    ):
        policy = BargeIn()
        policy.began()
        assert policy.words(text, ended=True, confidence=confidence, seconds=0.4) is move, (text, confidence)


HUMS = """
Mm-hmm.|Yeah, right.|M-M-H-M.|Uh-huh|Okay.|Right. Right. Right. Right|嗯嗯。|好的|Makes sense.|Of course.|That's fine|I know.
|Oh really, that's interesting.|Oh, I see, okay.|Yeah, sure, of course.
"""
WORDS = "Okay, what about cats?|That's enough|I know that song|No.|Stop it|Yeah, okay, right, but why|好的，为什么"


@pytest.mark.parametrize("text", ["", *map(str.strip, HUMS.split("|"))])
def test_backchannels(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", WORDS.split("|"))
def test_no_backchannels(text: str) -> None:
    assert not is_backchannel(text)


def test_hums_are_no_words() -> None:
    assert is_hum("Hmm.")
    assert not is_hum("Yes.")
