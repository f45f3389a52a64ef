"""Sound that waits to be spoken, and the account of what was really heard."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from talking_head.loop.cues import cue_at, silent
from talking_head.loop.types import IDLE, AudioChunk
from talking_head.types import FRAME_TICKS, Activity, ClauseCue, Cue, Manner, MoodOrUnset, Speech, TextSpan

MOST_ON_ITS_WAY = 50  # blocks between here and the network: two seconds, which only a loop that stands still takes


@dataclass(frozen=True, slots=True)
class Piece:
    """``ticks`` samples of clause ``index``; the first lies ``at`` samples into the block and ``offset`` into the clause."""

    index: int
    at: int
    offset: int
    ticks: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a block with speech in it says: its pieces, and whether the turn ends with it. ``serial`` counts such blocks."""

    pieces: tuple[Piece, ...]
    end: bool
    serial: int = 0


class Playout:
    """Speech of one session, cut into blocks of 40 ms.

    The session puts speech in (event loop), the inference loop takes blocks out (its own thread); every method is short and
    safe from any thread. Every entry carries its turn, so that a purge can never miss or overshoot.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Speech] = deque()
        self._taken = 0  # samples of the first entry that are gone
        self._offsets: dict[int, int] = {}  # clause → samples of it that are gone
        self.activity: Activity = "idle"  # what the session does while nothing is said; set by it
        self.mood: MoodOrUnset = ""  # of a face that says nothing; set by the session
        # Who is listened to has paused, or asked something, since the last block; set by the session.
        self.paused = self.asked = False
        self.manner: Manner | None = None  # how the face performs from now on; set by the session
        self.not_before = 0.0  # of time.monotonic: until then nothing comes out, for the person may go on; set by the session
        self._floor = 0  # turns up to this one are over
        self._finished = 0  # this turn gets no more speech
        self._ticks = 0  # samples queued
        self._serial = self._recalled = 0  # of the last block; of the last one that was taken back
        self._on_its_way: deque[tuple[int, tuple[tuple[Speech, int, Piece], ...]]] = deque(maxlen=MOST_ON_ITS_WAY)
        self._held = False

    @property
    def queued_ticks(self) -> int:
        """Samples that wait."""
        return self._ticks

    def put(self, speech: Speech) -> bool:
        """Queue ``speech`` at the end of its turn. False: the turn is over and the speech was dropped."""
        with self._lock:
            if speech.span.turn <= self._floor:
                return False
            if len(speech.pcm):
                self._queue.append(speech)
                self._ticks += len(speech.pcm)
            return True

    def finish(self, turn: int) -> bool:
        """No more speech comes for ``turn``. False: nothing of it waits any more, so no block will carry its end."""
        with self._lock:
            self._finished = turn
            return any(speech.span.turn == turn for speech in self._queue)

    def purge(self, turn: int) -> None:
        """Forget everything of the turns up to ``turn``, now and whatever of it still arrives."""
        with self._lock:
            self._floor = max(self._floor, turn)
            while self._queue and self._queue[0].span.turn <= self._floor:
                self._ticks -= len(self._queue.popleft().pcm) - self._taken
                self._taken = 0
            self._offsets.clear()

    @property
    def held(self) -> bool:
        """Whether nothing comes out until :meth:`release`."""
        return self._held

    def hold(self) -> None:
        """Give silence from now on, and take back what went out of here and was not heard yet: it will be said again."""
        with self._lock:
            self._held, self._recalled = True, self._serial
            while self._on_its_way:
                for speech, start, piece in reversed(self._on_its_way.pop()[1]):
                    if speech.span.turn > self._floor:
                        self._take_back(speech, start, piece)

    def release(self) -> None:
        """Go on where :meth:`hold` stopped."""
        self._held = False

    def heard(self, mark: Mark) -> bool:
        """The block of ``mark`` goes out to be heard. False: it was taken back, and will come again."""
        with self._lock:
            while self._on_its_way and self._on_its_way[0][0] <= mark.serial:
                self._on_its_way.popleft()
            return mark.serial > self._recalled

    def _take_back(self, speech: Speech, start: int, piece: Piece) -> None:
        if not (self._queue and self._queue[0] is speech):
            self._queue.appendleft(speech)
        self._taken = start
        self._offsets[piece.index] = piece.offset
        self._ticks += piece.ticks

    def next_chunk(self) -> AudioChunk:
        """The next 40 ms, silence where there is nothing to say."""
        with self._lock:
            manner, self.manner = self.manner, None
            paused, self.paused = self.paused, False
            asked, self.asked = self.asked, False
            if not self._queue or self._held or time.monotonic() < self.not_before:
                cue = silent(self.activity, self.mood)
                if manner is not None or paused or asked:
                    cue = replace(cue, manner=manner, paused=paused, asked=asked)
                return IDLE if cue == IDLE.cue else AudioChunk(cue=cue)
            turn = self._queue[0].span.turn
            cue = self._cue(turn)  # who speaks nods at nobody's pause
            if manner is not None or asked:
                cue = replace(cue, manner=manner, asked=asked)
            pcm = np.zeros(FRAME_TICKS, np.float32)
            pieces: list[Piece] = []
            sources: list[tuple[Speech, int, Piece]] = []
            filled = 0
            while filled < FRAME_TICKS and self._queue and self._queue[0].span.turn == turn:
                head = self._queue[0]
                count = min(FRAME_TICKS - filled, len(head.pcm) - self._taken)
                pcm[filled : filled + count] = head.pcm[self._taken : self._taken + count]
                offset = self._offsets.get(head.span.index, 0)
                pieces.append(Piece(head.span.index, filled, offset, count))
                sources.append((head, self._taken, pieces[-1]))
                self._offsets[head.span.index] = offset + count
                filled += count
                self._taken += count
                if self._taken == len(head.pcm):
                    self._queue.popleft()
                    self._taken = 0
            self._ticks -= filled
            end = self._finished == turn and not any(speech.span.turn == turn for speech in self._queue)
            if end:
                self._offsets.clear()
            self._serial += 1
            self._on_its_way.append((self._serial, tuple(sources)))
            return AudioChunk(pcm, turn, Mark(tuple(pieces), end, self._serial), cue)

    def _cue(self, turn: int) -> Cue:
        """What is said in the block that begins with the queue's next sample."""
        waiting = [speech for speech in self._queue if speech.span.turn == turn]
        span = waiting[0].span
        last = self._finished == turn and all(speech.span.index == span.index for speech in waiting)
        gone = self._offsets.get(span.index, 0)
        left = sum(len(speech.pcm) for speech in waiting if speech.span.index == span.index) - self._taken
        return cue_at(waiting, self._taken, ClauseCue(span.index, span.text, gone, gone + left, last))


@dataclass(slots=True)
class _Clause:
    span: TextSpan
    made: int = 0
    heard: int = 0


class SpokenTextTracker:
    """Which words of one turn were made, and how far they were heard. Belongs to the event loop."""

    def __init__(self) -> None:
        self._clauses: dict[int, _Clause] = {}

    def made(self, speech: Speech) -> None:
        """Sound of a clause was synthesised."""
        self._clauses.setdefault(speech.span.index, _Clause(speech.span)).made += len(speech.pcm)

    def heard(self, piece: Piece) -> None:
        """Sound of a clause was sent."""
        self._clauses[piece.index].heard += piece.ticks

    def span(self, index: int) -> TextSpan:
        """The clause's text."""
        return self._clauses[index].span

    def made_ticks(self, index: int) -> int:
        """Samples of the clause that were synthesised so far."""
        return self._clauses[index].made

    @property
    def heard_ticks(self) -> int:
        """Samples that were sent."""
        return sum(clause.heard for clause in self._clauses.values())

    @property
    def unheard(self) -> bool:
        """Whether sound that was synthesised is still to be heard."""
        return any(clause.heard < clause.made for clause in self._clauses.values())

    def heard_text(self) -> str:
        """The words that were heard: whole clauses, and of the last one the words whose share of its letters was spoken."""
        parts: list[str] = []
        for clause in self._clauses.values():
            if clause.heard >= clause.made > 0:
                parts.append(clause.span.text.strip())
            elif clause.heard:
                parts.append(_spoken_words(clause.span.text, clause.heard / clause.made))
        return " ".join(part for part in parts if part)


def _spoken_words(text: str, share: float) -> str:
    words = text.split()
    letters = sum(map(len, words)) * share
    spoken: list[str] = []
    for word in words:
        letters -= len(word)
        if letters < 0:
            break
        spoken.append(word)
    return " ".join(spoken)
