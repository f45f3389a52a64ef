"""English words as phonemes: homographs, neighbours, acronyms, hums, and what the lexicon has wrong."""

from __future__ import annotations

import re

import pytest

from talking_head.speech.phonemes.english import EnglishPhonemes


@pytest.fixture(scope="module")
def phonemes() -> EnglishPhonemes:
    return EnglishPhonemes()


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("the apple, the pear", "ðɪ ˈæpəl , ðə pˈɛɹ"),
        ("I want to read what I read yesterday", "ˈaɪ wˈɔnt tə ɹˈiːd wˌʌt ˈaɪ ɹˈɛd jˈɛstɚdˌeɪ"),
        ("Please record the record", "plˈiːz ɹɪkˈɔːɹd ðə ɹˈɛkɚd"),
        ("I used to use it", "ˈaɪ jˈuːs tə jˈuːz ɪt"),
        ("GPUs and WebRTC", "dʒˈiː pˈiː jˈuːz ænd wˈɛb ˈɑːɹ tˈiː sˈiː"),
        ("3 cats", "θɹˈiː kˈæts"),
        ("café", "kˈæfeɪ"),
        ("A healthy garden. Well, A lot", "ɐ hˈɛlθi ɡˈɑːɹdən . wˈɛl , ɐ lˈɑːt"),
        ("A is the best. A B C, plan A", "ˈeɪ ɪz ðə bˈɛst . ˈeɪ bˈiː sˈiː , plˈæn ˈeɪ"),
        ("Mm-hm. Hmmm, tbsp", "ˈəm hˈəm . hˈəm , tˈiːbˈiːˈɛspˈiː"),
        ("a clean kitchen in green, king", "ɐ klˈiːn kˈɪtʃən ɪn ɡɹˈiːn , kˈɪŋ"),
    ],
)
def test_pronunciation(phonemes: EnglishPhonemes, text: str, sounds: str) -> None:
    assert said(phonemes, text) == sounds


def test_every_word_has_a_pronunciation(phonemes: EnglishPhonemes) -> None:
    for word in ("zyxomorph", "hmm", "livestream", "OpenVINO's", "x", "A", "blorptastic's", "R2D2", "iPhone"):
        assert all(phonemes(word))


def test_no_word_ends_as_its_neighbour_in_a_list_would_have_it(phonemes: EnglishPhonemes) -> None:
    nasal = [word for word in phonemes.words() if re.search(r"[^g]ne?$", word)]
    assert len(nasal) > 10_000
    assert [word for word in nasal if phonemes(word)[0][-1].endswith("ŋ")] == []


def said(phonemes: EnglishPhonemes, text: str) -> str:
    return " ".join("".join(word) for word in phonemes(text))
