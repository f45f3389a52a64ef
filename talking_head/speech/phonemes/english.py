"""English text → IPA phonemes in the style of eSpeak, which Piper voices were trained on.

The pronunciations come from the MIT-licensed `gruut` package: its lexicon in eSpeak style, its lexicon of homographs with
parts of speech, its tagger and its letter-to-sound model for words that no lexicon has. On top of that: names of our field,
acronyms read letter by letter, compounds, and what words do to each other ("the apple", "used to").
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import threading
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from talking_head.errors import BackendError, TextError
from talking_head.types import WordMark

PAUSE = {",": ",", ";": ";", ":": ":", "–": ",", "—": ",", "(": ",", ")": ",", ".": ".", "!": "!", "?": "?", "…": "."}
VOWELS = set("aeiouyæɑɐɒɔəɚɛɜɪɨʊʌᵻ")

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|\d+|[,;:–—().!?…]|&|%|\+|@")
_SYMBOLS = {"&": "and", "%": "percent", "+": "plus", "@": "at"}
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]")

_LEXICON = tomllib.loads((resources.files(__package__) / "lexicon.toml").read_text("utf-8"))
RESPELT: dict[str, str] = _LEXICON["respelt"]
_FIXED: dict[str, str] = _LEXICON["phonemes"]
_HUMS: dict[str, str] = _LEXICON["hums"]
_LETTERS: dict[str, str] = _LEXICON["letters"]
_HOMOGRAPHS = frozenset(_LEXICON["homographs"].split())
_VERB_FOLLOWS = {"to", "will", "can", "could", "would", "should", "may", "must", "don't", "let's", "please"}


# Behind a capital "A" at the beginning of a clause: a word that it is the article of ("A healthy garden", not "A is", "A B").
_ARTICLE = re.compile(
    r" +(?!(?:is|was|and|or|to|for|in|at|on|of|as|has|means|stands|comes|becomes|goes|gets|plus|minus|times)\b)[A-Za-z]['a-z]"
)


def _alone(word: str, phonemes: str) -> str:
    """An entry of gruut's eSpeak lexicon as the word sounds by itself. That was read off a list in alphabetical order, in which
    the next word made an "ŋ" of the last "n" of two thousand words that begin with a "k" or a "g" ("garden", "question")."""
    return phonemes[:-1] + "n" if phonemes.endswith("ŋ") and word.endswith(("n", "ne")) else phonemes


def to_espeak(cmu: str) -> list[str]:
    """gruut's own IPA ("ɹ ˈi d t͡ʃ") → eSpeak's ("ɹ ˈiː d tʃ"), for the homograph lexicon."""
    out: list[str] = []
    for symbol in cmu.replace("\u0361", "").split():
        stress, bare = (symbol[0], symbol[1:]) if symbol[0] in "ˈˌ" else ("", symbol)
        if stress:
            bare = {"i": "iː", "u": "uː", "ɑ": "ɑː", "ɔ": "ɔː", "ɚ": "ɜː"}.get(bare, bare)
        out.append(stress + {"ɑ": "ɑː", "ɔ": "ɔː", "u": "uː"}.get(bare, bare))
    return out


def from_ipa(ipa: str) -> list[str]:
    """An IPA word as a list of symbols, each with the stress and length that belong to it."""
    return re.findall(r"[ˈˌ]?[^\sˈˌ.ː](?:[ː\u0300-\u036f])*", ipa.replace("\u0361", "").replace("'", "ˈ"))


def _stressed(sounds: list[str]) -> list[str]:
    """A word with a main stress, if it has a vowel."""
    if any("ˈ" in sound for sound in sounds):
        return sounds
    if any("ˌ" in sound for sound in sounds):
        return [sound.replace("ˌ", "ˈ") for sound in sounds]
    place = next((i for i, sound in enumerate(sounds) if sound[:1] in VOWELS), None)
    return [f"ˈ{sound}" if i == place else sound for i, sound in enumerate(sounds)]


class EnglishPhonemes:
    """Callable: text → list of words, each a list of phonemes; pauses are words of one punctuation mark. Thread-safe."""

    def __init__(self) -> None:
        import gruut_lang_en

        folder = Path(gruut_lang_en.get_lang_dir())
        self._lock = threading.Lock()
        # gruut's databases have no index: a look-up scans 124 000 rows. Read once (0.2 s, 25 MB), every word is instant.
        self._lexicon = {
            word: _alone(word, phonemes)
            for word, phonemes in _rows(folder / "espeak" / "lexicon.db", "ORDER BY role DESC, pron_order DESC")
        }
        marks = ",".join(f"'{word}'" for word in sorted(_HOMOGRAPHS))
        self._roles = {
            f"{role}/{word}": phonemes
            for word, phonemes, role in _rows(
                folder / "lexicon.db", f"WHERE word IN ({marks}) ORDER BY pron_order DESC", ", role"
            )
        }
        self._guess = _gruut("g2p").GraphemesToPhonemes(folder / "espeak" / "g2p" / "model.crf")
        self._tag = _gruut("pos").PartOfSpeechTagger(folder / "pos" / "model.crf")
        self._pronounce = lru_cache(20_000)(self._pronounce_uncached)

    def __call__(self, text: str) -> list[list[str]]:
        """Raises TextError when nothing in ``text`` can be spoken in English."""
        return [sounds for sounds, _ in self.marked(text, ())]

    def marked(self, text: str, marks: Sequence[WordMark]) -> list[tuple[list[str], float]]:
        """As a call, with the emphasis of every word; words that ``marks`` gives phonemes are said with those."""
        tokens = list(self._tokens(text, marks))
        words = [word for word, _ in tokens]
        if not any(word not in PAUSE for word in words):
            raise TextError("There is nothing in this text that can be spoken in English.")
        with self._lock:
            roles = self._parts_of_speech(words)
            spoken = [
                [PAUSE[w]] if w in PAUSE else list(self._pronounce(w, role)) for w, role in zip(words, roles, strict=True)
            ]
        out: list[tuple[list[str], float]] = []
        last: WordMark | None = None
        for sounds, (_, mark) in zip(self._join(words, spoken), tokens, strict=True):
            if mark is not None and mark.phonemes:
                if mark is not last:
                    out.append((from_ipa(mark.phonemes), mark.emphasis))
            else:
                out.append((_stressed(sounds) if mark is not None else sounds, mark.emphasis if mark is not None else 0.0))
            last = mark
        return out

    def words(self) -> list[str]:
        """All words of the lexicon, in alphabetical order."""
        return sorted(self._lexicon)

    def _tokens(self, text: str, marks: Sequence[WordMark]) -> Iterator[tuple[str, WordMark | None]]:
        """Words in lower case (single letters in upper case stand for themselves) with their mark, and pause marks."""
        begins, text = True, text.replace("’", "'")
        for match in _TOKEN.finditer(text):
            mark = next((m for m in marks if m.start < match.end() and match.start() < m.end), None)
            if match[0] in PAUSE:
                yield match[0], None
                begins = True
                continue
            article = match[0] == "A" and begins and _ARTICLE.match(text, match.end())
            begins = False
            for word in ("a",) if article else self._read(match[0]):
                yield word, mark

    def _read(self, token: str) -> Iterator[str]:
        if token in _SYMBOLS:
            yield _SYMBOLS[token]
        elif token.isdigit():
            from num2words import num2words

            yield from re.findall(r"[a-z]+", num2words(int(token[:15])))
        else:
            yield from self._words(_latin(token.strip("'")))

    def _words(self, token: str) -> Iterator[str]:
        if not token:
            return
        low = token.lower()
        stem, plural = (token[:-1], "s") if token[:-1].isupper() and token.endswith("s") and len(token) > 2 else (token, "")
        if low in RESPELT or (stem.lower() in RESPELT and plural):
            parts = RESPELT[low if low in RESPELT else stem.lower()].split()
            parts = [p.upper() if len(p) == 1 else p for p in parts]
            yield from [*parts[:-1], parts[-1] + ("'s" if plural else "")]
        elif len(token) == 1:
            yield low if low == "i" or token == "a" else token.upper()
        elif stem.isupper() and "'" not in stem and (plural or not self._known(low)):
            yield from [*stem[:-1], stem[-1] + ("'s" if plural else "")]  # an acronym: letter by letter
        elif low != token and not token.istitle() and not token.isupper() and "'" not in token and not self._known(low):
            for piece in _CAMEL.findall(token):
                yield from self._words(piece if len(piece) > 1 else piece.upper())
        else:
            yield low

    def _known(self, word: str) -> bool:
        return word in _FIXED or self._lookup(word) is not None

    def _lookup(self, word: str) -> list[str] | None:
        found = self._lexicon.get(word)
        return found.split() if found else None

    def _pronounce_uncached(self, word: str, role: str) -> tuple[str, ...]:
        if word in _FIXED:
            return tuple(_FIXED[word].split())
        if hum := _HUMS.get(re.sub(r"(.)\1+", r"\1", word)):
            return tuple(hum.split())
        if len(word) == 1 and word.isupper():
            return tuple(_LETTERS[word.lower()].split())
        if len(word) == 3 and word[0].isupper() and word.endswith("'s"):
            return (*_LETTERS[word[0].lower()].split(), "z")
        if found_role := self._roles.get(f"gruut:{role}/{word}"):
            return tuple(to_espeak(found_role))
        found = self._lookup(word) or self._inflected(word) or self._compound(word)
        if found:
            return tuple(found)
        letters = re.sub(r"[^a-z]", "", word)
        if not re.search(r"[aeiouy]", letters):  # "tbsp" cannot be guessed into sound: spell it
            return tuple(symbol for letter in letters for symbol in _LETTERS[letter].split())
        guess = self._guess(letters)
        if not guess:
            raise BackendError(f"No pronunciation could be found for “{word}”.")
        return tuple(guess)

    def _inflected(self, word: str) -> list[str] | None:
        """Possessives and plurals of known words."""
        for suffix in ("'s", "s'", "s"):
            stem = word.removesuffix(suffix)
            if stem != word and (found := self._lookup(stem)):
                last = found[-1].lstrip("ˈˌ")
                if last in {"s", "z", "ʃ", "ʒ"}:
                    return [*found, "ᵻ", "z"]
                return [*found, "s" if last in {"p", "t", "k", "f", "θ"} else "z"]
        return None

    def _compound(self, word: str) -> list[str] | None:
        """Two known words written as one: "livestream"."""
        for cut in sorted(range(3, len(word) - 2), key=lambda c: abs(c - len(word) / 2)):
            left, right = self._lookup(word[:cut]), self._lookup(word[cut:])
            if left and right:
                return left + [s.replace("ˈ", "ˌ") for s in right]
        return None

    def _parts_of_speech(self, words: list[str]) -> list[str]:
        if not _HOMOGRAPHS.intersection(words):
            return [""] * len(words)
        tags = self._tag([w if w != "i" else "I" for w in words])
        roles = []
        for place, (word, tag) in enumerate(zip(words, tags, strict=True)):
            past = tag in {"VBD", "VBN"} and word in {"read", "lead"}
            previous = words[place - 1] if place else ""
            if word in _HOMOGRAPHS and previous in _VERB_FOLLOWS:
                roles.append("VB")  # firmer than the tagger, which takes "read" for a past tense
            elif (
                past
                and word == "read"
                and previous in {"i", "you", "we", "they"}
                and not {"yesterday", "ago", "last"} & set(words)
            ):
                roles.append("VB")
            else:
                roles.append("VBD" if past else tag[:2])
        return roles

    def _join(self, words: list[str], spoken: list[list[str]]) -> list[list[str]]:
        """What neighbours change: linking r and flapped t only before vowels, "the apple", "to eat", "used to"."""
        for place, (word, sounds) in enumerate(zip(words, spoken, strict=True)):
            follower = spoken[place + 1] if place + 1 < len(words) else [","]
            before_vowel = follower[0].lstrip("ˈˌ")[:1] in VOWELS
            if not before_vowel:
                if len(sounds) > 1 and sounds[-1] == "ɹ" and sounds[-2].endswith("ɚ"):
                    sounds.pop()
                elif sounds[-1] == "ɾ":
                    sounds[-1] = "t"
            if word == "the" and before_vowel:
                sounds[:] = ["ð", "ɪ"]
            elif word == "to" and before_vowel:
                sounds[:] = ["t", "ʊ"]
            elif word == "used" and words[place + 1 : place + 2] == ["to"]:
                sounds[:] = ["j", "ˈuː", "s"]
        return spoken


def _gruut(module: str) -> Any:
    """A module of gruut that stands alone, without the package around it.

    The package imports a date parser, which compiles hundreds of patterns for most of a second, and more that is not used here.
    """
    package = importlib.util.find_spec("gruut")
    if package is None or not package.submodule_search_locations:
        raise BackendError("The package gruut is not installed. Install it with: pip install gruut")
    file = Path(package.submodule_search_locations[0]) / f"{module}.py"
    spec = importlib.util.spec_from_file_location(f"gruut_{module}", file)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def _rows(base: Path, condition: str, columns: str = "") -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(base)) as connection:
        return connection.execute(f"SELECT word, phonemes{columns} FROM word_phonemes {condition}").fetchall()


def _latin(word: str) -> str:
    """ "café" → "cafe"; letters of other scripts go (the caller raises when nothing is left)."""
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    return "".join(c for c in plain if c.isascii() and (c.isalpha() or c == "'"))
