"""Which language a visitor writes, as far as it matters: to say, in that language, that the presenter does not speak it."""

from __future__ import annotations

import re
import unicodedata

from talking_head.text.language import Language

# Script, as the names of its characters begin → what is said in a language that is written so, {}: what the presenter speaks,
# with what that is called in English's and Mandarin's case; another language is called by its own name.
_BY_SCRIPT = {
    "CJK": ("这位主持人只会说{}。", "英语", "中文"),
    "HIRAGANA": ("この発表者が話せる言語は{}だけです。", "英語", "中国語"),
    "KATAKANA": ("この発表者が話せる言語は{}だけです。", "英語", "中国語"),
    "HANGUL": ("이 진행자는 {}만 할 수 있습니다.", "영어", "중국어"),
    "CYRILLIC": ("Этот ведущий говорит только {}.", "по-английски", "по-китайски"),
    "GREEK": ("Αυτός ο παρουσιαστής μιλάει μόνο {}.", "αγγλικά", "κινεζικά"),
    "ARABIC": ("هذا المقدم يتحدث {} فقط.", "الإنجليزية", "الصينية"),
    "HEBREW": ("המציג הזה מדבר {} בלבד.", "אנגלית", "סינית"),
    "DEVANAGARI": ("यह प्रस्तुतकर्ता केवल {} बोलता है।", "अंग्रेज़ी", "चीनी"),
    "THAI": ("ผู้นำเสนอนี้พูดได้เฉพาะ{}", "ภาษาอังกฤษ", "ภาษาจีน"),
}
_SCRIPTS = {
    "zh": "CJK", "yue": "CJK", "ja": "HIRAGANA", "ko": "HANGUL", "ru": "CYRILLIC", "uk": "CYRILLIC", "bg": "CYRILLIC",
    "el": "GREEK", "ar": "ARABIC", "he": "HEBREW", "hi": "DEVANAGARI", "th": "THAI",
}  # fmt: skip
_ENGLISH = ("This presenter speaks {} only.", "English", "Chinese")
# Languages in Latin writing: frequent words that the others (and English) do not share, and the sentence.
_BY_WORDS = {
    "es": ("el los las una del por para con qué cómo está eres puedes quiero gracias hola usted pero muy soy donde cuál mi",
           ("Este presentador solo habla {}.", "inglés", "chino")),
    "fr": ("le les des une est vous je nous qui dans avec pour bonjour merci comment êtes suis ça pas quel quelle mon votre",
           ("Ce présentateur ne parle que {}.", "l’anglais", "le chinois")),
    "de": ("der das und ist ich nicht ein eine wie du sie mit für auf wer bist kannst danke hallo bitte mein dein warum",
           ("Diese Person spricht nur {}.", "Englisch", "Chinesisch")),
    "it": ("il gli che di sono come stai una per con ciao grazie chi puoi questo quale mio tuo dove perché",
           ("Questo presentatore parla solo {}.", "inglese", "cinese")),
    "pt": ("os uma não você como está obrigado olá por para com que é meu seu onde quem pode muito",
           ("Este apresentador fala apenas {}.", "inglês", "chinês")),
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
    return _filled(_of_writing(letters), language)


def remark(text: str, language: Language) -> str:
    """The sentence for a text that could be read but is in another language than ``language``; "" for one that is not."""
    letters = [c for c in text if c.isalpha()]
    han = sum(unicodedata.name(c, "").startswith("CJK") for c in letters)
    if language.code == "zh":
        return _filled(_ENGLISH, language) if letters and not han else ""
    words = re.findall(r"[^\W\d_]+", text.lower())
    ours = sum(word in _ENGLISH_WORDS for word in words)
    found, code = max((sum(word in known for word in words), code) for code, (known, _) in _KNOWN.items())
    if found >= 2 and found > 2 * ours:
        return _filled(_KNOWN[code][1], language)
    return ""


def told(code: str, language: Language) -> str:
    """The sentence for a visitor who speaks the language called ``code`` (ISO 639-1); in English where there is none in it."""
    if code in _BY_WORDS:
        return _filled(_KNOWN[code][1], language)
    return _filled(_BY_SCRIPT.get(_SCRIPTS.get(code, ""), _ENGLISH), language)


def _filled(sentence: tuple[str, str, str], language: Language) -> str:
    words, english, mandarin = sentence
    return words.format({"en": english, "zh": mandarin}.get(language.code, language.native))


def _of_writing(letters: list[str]) -> tuple[str, str, str]:
    """The sentence in the language that most of ``letters`` are written in."""
    names = [unicodedata.name(c, "") for c in letters]
    if any(name.startswith(("HIRAGANA", "KATAKANA")) for name in names):
        return _BY_SCRIPT["HIRAGANA"]
    counts = {script: sum(name.startswith(script) for name in names) for script in _BY_SCRIPT}
    script, most = max(counts.items(), key=lambda item: item[1])
    return _BY_SCRIPT[script] if most else _ENGLISH
