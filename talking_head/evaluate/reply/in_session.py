"""A reply model as a visitor meets it: behind the guard, the script, the tools and the handbook of a presenter."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import cache

from talking_head.evaluate.reply.rules import Prompt
from talking_head.knowledge.documents import Document, Section
from talking_head.knowledge.embedder import Embedder
from talking_head.knowledge.store import Store
from talking_head.persona.default import default
from talking_head.persona.meaning import Meaning
from talking_head.persona.persona import Facts, Persona
from talking_head.protocols import ReplyGenerator
from talking_head.server.presenter.presenters import Presenter
from talking_head.session.briefed import briefed
from talking_head.tools.rules import CLOCK, SUMS


class InSession:
    """Answers a prompt as a session does: the presenter's own sentence where it has one, else the model's words.

    Every prompt has a persona with clock and sums, as the shipped presenters have, or the default one where it names no job;
    one with a passage keeps that in a handbook of its own, is strict (what the handbook does not say is not known) and speaks
    passages as they stand.
    ``embedder`` finds the passage, and what is asked about the presenter in words of one's own.
    """

    def __init__(self, model: ReplyGenerator, embedder: Callable[[], Embedder]) -> None:
        self._model, self._embedder = model, embedder
        self._meaning = cache(lambda: Meaning(embedder()))

    def __call__(self, prompt: Prompt) -> Generator[str, None, None]:
        """The answer, piece by piece."""
        before = [said.content for said in prompt.messages(passage=False)[:-1] if said.role == "user"]
        briefing = presenter(prompt, self._embedder, self._meaning)(prompt.ask, before)
        if briefing.text:
            yield briefing.text
        else:
            yield from briefed(self._model, prompt.messages(passage=False), briefing)


def presenter(prompt: Prompt, embedder: Callable[[], Embedder], meaning: Callable[[], Meaning]) -> Presenter:
    """Whom ``prompt`` speaks with; a face without a ``persona.md``, which has the default one, where it names no job."""
    persona = default(prompt.name, tools=(CLOCK, SUMS))
    if prompt.job:
        persona = Persona(Facts(name=prompt.name, job=prompt.job, strict=bool(prompt.passage), tools=(CLOCK, SUMS)))
    if not prompt.passage:
        return Presenter(persona, meaning=meaning())
    heading, _, text = prompt.passage.partition("\n")
    store = Store(":memory:", embedder())
    store.add(Document("handbook", heading, (Section(heading, text),)))
    return Presenter(persona, store, meaning=meaning())
