"""What a voice cannot read is told, long runs of figures are read."""

from __future__ import annotations

import pytest

from talking_head.errors import TextError
from talking_head.text import language as languages
from talking_head.text.clauses import LONGEST_SPOKEN, split_and_unread

FIGURES = {
    "en": dict(zip("1379", ("one", "three", "seven", "nine"), strict=True)),
    "zh": dict(zip("1379", "一三七九", strict=True)),
}
LONG = {"1" * 70: 70, "Call " + "7" * 65 + " now.": 65, "It costs $" + "9" * 64 + "!": 64, "3." + "1" * 200: 201}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", LONG)
def test_a_long_run_of_figures_is_read_figure_by_figure(text: str, language: str) -> None:
    spans, unread = split_and_unread(text, 0, languages.get(language))
    said = " ".join(span.spoken for span in spans)
    assert sum(said.count(word) for word in FIGURES[language].values()) == LONG[text]
    assert unread == []
    assert all(len(span.spoken) <= LONGEST_SPOKEN for span in spans)


@pytest.mark.parametrize("figures", ["１２", "١٢", "१२"])
def test_figures_of_other_writings_are_read(figures: str) -> None:
    spans, unread = split_and_unread(f"I have {figures} cats.", 0, languages.get("en"))
    assert ([span.spoken for span in spans], unread) == (["I have twelve cats."], [])


@pytest.mark.parametrize("word", ["ab1" * 30, "A" + "1" * 70, "1,2," * 20 + "3", "①", "Ⅳ", "x-" * 40 + "y", "𝟑"])
def test_a_word_of_which_nothing_is_said_is_told(word: str) -> None:
    """Whatever falls away where figures become words is among what could not be read."""
    spans, unread = split_and_unread(f"The key is {word} and no other.", 0, languages.get("en"))
    assert unread == [word]
    shown = " ".join(span.text for span in spans)
    assert "…" in shown
    assert word not in shown


@pytest.mark.parametrize(
    "text",
    [
        "A note ² here.",
        "Wait – what?",
        "Yes 😀!",
        "Half: ½.",
        "See https://example.org/" + "a1" * 60,
        "The letter π.",
        "A café.",
    ],
)
def test_what_is_said_or_is_no_word_is_not_told(text: str) -> None:
    assert split_and_unread(text, 0, languages.get("en"))[1] == []


@pytest.mark.parametrize(
    ("language", "text", "says"),
    [
        ("en", "今天天气很好。", "Choose a voice that speaks Chinese (Mandarin)."),
        ("en", "Доброе утро.", "it cannot read “Доброе утро”."),  # nobody here can: no voice is promised
        ("zh", "Доброе утро.", "读不了“Доброе утро”。"),
    ],
)
def test_whose_voice_reads_another_language_is_told_to_choose_one(language: str, text: str, says: str) -> None:
    with pytest.raises(TextError) as refused:
        split_and_unread(text, 0, languages.get(language))
    assert str(refused.value).endswith(says)
