"""Chats whose keys and values a CTranslate2 generator keeps, so that the next question alone is read.

CTranslate2 keeps the state of an exact static prompt for as long as the generator lives; all its replicas share it, and nothing
but the generator's end frees it (``unload_model`` does not). A state is 140 kB a token for the default model. So
this class counts, and where the budget is spent it takes a fresh generator on the same weights (0.15 s of a core) into which it
reads again what still waits for a question, the newest chats first. The old one goes before, once no answer is being written on
it: two side by side are up to 0.4 GB. An answer is written no faster than it is spoken, and of two who chat one always has one
on its way: so answers are asked to be written to their end (:attr:`PrefixCache.hurries`), a second or two of a core.

Reading happens on one thread, one chat at a time, and does not begin while an answer waits for its first token. A read that has
begun cannot be stopped; an answer to the same chat waits for it, unless it is sooner done with reading by itself what is new.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from talking_head.system.memory import give_back

log = logging.getLogger(__name__)

Tokens = tuple[str, ...]
WAITING = 8  # chats that may wait to be read; of more the oldest are not
PATIENCE_S = 5.0  # an answer of another session is waited for so long before reading begins all the same
RENEWED = 5 / 8  # of the budget is filled again by a fresh generator at most, or the next turn would need another
OLD_GOES_S = 10.0  # so long a fresh generator waits for the answers that are being written on the old one


@dataclass(frozen=True, slots=True)
class Lease:
    """What an answer runs on: ``generator``, and the kept beginning of its prompt (empty: nothing is kept)."""

    generator: Any
    static: list[str]


class PrefixCache:
    """``make()`` loads a generator; ``read(generator, tokens)`` has it keep ``tokens``; ``budget``: tokens kept at most.

    A ``budget`` of 0 keeps heads (system prompts) only. May be used from any thread.
    """

    def __init__(self, make: Callable[[], Any], read: Callable[[Any, Sequence[str]], None], budget: int) -> None:
        self._make, self._read, self._budget = make, read, budget
        self._generator: Any | None = make()  # None: a fresh one is being made, or could not be
        self._renewing = False
        self._leases = 0  # answers that are being written
        self._generation = 0
        self._changed = threading.Condition()
        self._asked = 0
        self._kept: dict[Tokens, int] = {}  # → when it was asked for, counted; 0: its question came, or more of its chat
        self._heads: OrderedDict[Tokens, None] = OrderedDict()
        self._wanted: OrderedDict[Tokens, int] = OrderedDict()
        self._reading: Tokens | None = None
        self._since = self._pace = 0.0  # when that began; seconds a token that the last one took
        self._urgent = 0  # answers that wait for their first token
        self._thread: threading.Thread | None = None

    @property
    def generation(self) -> int:
        """How often a fresh generator took the place of one that had no room left."""
        return self._generation

    @property
    def kept_tokens(self) -> int:
        """Tokens whose state the generator holds now."""
        with self._changed:
            return sum(map(len, self._kept))

    @property
    def hurries(self) -> bool:
        """Whether a fresh generator waits for the answers that are being written, and nobody for a first token."""
        with self._changed:
            return bool(self._wanted and self._leases and not self._urgent and self._full())

    def ahead(self, tokens: Sequence[str]) -> None:
        """Read ``tokens`` in the background: a question will follow them. Returns at once."""
        wanted = tuple(tokens)
        with self._changed:
            self._asked += 1
            for earlier in self._kept:
                if _begins(wanted, earlier):
                    self._kept[earlier] = 0
            if wanted in self._kept:
                self._kept[wanted] = self._asked
            if not wanted or len(wanted) > self._budget or wanted in self._kept or wanted == self._reading:
                return
            self._wanted[wanted] = self._asked
            self._wanted.move_to_end(wanted)
            if len(self._wanted) > WAITING:
                self._wanted.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="reply-ahead", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until everything that was asked for is read (for tests and warm-up)."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None)

    @contextmanager
    def lease(self, prompt: Sequence[str], head: Sequence[str] = ()) -> Iterator[tuple[Lease, Callable[[], None]]]:
        """For an answer to ``prompt``: what to run it on, and a function to call at its first token.

        ``head``: a beginning that many prompts share (the system prompt), which is kept from its first use on.
        """
        whole = tuple(prompt)
        spoke = threading.Event()

        def first_token() -> None:
            if not spoke.is_set():
                spoke.set()
                with self._changed:
                    self._urgent -= 1
                    self._changed.notify_all()

        with self._changed:
            for waiting in [tokens for tokens in self._wanted if _begins(whole, tokens)]:
                del self._wanted[waiting]  # too late: this answer reads it itself
            self._urgent += 1
            self._changed.wait_for(lambda: not self._renewing and not self._worth_waiting(whole))
            if self._generator is None:
                try:
                    self._generator = self._make()
                except BaseException:
                    first_token()
                    raise
            static = self._longest(whole)
            if static:
                self._kept[static] = 0
            elif head and _begins(whole, tuple(head)):
                static = tuple(head)
                self._kept[static] = 0
                self._heads[static] = None
            self._leases += 1
            lease = Lease(self._generator, list(static))
        try:
            yield lease, first_token
        finally:
            first_token()
            with self._changed:
                self._leases -= 1
                self._changed.notify_all()

    def _longest(self, whole: Tokens) -> Tokens:
        return max((tokens for tokens in self._kept if _begins(whole, tokens)), key=len, default=())

    def _worth_waiting(self, whole: Tokens) -> bool:
        """Whether what is being read is part of ``whole``, and done before ``whole`` could be read without it."""
        reading = self._reading
        if reading is None or not _begins(whole, reading):
            return False
        saved = len(reading) - len(self._longest(whole))
        left = len(reading) - (time.monotonic() - self._since) / self._pace if self._pace else 0.0
        return left < saved

    def _full(self) -> bool:
        """Whether what is to be read next needs a fresh generator."""
        coming = len(next(iter(self._wanted), ()))
        return self._generator is None or sum(map(len, self._kept)) + coming > self._budget

    def _may_read(self) -> bool:
        """Nobody waits for a first token, and where a fresh generator is needed nobody writes on the old one."""
        return not self._wanted or (not self._urgent and not (self._leases and self._full()))

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._may_read, OLD_GOES_S if self._full() else PATIENCE_S)
                if not self._wanted:
                    self._thread = None
                    self._changed.notify_all()
                    return
                full = self._full()
                tokens, asked = self._wanted.popitem(last=False)
                self._reading = tokens
                self._since = time.monotonic()
            generator = None
            try:
                if full:
                    self._renew(tokens)
                generator = self._generator
                self._read(generator, tokens)
            except Exception:  # the next answer reads everything itself, and says what is wrong
                log.warning("a chat could not be read ahead", exc_info=True)
                tokens = ()
            with self._changed:
                if tokens and generator is self._generator:
                    self._kept[tokens] = asked
                generator = None  # nothing here keeps it alive
                if tokens and not full:
                    self._pace = (time.monotonic() - self._since) / len(tokens)
                self._reading = None
                self._changed.notify_all()

    def _renew(self, coming: Tokens) -> None:
        """A fresh generator; read into it the latest head, and queue what else fits and still waits for a question."""
        with self._changed:
            head = next(reversed(self._heads), ())
            room = int(self._budget * RENEWED) - len(coming) - len(head)
            live = {tokens: asked for tokens, asked in self._kept.items() if asked and tokens not in self._heads}
            if not self._leases:
                self._generator, self._renewing = None, True
                self._kept, self._heads = {}, OrderedDict()
        give_back()  # or the fresh one would lie beside the holes of the old one
        try:
            generator = self._make()
            with self._changed:
                self._generator = generator
                self._generation += 1
                self._kept, self._heads = {}, OrderedDict()
        finally:
            with self._changed:
                self._renewing = False
                self._changed.notify_all()
        if head:
            self._read(generator, head)
        with self._changed:
            if head:
                self._kept[head] = 0
                self._heads[head] = None
            for tokens in sorted(live, key=lambda tokens: -live[tokens]):  # who spoke last is the likeliest to be here still
                room -= len(tokens)
                if room < 0:
                    break
                self._wanted.setdefault(tokens, live[tokens])


def _begins(whole: Tokens, tokens: Tokens) -> bool:
    return len(tokens) < len(whole) and whole[: len(tokens)] == tokens
