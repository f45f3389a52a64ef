"""What all shapes of a sum share: what is told and what is asked, and the words that no shape can read."""

from __future__ import annotations

import re

from talking_head.text.english.stems import stem
from talking_head.tools.story.common import KIN, PERSONS
from talking_head.tools.story.units import singular

NUMBER = r"(?<![\w@.:/-])\d+(?:\.\d+)?(?![\w@:/])"
_PLAIN_WORDS = (
    "how many much what when which do does did is are was were will would can could should must have has had i we you he "
    "she it they me us my our that this those these the a an of in to for on at all total altogether together now then so "
    "and be been get got left over there here each people one pay pays paying owe cost costs come comes spend back from "
    "need needs give make makes everything them out per price bill end up buy afford save saved saving set damage charged "
    "due keep after please discount tip tax reduction final new til till until done finished through last run runs ran "
    "does long big large warm cold am im"
)
_PLAIN = frozenset(_PLAIN_WORDS.split())
_KIN = re.compile(rf"\b(?:my|our|his|her) {KIN}\b")
_ASKS = re.compile(r"\b(?:(?:for|at|by|in) )?(?:how [a-z]+|what|when|which)\b")
_OPEN = re.compile(
    r"\b(?:some|except|without|or|average|least|most|about|nearly|almost|usually|sometimes|maybe|unless|instead|free|rest|"
    r"others?|another|than|if not|first|second|last|which|why|where|who|whose|years? old|born|ago|half|third|quarter|twice|"
    r"delivery|shipping|postage|installation|deposit|double|triple|dozen|both|only|but not|up to|"
    r"more than|less than|square|again)\b|n't\b|\bnot\b"
)


def told_and_asked(text: str) -> tuple[str, str] | None:
    """The two parts of ``text`` (see ``story.plain``); None where it asks nothing, two things, or holds what changes a sum.

    One that begins with its question is both.
    """
    asks = list(_ASKS.finditer(text))
    if len(asks) != 1 or not one_person(text) or _OPEN.search(text) or re.search(r"\d{7}", text):
        return None
    told, question = text[: asks[0].start()].strip(" ,|"), text[asks[0].start() :].strip(" ,|")
    return (told, question) if told else (question, question)


def brings_words(question: str, told: str) -> bool:
    """Whether ``question`` speaks of something that was not told: a sum of what was would answer another question."""
    known = {stem(singular(word)) for word in re.findall(r"[a-z]+", told)}
    return any(stem(singular(word)) not in known for word in re.findall(r"[a-z]+", question) if word not in _PLAIN)


def one_person(text: str) -> bool:
    """Whether one person is spoken of: one's sum is not the other's."""
    spoken = {*re.findall(r"[a-z]+", text)}
    groups = [bool(spoken & group) for group in PERSONS]
    return sum(groups) <= 1 and not (spoken & {"i", "we", "me", "us"} and _KIN.search(text))
