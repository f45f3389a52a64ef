"""What a presenter's folder adds to the stages of a session: its persona's prompt, and answers from what it knows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from talking_head.config import SYSTEM_PROMPT, Config
from talking_head.errors import ConfigError, MissingModelError, PhotoError, TalkingHeadError
from talking_head.face import avatars
from talking_head.knowledge.answer import asks, instructions, look_up
from talking_head.knowledge.library import FOLDER, MULTILINGUAL, Library, stamp
from talking_head.knowledge.library import library as make_library
from talking_head.knowledge.store import Store
from talking_head.memory.courtesy import Courtesy, courtesy, introduced
from talking_head.memory.own_name import own_name
from talking_head.memory.said_before import said_before, taken_note, told_near
from talking_head.persona import mandarin
from talking_head.persona.about import temper
from talking_head.persona.about.topic import Topic
from talking_head.persona.claim import claimed
from talking_head.persona.default import default, person_named
from talking_head.persona.doubt import doubt
from talking_head.persona.guard.reading import breach
from talking_head.persona.identity import answer as about_itself
from talking_head.persona.identity import plain, said
from talking_head.persona.meaning import Meaning
from talking_head.persona.mood import answering_mood, misses
from talking_head.persona.persona import FILE, Persona, load
from talking_head.persona.spoken_to import HANDED, wants_a_person, without_name
from talking_head.persona.tidings import tidings
from talking_head.persona.visitor import beyond, unknowable
from talking_head.protocols import Brief
from talking_head.provenance import consents
from talking_head.provenance.consents import NOBODY
from talking_head.provenance.identity import identity
from talking_head.server.presenter.toolbox import toolbox
from talking_head.text.brevity.at_length import without_length
from talking_head.text.brevity.length import wished
from talking_head.text.brevity.shorten import shortened
from talking_head.text.english.chat import spelled
from talking_head.tools import rules
from talking_head.tools.grammar.learner import practised, reason
from talking_head.tools.tool import ToolBox
from talking_head.types import Briefing, MoodOrUnset, Tidings

log = logging.getLogger(__name__)
T = TypeVar("T")
_EXACT = (rules.CLOCK, rules.SUMS)  # tools of the default persona: they ask nobody, and are right where a small model is not


@dataclass(frozen=True, slots=True)
class Presenter:
    """A presenter's character and knowledge; each may be missing. ``verbatim``: passages are spoken as they stand;
    ``small``: its model contradicts who introduces themselves; ``zone``: of its clock, None for this machine's; ``tools``: what
    a model that can may call; ``meaning``: tells what is asked about itself in words that no pattern knows, None where its
    model is missing."""

    persona: Persona | None = None
    store: Store | None = None
    verbatim: bool = True
    small: bool = True
    zone: tzinfo | None = None
    tools: ToolBox = field(default_factory=ToolBox)
    meaning: Meaning | None = None

    @property
    def greeting(self) -> str:
        """What a visitor hears first, "" for nothing."""
        return self.persona.facts.greeting if self.persona else ""

    @property
    def subjects(self) -> str:
        """What its knowledge is about, "" where nobody says."""
        return self.persona.facts.subjects if self.persona else ""

    def __call__(self, message: str, before: Sequence[str] = ()) -> Briefing:
        """See ``protocols.Brief``. A length that ``message`` asks for is kept here where the answer is, else left to who asks a
        language model; refusals keep theirs."""
        wish = wished(message)
        if self.persona is not None and breach(message, self.persona.facts.name):
            return self._briefing(message, before)
        if wish is None:
            plainly = without_length(message) if self._english else ""
            told = self._briefing(plainly or message, before)
            return replace(told, question=plainly if self.small else "") if plainly and not told.text else told
        told = self._briefing(wish.rest or message, before)
        if told.text:
            return replace(told, text=shortened(told.text, wish.length, wish.rest))
        return replace(told, length=wish.length, question=wish.rest if self.small else "")

    def _briefing(self, message: str, before: Sequence[str]) -> Briefing:
        if self.persona is not None:
            if kind := breach(message, self.persona.facts.name):
                return Briefing(text=self.persona.refusal(kind))
            if scripted := self.persona.scripted(message):
                return Briefing(text=scripted)
            if chinese := mandarin.answer(message, self.persona.facts):
                return Briefing(text=chinese)
            if self._english:
                message = without_name(spelled(message), self.persona.facts.name)
                why = reason(message, before) if self._tutor else ""
                if told := why or own_name(message, before) or said_before(message, before):
                    return Briefing(text=told)
            if answer := self._by_rule(self.persona, message):
                return Briefing(text=answer)
            if self._meant(self.persona, message) is temper.SORROW and (news := _tidings(message)):
                return Briefing(tidings=replace(news, unheard=said(temper.SORROW, message, self.persona.facts)))
        polite = self._courtesy(message)
        if polite.answer and polite.rest:  # “I am Anna. How long is the warranty?”
            answered = self._briefing(polite.rest, before)
            return replace(answered, text=f"{polite.answer} {answered.text}") if answered.text else answered
        if polite.answer and not (polite.told and self.store is not None):
            return _kindly(polite)
        if self.store is None or (self._tutor and practised(message)):
            return self._left_to_model(message, before)
        noted = self._english and taken_note(message)  # what somebody tells of their own hangs on no question
        found = look_up(self.store, message, subjects=self.subjects, before=() if noted else before)
        if not found.known and polite.answer:
            return _kindly(polite)
        if not found.known:
            strict = self.persona is not None and self.persona.facts.strict
            return self._left_to_model(message, before, found.text if strict else "")
        if self.verbatim:
            return Briefing(text=found.text, sources=found.sources)
        return Briefing(context=instructions(found.passages), sources=found.sources)

    def _left_to_model(self, message: str, before: Sequence[str], else_said: str = "") -> Briefing:
        """What a language model answers, but for what one this small would guess; ``else_said``: instead of it."""
        if self._english and wants_a_person(message):
            return Briefing(text=HANDED)
        if told := self._unsure(message) or else_said:
            return Briefing(text=told)
        if not self.small or not self._english:
            return Briefing()
        if not self._tutor and not asks(message) and not _sad(message) and (told := claimed(message)):
            return Briefing(text=told)
        if told := unknowable(message):
            near = "" if self.meaning is None else told_near(message, before, self.meaning.vector)
            return Briefing(text=near or told)
        if not self._tutor and (told := beyond(message)):
            return Briefing(text=told)
        doubted = doubt(message) if asks(message) and not _sad(message) else ""
        news, noted = _tidings(message), "" if self._tutor or _sad(message) else taken_note(message)
        return Briefing(doubted=doubted, tidings=replace(news, noted=noted) if news else None)

    @property
    def _english(self) -> bool:
        return self.persona is not None and self.persona.facts.language == "en"

    @property
    def _tutor(self) -> bool:
        """Whether sentences are practised with it."""
        return self.persona is not None and rules.GRAMMAR in self.persona.facts.tools

    def _unsure(self, message: str) -> str:
        """That a number is not known, where a model this small would guess one; grief is never answered so."""
        if self.persona is None or not self.small or _sad(message):
            return ""
        return rules.unsure(message, self.persona.facts.tools)

    def _courtesy(self, message: str) -> Courtesy:
        """What is polite in ``message``, where the model is too small to answer that by itself."""
        if self.persona is None or not self.small:
            return Courtesy(rest=message)
        return courtesy(message, self.persona.facts.name, self.persona.facts.language)

    def _by_rule(self, persona: Persona, message: str) -> str:
        """What the persona answers without its documents and without a model, "" for nothing."""
        if kind := breach(message, persona.facts.name):
            return persona.refusal(kind)
        return (
            persona.scripted(message)
            or self._by_its_tables(persona, message)
            or rules.answer(message, persona.facts.tools, datetime.now(self.zone))
            or self._by_meaning(persona, message)
        )

    def _by_its_tables(self, persona: Persona, message: str) -> str:
        """What it is asked about itself in known words: “what I had for breakfast” is about the visitor."""
        if self._english and unknowable(message):
            return ""
        return about_itself(message, persona.facts, handbook=self.store is not None)

    def _by_meaning(self, persona: Persona, message: str) -> str:
        """What needs an ear for what is meant: in which temper somebody speaks, what is asked in unknown words."""
        if self._english and self.small and temper.scolds(plain(message)):
            return said(temper.INSULT, message, persona.facts)
        topic = self._meant(persona, message)
        return "" if topic is None or topic is temper.SORROW else said(topic, message, persona.facts)

    def _meant(self, persona: Persona, message: str) -> Topic | None:
        """The topic that ``message`` means. Of :data:`temper.SORROW` it is not sure: vectors hardly tell good news from bad."""
        if self.meaning is None or (self._english and (unknowable(message) or introduced(message))):
            return None
        nearest = 0.0 if self.store is None else self.store.nearest(message)
        topic = self.meaning.topic_of(message, persona.facts, handbook=self.store is not None, nearest=nearest)
        return None if topic in temper.TOPICS and not self.small else topic


class Presenters:
    """Presenters by name, read from their folders at the first use, again when :meth:`forget` was called, and by
    :meth:`refresh` when a file of theirs has changed."""

    def __init__(self, config: Config, library: Library | None = None) -> None:
        self._config, self.library = config, library or make_library(config.knowledge.embedder)
        self._known: dict[str, tuple[Presenter, Hashable]] = {}  # with what its files looked like
        self._meaning: Meaning | None = None
        self._lock = threading.Lock()

    def get(self, name: str) -> Presenter:
        """The presenter ``name``. One without a ``persona.md``, or with one that cannot be used (logged), and a face without a
        folder have the default persona, unless the owner wrote a ``reply.system_prompt``: then that says who they are."""
        folder = self._folder(name)
        if folder is None:
            return self._stranger()
        with self._lock:
            if name not in self._known:
                before = _stamp(folder, self.library.there(name))
                self._known[name] = self._read(name, folder), before
            return self._known[name][0]

    def who(self, name: str) -> Persona | None:
        """The persona of ``name``, read from its folder; what it knows is left alone."""
        folder = self._folder(name)
        return None if folder is None else self._known_as(_tried(lambda: load(folder)), folder)

    def title(self, name: str) -> str:
        """What people call the presenter ``name``: its title, the name in its persona, else its folder's."""
        folder = self._folder(name)
        if folder is None:
            return name
        persona = self.get(name).persona
        own = persona.facts.name if persona is not None and not persona.facts.nameless else ""
        return avatars.read(name, folder).title or own or name

    def brief(self, name: str) -> Brief:
        """Asks the presenter ``name`` as it is at the time of each message."""
        return lambda message, before=(): self.get(name)(message, before)

    def forget(self, name: str) -> None:
        """Its folder or its knowledge has changed."""
        with self._lock:
            self._known.pop(name, None)

    def refresh(self) -> list[str]:
        """Read those anew whose files have changed since; returns their names. Whoever asks meanwhile gets the old one."""
        with self._lock:
            known = {name: looked for name, (_, looked) in self._known.items()}
        changed = []
        for name, before in known.items():
            folder = self._folder(name)
            if folder is None:
                self.forget(name)
                changed.append(name)
            elif (now := _stamp(folder, self.library.there(name))) != before:
                presenter = self._read(name, folder)
                with self._lock:
                    self._known[name] = presenter, now
                changed.append(name)
        return changed

    def _folder(self, name: str) -> Path | None:
        try:
            return avatars.find(name, self._config.avatar.folder).folder
        except (PhotoError, ConfigError):
            return None

    def _read(self, name: str, folder: Path) -> Presenter:
        verbatim = self._config.knowledge.answers == "verbatim" or (
            self._config.knowledge.answers == "auto" and self._config.reply.small
        )
        own = _tried(lambda: load(folder))
        persona = self._known_as(own, folder)
        zone = self._zone()
        store = _tried(lambda: self._store(name, folder))
        allowed = own.facts.tools if own is not None else ()  # an endpoint may take no tools unless somebody asks for it
        tools = toolbox(allowed, self._config.tools, lambda: self.get(name).store, zone)
        return Presenter(persona, store, verbatim, self._small, zone, tools, self._meaning_for(persona))

    def _stranger(self) -> Presenter:
        """A face without a folder, such as a visitor's photo: nobody said what it is called or who is shown."""
        persona = self._default(lambda: default(tools=_EXACT))
        return Presenter(persona, small=self._small, zone=self._zone(), meaning=self._meaning_for(persona))

    @property
    def _small(self) -> bool:
        return self._config.reply.small

    def _zone(self) -> tzinfo | None:
        return ZoneInfo(self._config.tools.timezone) if self._config.tools.timezone else None

    def _known_as(self, own: Persona | None, folder: Path) -> Persona | None:
        """``own``, else the default persona, with what the record of consent says of the face."""
        shown = _shown(folder)
        double_of, made_up = person_named(shown), shown == NOBODY
        if own is not None:
            return replace(own, facts=own.facts.model_copy(update={"double_of": double_of, "made_up": made_up}))

        def make() -> Persona:
            avatar = avatars.read(folder.name, folder)
            spoken = avatar.language or "en"
            return default(avatar.title, avatar.name, double_of=double_of, made_up=made_up, language=spoken, tools=_EXACT)

        return self._default(make)

    def _default(self, make: Callable[[], Persona]) -> Persona | None:
        return make() if self._config.reply.system_prompt == SYSTEM_PROMPT else None

    def _meaning_for(self, persona: Persona | None) -> Meaning | None:
        """One for all presenters that speak English; None where its model is missing, or another one reads the documents."""
        if persona is None or persona.facts.language != "en" or self._config.knowledge.embedder == MULTILINGUAL:
            return None
        if self._meaning is None:
            try:
                self._meaning = Meaning(self.library.embedder())
            except MissingModelError as error:
                log.info("what a presenter is asked about itself is known by its words only: %s", error)
        return self._meaning

    def _store(self, name: str, folder: Path) -> Store | None:
        documents = folder / FOLDER
        if documents.is_dir():
            return self.library.sync(name, documents, log.info)
        return self.library.store(name) if self.library.there(name) else None

    def close(self) -> None:
        """Forget every presenter, and what they know; the library is closed."""
        with self._lock:
            self._known.clear()
            self._meaning = None
        self.library.close()


def mood_to_answer(message: str, subdued: bool = False) -> MoodOrUnset:
    """See ``mood.answering_mood``; careless typing is read as if it were spelled."""
    return answering_mood(spelled(message), subdued)


def _tidings(message: str) -> Tidings | None:
    """What is said to news; None to a question. Of a birthday of who is gone nobody is glad, whatever the model hears in it."""
    news = None if asks(message) else tidings(message)
    return replace(news, good="") if news and misses(message) else news


def _sad(message: str) -> bool:
    return answering_mood(message) == "sympathetic"


def _kindly(polite: Courtesy) -> Briefing:
    return Briefing(text=f"{polite.answer} What can I do for you?" if polite.open else polite.answer)


def _shown(folder: Path) -> str:
    """Who is shown, by a record of consent that holds for talking live; "" where there is none."""
    if not (folder / consents.FILE).is_file():
        return ""
    try:
        consent = consents.read(folder, identity(), use="live")
    except (ConfigError, OSError):  # not signed here, ended, for something else, or not to be read: nobody is named
        return ""
    return "" if consent is None else consent.shown


def _stamp(folder: Path, there: bool) -> Hashable:
    return tuple(_written(folder / file) for file in (FILE, avatars.FILE, consents.FILE)), stamp(folder / FOLDER), there


def _written(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:  # there is none
        return 0


def _tried(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except MissingModelError as error:
        log.warning("what this presenter knows is not used: %s", error)
    except TalkingHeadError as error:
        log.warning("%s", error)
    return None
