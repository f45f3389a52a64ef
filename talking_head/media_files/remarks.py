"""Remarks on a file that somebody brought: a sentence in English, with a code by which pages say it in another language."""

from __future__ import annotations

from typing import Any, Literal

# Pages have a sentence for each (``remark.CODE`` in web/texts/server), with the same values in it.
RemarkCode = Literal[
    "photo_turned",
    "photo_reduced",
    "photo_colours",
    "photo_lying",
    "photo_upside_down",
    "video_turned",
    "video_mirrored",
    "video_colours",
    "video_lying",
    "teeth_worn",
    "teeth_drawn",
    "face_small",
    "face_turned",
    "face_parted",
    "face_dark",
    "face_bright",
    "face_sided",
]


class Remark(str):
    """The sentence; ``code`` says in a word what it is about, ``values`` what stands in it, as words."""

    code: RemarkCode
    values: dict[str, str]

    def __new__(cls, sentence: str, code: RemarkCode, **values: str | int) -> Remark:
        made = super().__new__(cls, sentence)
        made.code, made.values = code, {key: str(value) for key, value in values.items()}
        return made

    def __getnewargs__(self) -> tuple[str, RemarkCode]:  # type: ignore[override]
        return str(self), self.code


def described(sentence: str) -> dict[str, Any]:
    """``{"code", "message", "values"}``, as the answers of the server hold a remark; "" and {} for any other sentence."""
    code, values = (sentence.code, sentence.values) if isinstance(sentence, Remark) else ("", {})
    return {"code": code, "message": str(sentence), "values": values}
