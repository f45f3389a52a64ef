"""What a briefing makes of the chat that a language model reads, and of its answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import pytest

from talking_head.session.briefed import briefed
from talking_head.types import Briefing, Length, Message, News, Tidings

CHAT = (Message("system", "You are Clara."), Message("user", "One word: what is snow?"))


class Model:
    """Answers always the same; keeps what it read."""

    def __init__(self) -> None:
        self.read: list[Message] = []

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        self.read = list(messages)
        yield from ("Snow ", "is ", "frozen ", "water. ", "It ", "is ", "cold.")

    def count_tokens(self, text: str) -> int:
        return len(text.split())


class Doubting(Model):
    """Sure of ``sentences``."""

    def __init__(self, *sentences: str) -> None:
        super().__init__()
        self._sentences = sentences

    def assured(self, messages: Sequence[Message], least: float) -> Generator[str, None, None]:
        self.read = list(messages)
        for sentence in self._sentences:
            yield ""
            yield sentence


class Hearing(Model):
    """Hears ``news``, and says ``words``."""

    def __init__(self, news: News, *words: str) -> None:
        super().__init__()
        self._news, self._words = news, words

    def hearing(self, messages: Sequence[Message]) -> Generator[News | str, None, None]:
        self.read = list(messages)
        yield ""
        yield self._news
        yield from self._words


TOLD = Briefing(tidings=Tidings("How wonderful!", "I am so sorry.", "How was that for you?"))


@pytest.mark.parametrize(
    ("news", "words", "said", "moods"),
    [
        (News(0.9, 0.05), ("I am so ", "sorry."), "How wonderful!", ["excited"]),
        (News(0.05, 0.9), ("Great!",), "I am so sorry.", ["sympathetic"]),
        (News(0.1, 0.2), ("I am ", "so sorry ", "to hear ", "that."), "How was that for you?", []),
        (News(0.2, 0.1), ("Congratulations", "!"), "How was that for you?", []),
        (News(0.7, 0.2), ("That ", "is ", "great!"), "How was that for you?", []),
        (News(0.2, 0.6), ("Snow ", "melts."), "I am so sorry.", ["sympathetic"]),
        (News(0.4, 0.5), ("I am ", "sorry. ", "Take ", "care."), "How was that for you?", []),
        (News(0.4, 0.5), ("Snow ", "melts."), "Snow melts.", []),
        (
            News(0.1, 0.1),
            ("The bus ", "is ", "late ", "sometimes, ", "I am ", "sorry."),
            "The bus is late sometimes, I am sorry.",
            [],
        ),
        (News(), (), "", []),
    ],
)
def test_news_are_answered_as_good_as_they_are(news: News, words: tuple[str, ...], said: str, moods: list[str]) -> None:
    felt = list[str]()
    assert "".join(briefed(Hearing(news, *words), CHAT, TOLD, felt.append)) == said
    assert felt == moods


def test_what_lies_near_sorrow_is_sad_unless_it_is_surely_good() -> None:
    near = Briefing(tidings=Tidings("How wonderful!", "I am so sorry.", "How was that for you?", unheard="That is sad."))
    for news, said in ((News(0.7, 0.2), "I am so sorry."), (News(0.9, 0.05), "How wonderful!"), (News(), "That is sad.")):
        assert "".join(briefed(Hearing(news, "Snow ", "melts."), CHAT, near)) == said


@pytest.mark.parametrize(("unheard", "said"), [("That is sad.", "That is sad."), ("", "Go on.")])
def test_nobody_is_glad_where_nothing_glad_is_at_hand(unheard: str, said: str) -> None:
    felt = list[str]()
    sad = Briefing(tidings=Tidings("", "I am so sorry.", "Go on.", unheard=unheard))
    assert "".join(briefed(Hearing(News(0.9, 0.05), "Snow ", "melts."), CHAT, sad, felt.append)) == said
    assert felt == ["sympathetic"]


def test_a_plain_fact_that_is_no_news_is_taken_note_of() -> None:
    fact = Briefing(tidings=Tidings("How wonderful!", "I am so sorry.", "Go on.", noted="I see: your dog is Rex."))
    for news, said in (
        (News(0.9, 0.05), "How wonderful!"),
        (News(0.1, 0.8), "I am so sorry."),
        (News(), "I see: your dog is Rex."),
    ):
        assert "".join(briefed(Hearing(news, "Rex ", "is ", "kind."), CHAT, fact)) == said


def test_who_hears_no_news_says_what_it_says() -> None:
    assert "".join(briefed(Model(), CHAT, TOLD)) == "Snow is frozen water. It is cold."


def test_what_a_model_is_sure_of_is_said_and_else_that_it_is_not_known() -> None:
    asked = Briefing(doubted="I don't know.")
    assert "".join(briefed(Doubting("Snow is frozen water."), CHAT, asked)) == "Snow is frozen water."
    assert "".join(briefed(Doubting(), CHAT, asked)) == "I don't know."
    assert "".join(briefed(Model(), CHAT, asked)) == "Snow is frozen water. It is cold."
    assert "".join(briefed(Doubting(), CHAT, Briefing())) == "Snow is frozen water. It is cold."


def test_comfort_is_no_answer_to_a_question() -> None:
    model = Doubting("I am sorry that you feel this way.", " Please be kind.")
    assert "".join(briefed(model, CHAT, Briefing(doubted="I don't know."))) == "I don't know."


def test_willingness_alone_answers_no_question_for_more() -> None:
    unknown = Briefing(doubted="I don't know.")
    assert "".join(briefed(Doubting("Of course."), CHAT, unknown)) == "I don't know."
    assert "".join(briefed(Doubting("Of course.", " It is ice."), CHAT, unknown)) == "Of course. It is ice."
    wish = (Message("user", "Can you help me?"),)
    assert "".join(briefed(Doubting("Of course."), wish, unknown)) == "Of course."


def test_a_length_is_kept_of_what_is_sure() -> None:
    short = Briefing(length=Length(words=1, sentences=1), question="what is snow?", doubted="I don't know.")
    assert "".join(briefed(Doubting("Snow is frozen water."), CHAT, short)) == "Frozen."
    assert "".join(briefed(Doubting(), CHAT, short)) == "I don't know."


def test_without_a_briefing_the_chat_and_the_answer_are_left_alone() -> None:
    model = Model()
    assert "".join(briefed(model, CHAT, None)) == "Snow is frozen water. It is cold."
    assert tuple(model.read) == CHAT


def test_a_context_goes_before_the_question() -> None:
    model = Model()
    assert "".join(briefed(model, CHAT, Briefing(context="Snow is white."))) == "Snow is frozen water. It is cold."
    assert [message.content for message in model.read] == ["You are Clara.", "Snow is white.", "One word: what is snow?"]


def test_a_length_is_kept_and_a_small_model_reads_the_question_alone() -> None:
    model = Model()
    answer = briefed(model, CHAT, Briefing(length=Length(words=1, sentences=1), question="what is snow?"))
    assert "".join(answer) == "Frozen."
    assert model.read[-1] == Message("user", "what is snow?")
