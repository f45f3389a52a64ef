"""One topic of questions for the presenter itself: how it is asked, which words it may hold, what is answered.

The tables (``itself.py``, ``life.py``, ``senses.py``) hold one :class:`Topic` a subject. To widen one, add a way of asking with
an example, and a near miss that goes on to the documents and the model; the tests go over every entry.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

BEING = (
    r"(?:humans?|real|alive|machine|robots?|bots?|chatbots?|chat bot|ai|artificial|computers?|program(?:me)?|software|person|"
    r"people|man|woman|"
    r"girl|guy|lady|boy|male|female|living|recording|recorded|actor|actress|avatar|cartoon|animated|animation|hologram|"
    r"deepfake|"
    r"flesh|genuine|automated|automatic|algorithm|language model|llm|gpt|chatgpt|conscious|sentient|being|creature|dead|"
    r"digital|virtual|"
    r"made of|live|playback|simulation|someone|somebody|consciousness|born)"
)
BEINGS = (
    "human humans real alive machine machines robot robots bot bots chatbot chatbots chat ai artificial intelligence computer "
    "computers "
    "program programme software person people man woman girl guy lady boy male female gender living live recording recorded "
    "video actor "
    "actress avatar cartoon animated animation hologram deepfake flesh blood fake genuine automated automatic algorithm "
    "language model llm gpt "
    "chatgpt conscious sentient being beings creature dead digital virtual generated made simulation playback someone "
    "somebody anyone "
    "anybody talk talking speak speaking chatting conversation dealing communicating face voice here behind side end sitting "
    "line screen look "
    "looks sound sounds seem seems so very quite consider call believe admit confess swear promise sure certain between "
    "difference am "
    "consciousness born natural writing typing messaging camera kidding instead rather trick fooling fool me pretending piece"
)
TALKING = r"(?:talk|talking|speak|speaking|chat|chatting|dealing|communicating|writing|typing|conversation)"

OWN_NAME = "ownname"  # stands for the presenter's name in a sentence


@dataclass(frozen=True, slots=True)
class Topic:
    """An entry of the tables.

    ``name``: for reports; ``about``: in plain words; ``ways``: patterns, one of them is found in a question of this topic
    (``<being>`` and ``<talking>`` stand for the words above, ``<name>`` for the presenter's name); ``words``: what it may hold
    beside the small words; ``says``: the answers, in which ``{who}`` is the name with the job, ``{name}`` the name,
    ``{called}`` a sentence with the name, ``{job}`` the job, ``{face}`` a sentence on whose face it has, ``{help}`` an offer,
    ``{ask}`` the subjects; ``asked`` and ``passed``: messages that are such a question, and near misses that are none for the
    presenter.
    """

    name: str
    about: str
    ways: tuple[str, ...]
    words: str
    says: tuple[str, ...]
    asked: tuple[str, ...]
    passed: tuple[str, ...]
    _asks: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _words: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pattern = "|".join(self.ways).replace("<being>", BEING).replace("<talking>", TALKING).replace("<name>", OWN_NAME)
        object.__setattr__(self, "_asks", re.compile(pattern))
        object.__setattr__(self, "_words", frozenset(self.words.split()))

    def is_asked(self, sentence: str, held: Collection[str]) -> bool:
        """Whether ``sentence`` (plain words), which holds ``held`` beside the small words, is a question of this topic."""
        return self._words.issuperset(held) and self._asks.search(sentence) is not None
