"""Where the sentences of an answer end, also while it is still being written."""

from __future__ import annotations

import re

from talking_head.text.english.clauses import ends_sentence

_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|[。！？]+[”’」）]*")


def first_end(text: str, start: int = 0) -> int | None:
    """Where the sentence ends that begins at ``start``, now that something follows it; None: it goes on, or nothing follows."""
    for sign in _END.finditer(text, start):
        following = text[sign.end() :].lstrip()[:1]
        if not following:
            return None
        if sign[0][0] in "。！？" or ends_sentence(text[start : sign.end()].rstrip(), following):
            return sign.end()
    return None


def sentences(text: str) -> list[str]:
    """The sentences of a finished ``text``, tidied."""
    out, start = [], 0
    while (end := first_end(text, start)) is not None:
        out.append(text[start:end].strip())
        start = end
    return [part for part in (*out, text[start:].strip()) if part]
