"""Which language a visitor writes, as far as it matters: to say, in that language, that the presenter does not speak it."""

from __future__ import annotations

import re
import unicodedata

from talking_head.text.language import Language

# Script, as the names of its characters begin → what is said in a language that is written so. {}: the presenter's language.
_BY_SCRIPT = {
    "CJK": "这位主持人只会说{}。",
    "HIRAGANA": "この発表者が話せる言語は{}だけです。",
    "KATAKANA": "この発表者が話せる言語は{}だけです。",
    "HANGUL": "이 진행자는 {}만 할 수 있습니다.",
    "CYRILLIC": "Этот ведущий говорит только на языке {}.",
    "GREEK": "Αυτός ο παρουσιαστής μιλάει μόνο {}.",
    "ARABIC": "هذا المقدم يتحدث {} فقط.",
    "HEBREW": "המציג הזה מדבר {} בלבד.",
    "DEVANAGARI": "यह प्रस्तुतकर्ता केवल {} बोलता है।",
    "THAI": "ผู้นำเสนอนี้พูดได้เฉพาะ {}",
}
_ENGLISH = "This presenter speaks {} only."
# Languages in Latin writing: frequent words that the others (and English) do not share, and the sentence.
_BY_WORDS = {
    "es": ("el los las una del por para con qué cómo está eres puedes quiero gracias hola usted pero muy soy donde cuál mi",
           "Este presentador solo habla {}."),
    "fr": ("le les des une est vous je nous qui dans avec pour bonjour merci comment êtes suis ça pas quel quelle mon votre",
           "Ce présentateur ne parle que {}."),
    "de": ("der das und ist ich nicht ein eine wie du sie mit für auf wer bist kannst danke hallo bitte mein dein warum",
           "Diese Person spricht nur {}."),
    "it": ("il gli che di sono come stai una per con ciao grazie chi puoi questo quale mio tuo dove perché",
           "Questo presentatore parla solo {}."),
    "pt": ("os uma não você como está obrigado olá por para com que é meu seu onde quem pode muito",
           "Este apresentador fala apenas {}."),
}  # fmt: skip
_KNOWN = {code: (frozenset(words.split()), sentence) for code, (words, sentence) in _BY_WORDS.items()}
_COMMON = (
    "the is are you i to of and in it what how who do does can my your me this that for with on have not we they tell hi hello"
)
_ENGLISH_WORDS = frozenset(_COMMON.split())


def refusal(text: str, language: Language) -> str:
    """The sentence for a text that ``language`` has no letter of; "" where it has."""
    letters = [c for c in text if c.isalpha()]
    if not letters or any(language.reads(c) for c in letters) or any(c.isdigit() for c in text):
        return ""
    return sentence(letters).format(language.native)


def remark(text: str, language: Language) -> str:
    """The sentence for a text that could be read but is in another language than ``language``; "" for one that is not."""
    letters = [c for c in text if c.isalpha()]
    han = sum(unicodedata.name(c, "").startswith("CJK") for c in letters)
    if language.code == "zh":
        return _ENGLISH.format(language.native) if letters and not han else ""
    words = re.findall(r"[^\W\d_]+", text.lower())
    ours = sum(word in _ENGLISH_WORDS for word in words)
    found, code = max((sum(word in known for word in words), code) for code, (known, _) in _KNOWN.items())
    if found >= 2 and found > 2 * ours:
        return _KNOWN[code][1].format(language.native)
    return ""


def sentence(letters: list[str]) -> str:
    """The sentence in the language that most of ``letters`` are written in."""
    names = [unicodedata.name(c, "") for c in letters]
    if any(name.startswith(("HIRAGANA", "KATAKANA")) for name in names):
        return _BY_SCRIPT["HIRAGANA"]
    counts = {script: sum(name.startswith(script) for name in names) for script in _BY_SCRIPT}
    script, most = max(counts.items(), key=lambda item: item[1])
    return _BY_SCRIPT[script] if most else _ENGLISH
