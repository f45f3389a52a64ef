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
# Languages in Latin writing: frequent words, some of which others share; words that hardly stand in an English message; letters
# and marks; the sentence.
_BY_WORDS = {
    "es": (
        """
        el los las una del por para con que qué se es está eres muy soy donde mi su más nada todo esto hay aquí algo
        saber usted pero como sobre ti tú mañana
        """,
        """
        estoy hola gracias buenos buenas días tardes noches quiero quisiera necesito puedes puede podría cómo dónde cuánto
        cuándo cuál quién cuesta habla hablas español entiendo gustaría tengo vuestros ayuda muchas cuéntame dime
        """,
        "ñ¿¡",
        ("Este presentador solo habla {}.", "inglés", "chino"),
    ),
    "fr": (
        """
        le les des une est et vous je nous qui que dans avec pour pas ça ce mon votre quel quelle la plus ai sur heure
        plaît comment moi toi il elle
        """,
        """
        bonjour bonsoir salut merci beaucoup êtes suis voudrais veux peux pouvez parlez français combien besoin
        comprends où quand pourquoi aujourd accord appelles
        """,
        "çœêîûù",
        ("Ce présentateur ne parle que {}.", "l’anglais", "le chinois"),
    ),
    "de": (
        """
        der das und ist ein eine einen wie du sie es mit für auf wer dir mir mein dein heute wo zu im den geht wann tag
        morgen alles uhr wetter
        """,
        """
        hallo danke guten ich nicht bitte möchte kannst können könnten bist habe haben kostet sprechen deutsch verstehe
        warum wieviel hilfe helfen klar
        """,
        "ßäöü",
        ("Diese Person spricht nur {}.", "Englisch", "Chinesisch"),
    ),
    "it": (
        """
        il gli che di sono una per con chi questo questa quale mio tuo si è la un favore del non dove costa ciao come ti
        mi sei
        """,
        """
        grazie buongiorno buonasera stai perché vorrei voglio puoi può quanto parla italiano capisco bisogno trova
        chiami
        """,
        "",
        ("Questo presentatore parla solo {}.", "inglese", "cinese"),
    ),
    "pt": (
        """
        os uma um do da por para com que é meu seu quem muito isso tudo fica bem eu como boa dia tarde oi se minha
        """,
        """
        olá obrigado obrigada bom não você está onde quanto custa posso pode quero preciso fala português entendo
        gostaria ajuda
        """,
        "ãõ",
        ("Este apresentador fala apenas {}.", "inglês", "chinês"),
    ),
}
_KNOWN = {
    code: (frozenset(words.split()), frozenset(sure.split()), letters, sentence)
    for code, (words, sure, letters, sentence) in _BY_WORDS.items()
}
_SURE = 2  # words for which a sure one stands, and how many a message needs
_COMMON = """
the is are was were you i to of and or in on at it what how who where when why which do does did can could would will my your me
us this that these there here for from with about have has had not we they he she be been say says said tell play make write
read order translate explain mean means please thank thanks yes hi hello good morning evening bye love like want need know think
go come some more much many
"""
_ENGLISH_WORDS = frozenset(_COMMON.split())


def refusal(text: str, language: Language) -> str:
    """The sentence for a text that ``language`` has no letter of; "" where it has."""
    letters = [c for c in text if c.isalpha()]
    if not letters or any(language.reads(c) for c in letters) or any(c.isdigit() for c in text):
        return ""
    return _filled(_of_writing(letters), language)


def remark(text: str, language: Language) -> str:
    """The sentence for a text that could be read but is in another language than ``language``; "" for one that is not, and
    where one cannot tell (a name, "OK")."""
    han = any(unicodedata.name(c, "").startswith("CJK") for c in text if c.isalpha())
    if language.code == "zh" and han:
        return ""
    words = re.findall(r"[^\W\d_]+", text)
    ours = sum(word.lower() in _ENGLISH_WORDS for word in words)
    found, code = max((_evidence(text, words, code), code) for code in _KNOWN)
    if found >= _SURE and found > 2 * ours:
        return told(code, language)
    return told("en", language) if language.code == "zh" and ours else ""


def _evidence(text: str, words: list[str], code: str) -> int:
    """How many words of ``text`` speak for the language ``code``; two capitals in a row are a name (Buenos Aires), but where
    nouns have capitals."""
    known, sure, letters, _ = _KNOWN[code]
    count = max((_SURE + 1 if mark in "¿¡" else 1 for mark in letters if mark in text.lower()), default=0)
    for word, after in zip(words, [*words[1:], ""], strict=False):
        name = word[0].isupper() and after[:1].isupper()
        if word.lower() in sure and not (name and code != "de"):
            count += _SURE
        elif word.lower() in known and not name:
            count += 1
    return count


def told(code: str, language: Language) -> str:
    """The sentence for a visitor who speaks the language called ``code`` (ISO 639-1); in English where there is none in it."""
    if code in _BY_WORDS:
        return _filled(_BY_WORDS[code][3], language)
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
