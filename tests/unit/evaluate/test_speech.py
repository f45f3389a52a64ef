"""How many words, or Chinese signs, came back: numbers, spelling and punctuation are no errors."""

from __future__ import annotations

import pytest

from talking_head.errors import InputError
from talking_head.evaluate.speech.words import default_sentences, signs, word_errors


@pytest.mark.parametrize(
    ("said", "heard", "language", "errors", "words"),
    [
        ("The shop opens at half past nine.", "the shop opens at 9:30", "en", 0, 7),
        ("The shop opens.", "The ship opens", "en", 1, 3),
        ("The shop opens.", "", "en", 3, 3),
        ("会议改到下午两点。", "会议改到下午2点", "zh", 0, 8),
        ("你好，世界！", "你好世间", "zh", 1, 4),
        ("你好", "", "zh", 2, 2),
        ("请打开 Wi Fi 设置。", "请打开wi fi设置", "zh", 0, 7),
    ],
)
def test_errors_are_counted_as_the_language_is_written(said: str, heard: str, language: str, errors: int, words: int) -> None:
    assert word_errors(said, heard, language) == (errors, words)


def test_numbers_are_compared_as_they_are_read() -> None:
    assert signs("第12课") == "第 十 二 课"


def test_each_language_has_sentences_and_an_unknown_one_says_so() -> None:
    assert len(default_sentences()) == 60
    mandarin = default_sentences("zh")
    assert len(mandarin) == 50
    assert all(signs(line) and not any(character.isdigit() for character in line) for line in mandarin)
    with pytest.raises(InputError, match="--sentences"):
        default_sentences("fr")
