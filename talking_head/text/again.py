"""Whether somebody asks to hear the last words once more, in English or Chinese."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BEFORE = _words("sorry oh hm hmm um wait excuse me please can could would will you i beg your but and")
_AFTER = _words("please again once twice more one time slowly slower louder loudly clearly a bit little for me now")
_NOT = re.compile(r"\b(?:did ?n[o']t|could ?n[o']t|can ?n[o']t|can't)\b")
_ONCE_MORE = _words("again once time slowly slower louder loudly clearly")
_ASKED = frozenset(
    (
        *("repeat", "repeat that", "repeat it", "repeat this", "repeat yourself", "repeat what you said", "pardon"),
        *("repeat what you just said", "repeat your answer", "repeat the answer", "repeat the last sentence"),
        *("what did you say", "what did you just say", "what was that", "what were you saying", "say again"),
        *("did not catch that", "did not hear that", "did not hear you", "did not get that", "did not understand that"),
        *("missed that", "did not quite get that", "did not quite catch that"),
    )
)
_SAID = frozenset(("say", "say that", "say it", "say this", "tell me that", "come"))
_CHINESE = re.compile(
    r"(?:对不起|不好意思|抱歉|请|麻烦)?[,，、 ]?[你您]?(?:能|可以)?(?:再说|重复)[一下]?[遍次下][,，]?"
    r"(?:吗|好吗|可以吗)?[。？?!！]?|"
    r"(?:对不起|不好意思|抱歉)?[,，、 ]?我?没听清楚?[。？?!！]?"
)


def asks_again(text: str) -> bool:
    """“Can you say that again, please?”, “Sorry, what was that?”, “再说一遍”. Not what is to be repeated after somebody."""
    if len(text) > 80:
        return False
    if _CHINESE.fullmatch(text.strip()):
        return True
    words = re.findall(r"[a-z']+", _NOT.sub("did not", text.lower().replace("’", "'")))
    while words and words[0] in _BEFORE:
        words.pop(0)
    whole, after = len(words), set[str]()
    while words and words[-1] in _AFTER:
        after.add(words.pop())
    core = " ".join(words)
    return whole > 0 and (core in _ASKED or (core in _SAID and bool(after & _ONCE_MORE)))
