"""A presenter that remembers one visitor: what was allowed stands in the prompt; nothing is kept unasked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from talking_head.errors import DiskError
from talking_head.memory.facts import asks_to_forget, in_prompt, noticed, recalled
from talking_head.memory.store import MemoryStore
from talking_head.protocols import Brief
from talking_head.text.english.chat import spelled
from talking_head.types import Briefing

SHARE = 0.12  # of the token budget that the prompt may spend on the visitor
NOT_FORGOTTEN = "I cannot forget that now: the disk of this server is full. Its owner has to make room first."
FORGOTTEN = "I have forgotten what you let me keep."

log = logging.getLogger(__name__)


class RememberingBrief:
    """``brief`` of ``presenter``, for ``visitor`` (an id). ``fits``: tokens of the prompt for what is known."""

    def __init__(
        self,
        brief: Brief,
        store: MemoryStore,
        visitor: str,
        presenter: str,
        *,
        fits: int,
        count_tokens: Callable[[str], int],
    ) -> None:
        self._brief, self._store, self._visitor, self._presenter = brief, store, visitor, presenter
        self._fits, self._count = fits, count_tokens
        self._met = False

    def __call__(self, message: str, before: Sequence[str] = ()) -> Briefing:
        """See ``protocols.Brief``."""
        if not self._store.knows(self._visitor):  # forgotten meanwhile, on another page
            return self._brief(message, before)
        if not self._met:
            try:
                self._store.meet(self._visitor)
            except DiskError:  # that they were here is not noted; the conversation goes on
                log.warning("a visit cannot be noted in the memory: the disk is full")
            self._met = True
        asked = spelled(message)
        if asks_to_forget(asked):
            try:
                self._store.forget(self._visitor, self._presenter)
            except DiskError:
                return Briefing(text=NOT_FORGOTTEN)
            return Briefing(text=FORGOTTEN)
        facts = [fact for _, fact in self._store.facts(self._visitor, self._presenter)]
        if answer := recalled(asked, facts):
            return Briefing(text=answer)
        new = tuple(fact for fact in noticed(asked) if fact not in facts)
        return replace(self._brief(message, before), visitor=in_prompt(facts, self._fits, self._count), noticed=new)
