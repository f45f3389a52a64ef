"""Mandarin text → the phoneme letters of misaki's Chinese, which Kokoro was trained on.

Words are cut by `jieba`, read by `pypinyin` (both MIT; the extra `[zh]`), sandhi of the third tone, of 不 and of 一 applied,
and written in IPA after Duanmu (2007, "The Phonology of Standard Chinese") and Lin (2007, "The Sounds of Chinese"): the table
of misaki's `transcription.py` (Apache-2.0; from `pinyin-to-ipa`, MIT). English words in between are read as English.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from talking_head.errors import MissingExtraError, TextError
from talking_head.speech.phonemes.letters import Letters
from talking_head.types import WordMark

_INITIALS = {
    "b": "p", "c": "ʦʰ", "ch": "ꭧʰ", "d": "t", "f": "f", "g": "k", "h": "x", "j": "ʨ", "k": "kʰ", "l": "l", "m": "m", "n": "n",
    "p": "pʰ", "q": "ʨʰ", "r": "ɻ", "s": "s", "sh": "ʂ", "t": "tʰ", "x": "ɕ", "z": "ʦ", "zh": "ꭧ", "": "",
}  # fmt: skip
# "0" is the place of the tone.
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ",
    "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n", "iou": "jou0",
    "ing": "i0ŋ", "iong": "jʊ0ŋ", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "uei": "wei0", "ua": "wa0", "uai": "wai0",
    "uan": "wa0n", "uen": "wə0n", "uang": "wa0ŋ", "ueng": "wə0ŋ", "uo": "wo0", "o": "wo0", "ü": "y0", "üe": "ɥe0",
    "üan": "ɥɛ0n", "ün": "y0n", "er": "ɚ0", "ê": "ɛ0", "m": "m0", "n": "n0", "ng": "ŋ0", "io": "jɔ0",
}  # fmt: skip
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_MARKS = str.maketrans({
    "，": ", ", "、": ", ", "。": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ", "（": " (", "）": ") ",
    "“": " “", "”": "” ", "《": " “", "》": "” ", "「": " “", "」": "” ", "…": "… ", "—": ", ",
})  # fmt: skip
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"


class MandarinPhonemes:
    """Callable: normalised Mandarin text → :class:`Letters`. Thread-safe. MissingExtraError where a package is missing."""

    def __init__(self) -> None:
        try:
            import jieba
            import pypinyin
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"Mandarin needs {error.name}. Install it with: pip install 'talking-head[zh]'") from error
        jieba.setLogLevel(logging.WARNING)
        self._cut: Any = jieba.Tokenizer()
        self._pinyin: Any = pypinyin
        self._lock = threading.Lock()

    def __call__(self, text: str, marks: Sequence[WordMark] = ()) -> Letters:
        """Letters of ``text``; emphasis in ``marks`` is obeyed. Raises TextError when nothing in it can be spoken."""
        out, stress = "", []
        for part, start in self._parts(text):
            emphasis = max((m.emphasis for m in marks if m.start < start + len(part) and start < m.end), default=0.0)
            sounds = next((m.phonemes for m in marks if m.phonemes and m.start <= start < m.end), "")
            letters = sounds or (self._han(part) if re.match(f"[{_HAN}]", part) else self._other(part))
            out += letters
            stress += [emphasis] * len(letters)
        if not any(letter.isalpha() for letter in out):
            raise TextError("这段文字里没有可以朗读的内容。")
        lead = len(out) - len(out.lstrip())
        return Letters(out, tuple(stress))[slice(lead, len(out.rstrip()))]

    def syllables(self, words: Sequence[str]) -> list[list[str]]:
        """Pinyin with tone numbers ("ni2", "hao3") of each word, with sandhi inside and between words."""
        style = self._pinyin.Style.TONE3
        read = [self._pinyin.lazy_pinyin(w, style=style, neutral_tone_with_five=True, v_to_u=True) for w in words]
        flat = [(word, place) for word, syllables in enumerate(read) for place in range(len(syllables))]
        characters = [c for w in words for c in w]
        for at, (word, place) in enumerate(flat):
            this = read[word][place]
            following = read[flat[at + 1][0]][flat[at + 1][1]] if at + 1 < len(flat) else ""
            alone = len(characters) == len(flat)
            if alone and characters[at] == "不" and following.endswith("4"):
                read[word][place] = "bu2"
            elif alone and characters[at] == "一" and following and this == "yi1" and not _counted(characters, at):
                read[word][place] = "yi2" if following.endswith("4") else "yi4"
        for syllables in read:  # third tones meet inside a word
            for place in range(len(syllables) - 1):
                if syllables[place].endswith("3") and syllables[place + 1].endswith("3"):
                    syllables[place] = syllables[place][:-1] + "2"
        for (left, right), (first, second) in zip(pairwise(read), pairwise(words), strict=True):
            if left and right and len(first) == 1 and len(second) <= 2 and left[-1].endswith("3") and right[0].endswith("3"):
                left[-1] = left[-1][:-1] + "2"
        return read

    def _parts(self, text: str) -> Iterator[tuple[str, int]]:
        for match in re.finditer(f"[{_HAN}]+|[A-Za-z][A-Za-z' -]*[A-Za-z]|[A-Za-z]|[^A-Za-z{_HAN}]+", text):
            yield match[0], match.start()

    def _han(self, text: str) -> str:
        with self._lock:
            words = self._cut.lcut(text, cut_all=False)
        return " ".join("".join(map(to_letters, syllables)) for syllables in self.syllables(words))

    def _other(self, text: str) -> str:
        if text[0].isalpha():
            try:
                return f" {self._english(text).text} "
            except TextError:
                return " "
        return "".join(c for c in text.translate(_MARKS) if not c.isdigit())

    @cached_property
    def _english(self) -> Any:
        from talking_head.models import manifest
        from talking_head.speech.phonemes.misaki import MisakiEnglish

        return MisakiEnglish(manifest.path("hibari-en-us"))


def to_letters(pinyin: str) -> str:
    """Pinyin with a tone number → letters; what is no syllable gives ""."""
    m = re.fullmatch(r"([a-züê]+)([1-5])", pinyin.replace("v", "ü"))
    if m is None:
        return ""
    syllable, tone = m[1], _TONES[m[2]]
    initial = next((i for i in (syllable[:2], syllable[:1]) if i in _INITIALS and i and i != syllable), "")
    final = _spelt(initial, syllable[len(initial) :])
    if final == "i" and initial in {"z", "c", "s", "zh", "ch", "sh", "r"}:
        return f"{_INITIALS[initial]}ɨ{tone}"
    sound = _FINALS.get(final)
    if sound is None:
        return ""
    if final == "o" and initial == "":
        sound = "ɔ0"
    return _INITIALS[initial] + sound.replace("0", tone)


def _spelt(initial: str, final: str) -> str:
    """A final as it is spelt behind another initial: "y", "w" and the short forms undone."""
    if not initial and final[:1] == "y":
        rest = final[1:]
        if rest.startswith("u"):
            return "ü" + rest[1:]
        return rest if rest.startswith("i") else {"ou": "iou"}.get(rest, f"i{rest}")
    if not initial and final[:1] == "w":
        rest = final[1:]
        return rest if rest == "u" else {"ei": "uei", "en": "uen"}.get(rest, f"u{rest}")
    if initial in {"j", "q", "x"} and final.startswith("u"):
        final = "ü" + final[1:]
    return {"iu": "iou", "ui": "uei", "un": "uen", "ue": "üe"}.get(final, final)


def _counted(characters: list[str], at: int) -> bool:
    """Whether the 一 at ``at`` belongs to a number or an ordinal, where it keeps its tone."""
    numbers = "零一二三四五六七八九十百千万亿点第年月"
    around = characters[max(0, at - 1) : at] + characters[at + 1 : at + 2]
    return any(c in numbers for c in around)
