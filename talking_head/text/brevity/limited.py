"""An answer that is kept at a length while it is written: the rest is not waited for, nor written."""

from __future__ import annotations

from collections.abc import Generator

from talking_head.text.brevity.sentences import first_end, sentences
from talking_head.text.brevity.shorten import shortened
from talking_head.types import Length

_READ = 2  # sentences that an answer in words may be taken from


def limited(pieces: Generator[str, None, None], length: Length, question: str) -> Generator[str, None, None]:
    """``pieces`` of an answer to ``question`` at no more than ``length``; "" where there is nothing to say yet.

    Sentences go through as they come, up to the last that is asked for. Words and characters are counted when what they are
    taken from is there: two sentences, or as many as fit. ``pieces`` is closed at the end, however it comes.
    """
    try:
        if length.words or length.characters or length.choice:
            yield from _counted(pieces, length, question)
        else:
            yield from _sentences(pieces, length.sentences)
    finally:
        pieces.close()


def _sentences(pieces: Generator[str, None, None], most: int) -> Generator[str, None, None]:
    text, start, given = "", 0, 0
    for piece in pieces:
        text += piece
        while (end := first_end(text, start)) is not None:
            start, most = end, most - 1
            if most <= 0:
                yield text[given:end]
                return
        yield piece if given + len(piece) == len(text) else text[given:]
        given = len(text)


def _counted(pieces: Generator[str, None, None], length: Length, question: str) -> Generator[str, None, None]:
    text = ""
    for piece in pieces:
        text += piece
        whole = sentences(text)[:-1]
        if len(whole) >= _READ or (length.sentences == 1 and whole and not length.choice):
            break
        if len(whole) and length.words and len(" ".join(whole).split()) >= length.words:
            break
        yield ""
    if text.strip():
        yield shortened(text, length, question)
