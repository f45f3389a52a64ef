"""Questions → passages: by meaning, by their names and by words, and whether the best one really answers.

Added up with their margins, not by rank: what is far nearer than all others is not outdone by a common word.
"""

from __future__ import annotations

from dataclasses import dataclass

from talking_head.knowledge.answer_type import lacks
from talking_head.knowledge.chunks import Passage, sentences, words_of_meaning
from talking_head.knowledge.facts_asked import asks_presence, compared, without_setting
from talking_head.knowledge.store import Store
from talking_head.text.english.stems import stem

_DEPTH = 30
_WORDS = 0.1  # of cosine, for the first by words, the second half of it: they catch names and numbers
NAME, THING = 0.25, 1.0  # weight of a passage's name in that; where it is asked whether there is such a thing
STAYS = 0.1  # of cosine: what was just spoken of is nearer to a question that hangs on it


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. ``number``: its own in the store; ``similarity``: cosine −1…1, more for what was just spoken of;
    ``coverage``: share 0…1 of the question's words of meaning that it has; ``answers``: it is near enough to the question to
    be its answer, by meaning alone, by meaning and words together, or because one of its sentences stands out; and it tells
    something of the type that the question wants (``answer_type``)."""

    passage: Passage
    number: int
    score: float
    similarity: float
    coverage: float
    answers: bool


def search(store: Store, question: str, count: int = 3, spoken_of: int | None = None, *, rewritten: bool = False) -> list[Hit]:
    """The ``count`` passages that fit ``question`` best, best first; the one ``spoken_of`` counts as nearer by ``STAYS``.
    ``rewritten``: half its words are an earlier question's, so only its meaning counts."""
    seen = store.by_name(question)
    similarity = {number: near for number, (near, _) in seen.items()}
    if spoken_of in similarity:
        similarity[spoken_of] = min(1.0, similarity[spoken_of] + STAYS)
    scores = dict(similarity)
    if not rewritten:
        named = THING if asks_presence(question) else NAME
        scores = {number: near + named * seen[number][1] for number, near in similarity.items()}
        for rank, number in enumerate(store.by_words(question, _DEPTH)):
            scores[number] = scores.get(number, 0.0) + _WORDS / (1 + rank)
    best = sorted(scores, key=lambda number: (-scores[number], -similarity[number]))[:count]
    hits, need = [], store.threshold(question)
    thing = without_setting(question)
    about = dict(store.by_meaning(thing)) if thing else {}
    for number in best:
        if (passage := store.passage(number)) is not None:
            near, covered = similarity[number], coverage(question, passage.searched)
            answers = near >= need.sure or (near >= need.likely and covered >= need.covered)
            if not answers and near >= (need.likely if asks_presence(question) else need.possible):
                answers = store.stands_out(question, number) >= need.by_chance(store.views)
                more = need.by_chance(store.views) - need.outstanding
                answers = answers or (near >= need.possible + more and bool(compared(question, sentences(passage.text))))
            if answers and not passage.question:  # an answer of a table of questions was written for its question
                answers = not lacks(question, passage.text) and (not thing or about.get(number, 0.0) >= need.possible)
            hits.append(Hit(passage, number, scores[number], near, covered, answers))
    return hits


def coverage(question: str, text: str) -> float:
    """Share of the question's words of meaning that ``text`` has too, endings aside; 0 when the question has none."""
    asked = {stem(w) for w in words_of_meaning(question)} - {""}
    if not asked:
        return 0.0
    return len(asked & {stem(w) for w in words_of_meaning(text)}) / len(asked)
