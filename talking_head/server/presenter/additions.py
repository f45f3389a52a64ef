"""Documents on their way into a presenter's knowledge: read one after the other beside the server's work, with progress."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from talking_head.errors import CapacityError, TalkingHeadError, visitors_sentence
from talking_head.knowledge import documents
from talking_head.knowledge.store import Store
from talking_head.system import disk
from talking_head.system.fair_executor import FairExecutor

log = logging.getLogger(__name__)

WAITING = 16  # documents of all presenters together
TOLD = 32  # additions that failed are told until so many newer ones came
NICE = 10  # behind whatever makes sound and picture


class _Given(Exception):
    """Nobody wants this addition any more."""


@dataclass(slots=True)
class Addition:
    """A document that is being read. ``done`` of ``total`` passages (0: not cut yet); ``problem``: why it failed."""

    presenter: str
    document: str
    done: int = 0
    total: int = 0
    problem: str = ""


class Additions:
    """``store(presenter)`` opens an index; ``added(presenter)`` hears when a document is in. May be used from any thread."""

    def __init__(self, store: Callable[[str], Store], added: Callable[[str], None]) -> None:
        self._store, self._added = store, added
        self._all: dict[tuple[str, str], Addition] = {}
        self._lock = threading.Lock()
        self._executor = FairExecutor("knowledge", nice=NICE, limit=WAITING, hang_s=1800)

    def start(self, presenter: str, document: str, data: bytes) -> Addition:
        """Queue the file ``document`` of these bytes. Raises CapacityError where too many wait."""
        addition = Addition(presenter, document)
        with self._lock:
            if sum(not each.problem for each in self._all.values()) >= WAITING:
                raise CapacityError(f"{WAITING} documents are being read already. Try again in a minute.", retry_after_s=30)
            self._all.pop((presenter, document), None)  # the latest goes last, and instead of an older one that still waits
            self._all[presenter, document] = addition
            failed = [key for key, each in self._all.items() if each.problem]
            for key in failed[: max(0, len(failed) - TOLD)]:
                del self._all[key]
        self._executor.submit(presenter, lambda: self._read(addition, data))
        return addition

    def of(self, presenter: str) -> list[Addition]:
        """What is being read or could not be, oldest first."""
        with self._lock:
            return [each for each in self._all.values() if each.presenter == presenter]

    def drop(self, presenter: str, document: str = "") -> bool:
        """Stop reading a document ("": all of the presenter's), or forget that it failed; False if there is none."""
        with self._lock:
            keys = [key for key in self._all if key[0] == presenter and document in ("", key[1])]
            for key in keys:
                del self._all[key]
        return bool(keys)

    def close(self) -> None:
        """Give up what waits."""
        with self._lock:
            self._all.clear()
        self._executor.close()

    def _read(self, addition: Addition, data: bytes) -> None:
        key = addition.presenter, addition.document

        def told(done: int, total: int) -> None:
            addition.done, addition.total = done, total
            if self._all.get(key) is not addition:
                raise _Given

        try:
            told(0, 0)
            self._store(addition.presenter).add(documents.parse(addition.document, data), told)
            self._added(addition.presenter)
        except _Given:
            return
        except TalkingHeadError as error:
            addition.problem = visitors_sentence(error)
        except Exception as error:
            if disk.is_full(error):
                addition.problem = disk.TOLD
                return
            log.exception("a document could not be read")
            addition.problem = f"“{addition.document}” could not be read: something went wrong on the server."
        else:
            with self._lock:
                if self._all.get(key) is addition:
                    del self._all[key]
