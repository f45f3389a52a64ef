"""In which mood a visitor's message wants to be answered: words of loss, joy, praise and anger, with what turns them round.

A list of words, no model: it costs microseconds, can be read, and errs towards no mood at all. Moods are those of the face
(``types.py``); "" leaves the presenter's own.
"""

from __future__ import annotations

import re

from talking_head.types import MoodOrUnset

_GONE = r"would(?: have|'ve) (?:turned|been (?:\w+(?:'s)? ){0,4}(?:birthday|anniversary))"  # of whom there is no more
_SAD = (
    r"sad|unhappy|depress\w*|lonely|alone|cry(?:ing)?|cried|griev\w*|grief|mourn\w*|heartbroken|broke up|divorc\w*|"
    r"hopeless|miserable|desperate|ashamed|anxious|worr(?:y|ied|ying)|afraid|scared|terrified|nervous|stress\w*|"
    r"overwhelmed|exhausted|burn(?:t|ed) out|hurts?|in pain|ill|sick|hospital|cancer|surgery|injur\w*|died|dead|death|"
    r"passed away|funeral|lost my|los(?:t|ing) (?:everything|hope)|miss (?:him|her|them|my|you)|fired|laid off|failed|"
    r"failing|rejected|bullied|terrible day|bad day|awful day|rough day|hard time|can'?t (?:sleep|cope|go on|take it)|"
    r"give up|nobody (?:likes|cares)|feel(?:ing)? (?:down|low|bad|awful|empty|lost|blue)|"
    rf"{_GONE}"
)
_GLAD = (
    r"thank(?:s| you)|appreciate|great|lovely|wonderful|nice to|pleased|happy|glad|love (?:it|this|that|you)|like you|"
    r"good (?:job|work)|well done|perfect|awesome|brilliant|beautiful|funny|joke|haha+|hehe+|lol|smil\w*|delight\w*|"
    r"enjoy\w*|cute|sweet|kind of you"
)
_THRILLED = (
    r"i (?:got|passed|won|made it|did it)|we (?:won|got|did it|are having|made it)|"
    r"(?:got|getting) (?:married|engaged|promoted)|new job|baby|pregnant|graduat\w*|birthday|can'?t wait|so excited|"
    r"excit(?:ed|ing)|amazing news|good news|great news|guess what|hooray|yay+|promotion|dream came true|first prize|"
    r"holiday|vacation|adopted"
)
_GRAVE = (
    r"angry|furious|unacceptable|ridiculous|outrag\w*|complain\w*|refund|lawyer|sue|scam|fraud|stol(?:e|en)|broken|"
    r"doesn'?t work|not working|useless|worst|disappoint\w*|still waiting|never arrived|wrong (?:item|order|size)|"
    r"damaged|charged (?:me )?twice|emergency|urgent|danger\w*|accident|police|fire|serious(?:ly)?|legal|contract|"
    r"security|privacy|password"
)
_TURNS = re.compile(r"\b(?:not|never|no longer|isn'?t|wasn'?t|don'?t|aren'?t|without)\b(?:\W+\w+){0,2}\W*$")
_ORDER: tuple[tuple[MoodOrUnset, re.Pattern[str]], ...] = (
    ("sympathetic", re.compile(rf"\b(?:{_SAD})\b", re.I)),
    ("serious", re.compile(rf"\b(?:{_GRAVE})\b", re.I)),
    ("excited", re.compile(rf"\b(?:{_THRILLED})\b", re.I)),
    ("happy", re.compile(rf"\b(?:{_GLAD})\b", re.I)),
)


def answering_mood(message: str, subdued: bool = False) -> MoodOrUnset:
    """The mood to answer ``message`` in, see :func:`mood_of`, also by how it sounded.

    Words go before the voice: what is grave or thrilled stays so in a tired voice. Where they say nothing, who sounds subdued
    is answered in sympathy; a "thank you" that sounds so neither with that nor with a broad smile.
    """
    mood = mood_of(message)
    if not subdued or mood in ("sympathetic", "serious", "excited"):
        return mood
    return "" if mood else "sympathetic"


def mood_of(message: str) -> MoodOrUnset:
    """The mood to answer ``message`` in: "sympathetic", "serious", "excited", "happy", or "" for the presenter's own.

    What is sad goes before everything else, what is grave before what is glad.
    """
    text = message.replace("’", "'").lower()
    for mood, words in _ORDER:
        if any(not _TURNS.search(text[: found.start()]) for found in words.finditer(text)):
            return mood
    return ""


def misses(message: str) -> bool:
    """Whether ``message`` tells of a day that would be one of joy, were somebody still there."""
    return re.search(rf"\b{_GONE}\b", message.replace("’", "'").lower()) is not None
