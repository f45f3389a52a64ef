"""A passage that tells nothing of the type a question wants is no answer; one that tells it in other words still is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from talking_head.knowledge.answer import look_up
from talking_head.knowledge.answer_type import lacks
from talking_head.knowledge.documents import Document, Section, parse
from talking_head.knowledge.embedder import MiniLmEmbedder
from talking_head.knowledge.store import Store
from tests.unit.knowledge.bags import Bags

PASSAGES = tomllib.loads(Path(__file__).with_name("not_told.toml").read_text(encoding="utf-8"))["passage"]

# Question, a text that lacks what it wants, one that has it.
PAIRS = [
    ("How much is a locker?", "The lockers are beside the door.", "The lockers take a coin."),
    ("What does a canoe cost?", "A canoe is five metres long.", "A canoe is free for members."),
    ("What does it cost?", "It runs here, and nothing of your data is sent away.", "It costs nothing."),
    ("When was the bridge built?", "The bridge is open every day.", "The bridge was built a century ago."),
    ("And when does it open?", "The shop sells honey.", "The shop opens with the market at dawn."),
    ("How often do you water it?", "The fern likes shade and rain water.", "The fern gets water on Mondays and each Friday."),
    ("How long is the walk?", "The walk leads to the lake.", "The walk is for lovers of birds and takes two evenings."),
    ("How long does dyeing take?", "The dye is blue.", "Dyeing takes less time than washing."),
    ("How quickly do I get it?", "The parcel is sealed with wax.", "The parcel is there the next day."),
    ("How fast does the boat go?", "The boat has two masts.", "The boat makes nine knots."),
    ("How tall is the tower?", "The tower is red and round.", "The tower is as tall as the church."),
    ("How far is the beach?", "The beach is sandy.", "The beach is behind the dunes."),
    ("What does the bell weigh?", "The bell is from 1720.", "The bell is heavier than a car."),
    ("How cold is the cave?", "The cave is wet.", "In the cave you need a jacket."),
    ("How old is the tree?", "The tree is hollow.", "The tree was planted in 1720."),
    ("Why is the gate shut?", "The gate is green.", "The gate is shut to keep the goats in."),
    ("What colour is the roof?", "The roof is steep.", "The roof is pale."),
    ("Which languages are the tours in?", "The tours are on Mondays.", "The tours are bilingual."),
    ("What is the donkey called?", "The donkey is fed at noon.", "The children love our donkey Bruno."),
    ("How many masts has it?", "The ship is 40 metres long.", "The ship has three tall masts."),
    ("How many novels may I take?", "The novels are upstairs.", "You may take up to ten."),
    ("How many times can I renew?", "Renew at the desk.", "You can renew twice."),
    ("How many people has she saved?", "A crew of 12 is on call.", "The boat has saved a crew of 12."),
    ("How many people work here?", "The works are in the yard.", "A crew of 12 is on call."),
    ("Who feeds the goats?", "The goats are fed at noon.", "The keepers feed the goats."),
    ("Who leads the choir?", "The choir meets on Mondays.", "The choir meets on Mondays. Our conductor is Ana Bell."),
    (
        "And who teaches the older class?",
        "The younger class meets with Ana Bell. The older class meets in the hall.",
        "The younger class meets in the hall. The older class meets with Ana Bell.",
    ),
    ("Do pensioners pay less?", "The adults pay 9 euros.", "The adults pay 9 euros, seniors half."),
    ("Do students pay less?", "Adults and pensioners pay 9 euros.", "There are reduced tickets for 6 euros."),
    ("Is the soup vegetarian?", "The soup is hot.", "The soup is made without meat."),
    ("Can I bring my dog?", "You can bring bread.", "All animals are welcome."),
    ("May children come?", "Come and see the mill.", "Everybody may come."),
    ("Where is the toilet?", "The shop is beside the door.", "The ladies and gents are beside the door."),
]


@pytest.mark.parametrize(("question", "without", "told"), PAIRS)
def test_what_is_wanted_must_stand_there(question: str, without: str, told: str) -> None:
    assert lacks(question, without)
    assert not lacks(question, told)


@pytest.mark.parametrize(
    "question",
    [
        "The gate does not open. Why?",
        "What happens when I come late?",
        "Who may come in?",
        "Who is it for?",
        "How many do I get?",
        "How many can I take?",
        "Tell me about the mill.",
        "My children are asleep, is it loud?",
        "你们几点开门？",
    ],
)
def test_what_is_not_understood_rules_nothing_out(question: str) -> None:
    assert not lacks(question, "The mill is red.")


def test_no_rule_over_another_language() -> None:
    assert not lacks("How much is a ticket?", "Eine Karte gibt es an der Kasse.")


def test_a_table_of_questions_knows_its_answers() -> None:
    store = Store(":memory:", Bags())
    store.add(parse("faq.csv", b"question,answer\nWho feeds the goats?,That is a secret.\n"))
    assert look_up(store, "Who feeds the goats?").text == "That is a secret."
    store.add(parse("faq.md", b"# Who feeds the goats?\n\nThat is the secret of the goats.\n"))
    store.remove("faq.csv")
    assert not look_up(store, "Who feeds the goats?").known


@pytest.mark.models
@pytest.mark.parametrize(("part", "right", "refused"), [("tuning", 9, 9), ("held", 8, 6)])
def test_passages_are_spoken_where_they_answer_and_only_there(models: Path, part: str, right: int, refused: int) -> None:
    embedder, answered, declined = MiniLmEmbedder(), 0, 0
    for passage in PASSAGES:
        heading, _, text = passage["text"].partition("\n")
        store = Store(":memory:", embedder)
        store.add(Document("handbook", heading, (Section(heading, text),)))
        for question, answer in passage[part]:
            found = look_up(store, question)
            answered += bool(answer and found.known and re.search(answer, found.text, re.I))
            declined += not answer and not found.known
    assert answered >= right
    assert declined >= refused  # of ten each; 2 and 3 before the type of the answer was looked for
