"""Anger, sorrow and despair get one calm sentence; who wants something besides, and who is glad, goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.knowledge.documents import Document, Section
from talking_head.knowledge.embedder import MiniLmEmbedder
from talking_head.knowledge.store import Store
from talking_head.persona.about import temper
from talking_head.persona.about.temper import DESPAIR, INSULT, SORROW, scolds
from talking_head.persona.about.topic import Topic
from talking_head.persona.identity import plain
from talking_head.persona.meaning import Meaning
from talking_head.persona.persona import Persona
from talking_head.server.presenter.presenters import Presenter
from tests.unit.persona.test_identity import HOST, lines

# Written before the patterns; half of them were looked at while these were: of the other 15 insults 11 were known, then 14.
INSULTS = """
My toaster has better conversations than you.
you absolute muppet, that's not what I asked
You are as useful as a chocolate teapot.
a parrot would do a better job
Is there anything at all between your ears?
my calculator from 1985 is smarter than you
What a piece of junk.
You couldn't find your way out of a paper bag.
you suck
I've had more fun talking to a wall.
shut up you tin can
You are a waste of my time.
you have the personality of a wet sponge
Nobody needs you, you silly doll.
go to hell
Every answer of yours is rubbish.
I wouldn't trust you to boil an egg.
are you always this dense?
You're an embarrassment.
How can anyone be this clueless?
You know nothing, do you?
pathetic. really pathetic.
"""
NO_INSULTS = """
You are as quick as my brother.
Is the toaster better than this one?
What a piece of art!
Does the parrot talk?
You're the best thing I've ever talked to.
Is this phone smarter than the old one?
Where can I throw garbage?
How long do I boil an egg?
You sound like my uncle.
Are you always open this late?
My son was called an idiot at school.
I feel so stupid.
Somebody told me I am useless.
Is it a waste of time to learn Latin?
You idiot, where is my parcel?
My dog got lost, can you help?
Shut up or not, how do I close the lid?
"""
SORROWS = """
My uncle died in spring.
my girlfriend left me
We had to put our old cat to sleep.
i failed my driving test
I was at a funeral today.
My best friend betrayed me.
My flat burnt down and everything is gone.
"""
NO_SORROWS = """
My uncle lives in Spain.
My girlfriend is waiting outside.
We can pay the rent this month.
I lost my ticket.
I got into university!
My phone is broken.
My grandmother died. Can I cancel my booking?
I'm hungry.
We just got a puppy.
"""


@pytest.fixture(scope="module")
def meaning(models: Path) -> Meaning:
    return Meaning(MiniLmEmbedder())


@pytest.mark.parametrize("text", lines(INSULTS))
def test_insults_are_known_by_how_they_are_built(text: str) -> None:
    assert scolds(plain(text))
    assert Presenter(Persona(HOST))(text).text in INSULT.says


@pytest.mark.parametrize("text", lines(NO_INSULTS))
def test_what_sounds_like_an_insult_goes_on(text: str) -> None:
    assert not scolds(plain(text))


@pytest.mark.models
@pytest.mark.parametrize("text", lines(SORROWS))
def test_sorrow_is_known_by_its_meaning(meaning: Meaning, text: str) -> None:
    assert meaning.topic_of(text, HOST) is SORROW


@pytest.mark.models
@pytest.mark.parametrize("text", lines(NO_SORROWS))
def test_who_is_glad_or_wants_something_goes_on(meaning: Meaning, text: str) -> None:
    assert meaning.topic_of(text, HOST) not in temper.TOPICS


@pytest.mark.models
@pytest.mark.parametrize("text", ["I don't want to live any more.", "i think about killing myself"])
def test_who_does_not_want_to_live_is_sent_to_people(meaning: Meaning, text: str) -> None:
    assert meaning.topic_of(text, HOST) is DESPAIR
    assert "crisis line" in Presenter(Persona(HOST), meaning=meaning)(text).text


@pytest.mark.models
@pytest.mark.parametrize("topic", temper.TOPICS, ids=lambda topic: topic.name)
def test_an_entry_has_examples_and_near_misses(meaning: Meaning, topic: Topic) -> None:
    presenter = Presenter(Persona(HOST), meaning=meaning)
    assert topic.asked
    assert topic.passed

    def said(text: str) -> str:
        told = presenter(text)
        return told.text or (told.tidings.unheard if told.tidings else "")

    assert all(said(text) in topic.says for text in topic.asked)
    assert not any(said(text) in topic.says for text in topic.passed)


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "glad"),
    [
        ("today would have been my mum's birthday", False),
        ("today is my mum's birthday", True),
        ("my cancer is gone!", True),
        ("my dad is out of hospital, finally home", True),
    ],
)
def test_gladness_is_not_at_hand_for_a_birthday_of_who_is_gone(meaning: Meaning, text: str, glad: bool) -> None:
    told = Presenter(Persona(HOST), meaning=meaning)(text).tidings
    assert told is not None
    assert bool(told.good) is glad


@pytest.mark.models
def test_a_large_model_finds_its_own_words_and_a_handbook_goes_before(meaning: Meaning) -> None:
    text = "My tent was destroyed in the storm."
    assert Presenter(Persona(HOST), meaning=meaning, small=False)("My father died.").text == ""
    assert Presenter(Persona(HOST), meaning=meaning, small=False)("You are a moron.").text == ""
    store = Store(":memory:", MiniLmEmbedder())
    store.add(Document("x", "x", (Section("Tents that a storm destroyed", "A tent destroyed by a storm is replaced by us."),)))
    assert Presenter(Persona(HOST), store, meaning=meaning)(text).text == "A tent destroyed by a storm is replaced by us."
