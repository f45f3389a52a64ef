"""Words that were said, against words that a recogniser imagines in noise, music, coughs and silence.

Whisper was taught on subtitles: over noise it likes to say "Thank you." and "Thanks for watching!". What it says is taken for
said only where its own probabilities and the length of the sound allow it.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import replace

from talking_head.types import Transcript

CONFIDENT = -1.0  # mean log-probability of a token, below which a text is doubtful (as in Whisper's own decoder)
HOPELESS = -1.5  # below which nothing is believed
SILENT = 0.5  # probability of no speech, above which nothing is believed: speech gave up to 0.14, noise 0.71 and more
REPEATED = 2.4  # a text that packs better than this runs in circles
_LETTERS_A_SECOND = 30.0
_IMAGINED = {
    "you", "thank you", "thank you very much", "thank you for watching", "thanks for watching", "bye", "bye bye", "the end",
    "so", "the", "oh", "i'm sorry", "please subscribe", "subtitles by the amara org community", "music", "silence", "applause",
    "thank you so much for watching", "i'll see you next time", "okay",
}  # fmt: skip
_NOTES = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫]+")


def plausible(heard: Transcript, seconds: float) -> Transcript:
    """``heard`` in ``seconds`` of sound without what nobody said: "" for the whole, or without remarks such as "[music]"."""
    text = " ".join(_NOTES.sub(" ", heard.text).split())
    if not any(character.isalnum() for character in text) or _imagined(text, heard, seconds):
        text = ""
    return replace(heard, text=text)


def _imagined(text: str, heard: Transcript, seconds: float) -> bool:
    doubtful = heard.confidence < CONFIDENT / 2 or heard.no_speech > SILENT / 2
    if heard.confidence < HOPELESS or heard.no_speech > SILENT:
        return True
    if heard.confidence < CONFIDENT and heard.no_speech > SILENT / 2:
        return True
    if len(text) > _LETTERS_A_SECOND * (seconds + 0.5):
        return True
    data = text.encode()
    if len(data) > 60 and len(data) / len(zlib.compress(data)) > REPEATED:
        return True
    bare = re.sub(r"[^\w' ]", "", text.lower()).strip()
    return bare in _IMAGINED and doubtful
