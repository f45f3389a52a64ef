"""Careless typing → spelled English: “whats ur name” is “what's your name” to every rule that reads a visitor's message.

Whoever types with a thumb leaves apostrophes out and writes words as they sound. What is shown and what a language model
reads stays as typed; only what the rules read is spelled. A form that is another word as well (“were”, “its”, “ill”, “well”;
“im” is German, too) is written out only where its neighbours leave no doubt.
"""

from __future__ import annotations

import re

from talking_head.text.english.typos import mended

_WORDS = {
    "whats": "what's", "wats": "what's", "whos": "who's", "hows": "how's", "wheres": "where's", "whens": "when's",
    "whys": "why's", "thats": "that's", "theres": "there's", "heres": "here's", "ive": "I've", "youre": "you're",
    "youve": "you've", "youll": "you'll", "youd": "you'd", "theyre": "they're", "theyve": "they've", "theyll": "they'll",
    "weve": "we've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "arent": "aren't",
    "wasnt": "wasn't", "werent": "weren't", "hasnt": "hasn't", "havent": "haven't", "hadnt": "hadn't", "cant": "can't",
    "couldnt": "couldn't", "wouldnt": "wouldn't", "shouldnt": "shouldn't", "wont": "won't", "aint": "ain't",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me", "lemme": "let me", "dunno": "don't know",
    "u": "you", "ur": "your", "pls": "please", "plz": "please", "plss": "please", "thx": "thanks", "ppl": "people",
    "cos": "because", "coz": "because", "bcs": "because", "tmrw": "tomorrow", "tmr": "tomorrow", "2day": "today",
    "2nite": "tonight", "2moro": "tomorrow", "2morrow": "tomorrow", "gr8": "great", "wat": "what", "wot": "what", "wht": "what",
    "wut": "what", "waht": "what", "whta": "what", "wots": "what's", "whts": "what's", "wuts": "what's", "wich": "which",
    "whitch": "which", "wher": "where", "hw": "how", "mutch": "much", "moch": "much", "mch": "much",
    "mny": "many", "meny": "many", "wiv": "with", "wif": "with", "cud": "could", "wud": "would", "shud": "should",
    "plese": "please", "pleese": "please", "abt": "about", "bout": "about", "bday": "birthday", "evry": "every",
    "becuz": "because", "bcuz": "because", "cuz": "because", "tonite": "tonight", "hav": "have", "teh": "the", "taht": "that",
    "kno": "know", "wana": "want to", "thier": "their", "untill": "until", "b4": "before", "l8r": "later", "yu": "you",
    "yuo": "you", "thru": "through", "enuf": "enough", "sumthing": "something", "smth": "something",
    "howmuch": "how much", "howmany": "how many", "adress": "address", "alltogether": "altogether",
}  # fmt: skip
_WORD = re.compile(rf"(?<![\w'’./-])(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![\w'’-]|[./]\w)", re.I)
_BEFORE = r"(?:^|[.!?,;:]\s*|\b(?:and|but|so|because|if|when|that|hi|hello|hey|think|say|know|now|cos) )"
_BY_NEIGHBOURS = tuple(
    (re.compile(pattern, re.I | re.M), written)
    for pattern, written in (
        # Before what “u” and “ur” have become above
        (r"(?<![\w'’.-])ur(?= (?:an?|the|not|now|so|very|really|no longer|free|just|only|going|doing|being|my)\b)", "you're"),
        (r"(?<![\w'’.-])u r(?![\w'’-])", "you are"),
        # The small letter between two words; not the one of the alphabet, of a formula or of a make
        (
            r"(^|\b(?!(?:an?|the|in|of|or|and|is|by|to|letters?|radius|times|squared)\b)[a-z']{1,30} )(?-i:r)"
            r"(?= (?!(?:and|n|or|is|squared)\b)[a-z\d])",
            r"\1are",
        ),
        (rf"({_BEFORE})im(?= (?-i:[a-z\d]))", r"\1I'm"),
        (rf"({_BEFORE})id(?= (?:like|love|rather|say|want|prefer|need|be)\b)", r"\1I'd"),
        (rf"({_BEFORE})ill(?= (?:be|have|take|come|go|get|pay|tell|call|need|try|do|see|ask|give|bring|buy)\b)", r"\1I'll"),
        (rf"({_BEFORE})(s?he)s(?= (?:an?|the|my|not|so|very|got|been|from|going|[a-z]+ing)\b)", r"\1\2's"),
        (
            r"(?<![\w'’-])its(?= (?:an?|the|not|too|so|very|really|been|ok|okay|fine|raining|cold|hot|nice|great|good|my|me|"
            r"going|half past|quarter|called|just|only|all|\d)\b)",
            "it's",
        ),
        (
            rf"({_BEFORE})were(?= (?:going|coming|planning|looking|travelling|staying|visiting|thinking|from|about to)\b)",
            r"\1we're",
        ),
        (rf"({_BEFORE})wed(?= (?:like|love|rather|prefer|need|want)\b)", r"\1we'd"),
        (rf"({_BEFORE})well(?= (?:be|have|need|take) (?:\d|an?\b|the\b|there\b|late\b|back\b|two\b|three\b))", r"\1we'll"),
        (r"(?<![\w'’-])(?-i:wen)(?= (?:do|does|did|is|are|was|can|could|will|u|you|the|i|we|r)\b)", "when"),
        (r"(?<![\w'’-])witch(?= (?:day|one|date|month|way|of|number|numbers|bus|time|size|colou?r|is|are)\b)", "which"),
        (r"(?<=\d) n (?=\d|an?\b|the\b)", " and "),
        (r"^lets(?= [a-z])", "let's"),
        (r"(?<=[.!?,] )lets(?= [a-z])", "let's"),
    )
)  # fmt: skip


def spelled(message: str) -> str:
    """``message`` with the forms of careless typing written out; all else, signs and capitals too, as it stands."""
    text = message
    for pattern, written in _BY_NEIGHBOURS:
        text = pattern.sub(written, text)

    def word(match: re.Match[str]) -> str:
        if match[0][0] == "U":
            return match[0]  # “block U”, the city of Ur: careless typists write small letters
        written = _WORDS[match[0].lower()]
        return written[0].upper() + written[1:] if match[0][0].isupper() else written

    return mended(_WORD.sub(word, text))
