"""English words without their endings, so that “repairs” finds “repaired”: whether two texts have a word in common."""

from __future__ import annotations


def stem(word: str) -> str:
    """``word``, in small letters, without its ending; at least three letters stay."""
    word = word.removesuffix("'s").removesuffix("’s")
    for ending in ("ingly", "edly", "ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
