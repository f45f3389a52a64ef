"""One turn: reply → clauses → speech, as a group of tasks that live and die together.

Between the stages are small bounded queues, so a fast writer waits for a slow voice. While the first clause is being voiced,
and for as long afterwards as a first picture takes, it waits altogether: on few cores its next words would delay both. Nothing
in here sees pictures: the inference loop takes the sound from the playout when it is due.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from talking_head.audio.recital import recite
from talking_head.protocols import Synthesizer
from talking_head.session.steps import iterate
from talking_head.session.trace import TurnTrace
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import Speech, TextSpan

QUEUED_CLAUSES = 3
PIECE_CHARS = 200
DRAWN_S = 0.05  # from the first sound until its picture has left


class ClauseSplitter(Protocol):
    """Pieces of a reply in, speakable clauses out."""

    def push(self, piece: str) -> list[TextSpan]:
        """The clauses that ``piece`` completes."""
        ...

    def flush(self) -> list[TextSpan]:
        """What is left at the end."""
        ...

    def unread(self) -> list[str]:
        """Parts that the voice cannot read, each told once."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthesiser, the executor it runs on, and for whom (the executor shares itself out fairly among sessions)."""

    synthesizer: Synthesizer
    executor: FairExecutor
    session: str


async def as_it_is(text: str) -> AsyncGenerator[str, None]:
    """``text`` in the place of a reply: in pieces, so that taking a long one apart does not hold the event loop up."""
    for start in range(0, len(text), PIECE_CHARS):
        yield text[start : start + PIECE_CHARS]
        await asyncio.sleep(0)


async def speak(
    pieces: AsyncGenerator[str, None],
    splitter: ClauseSplitter,
    voice: Voice,
    deliver: Callable[[Speech], Awaitable[None]],
    trace: TurnTrace,
) -> None:
    """Turn ``pieces`` of text into speech, handing each bit of sound to ``deliver`` in order.

    ``deliver`` may wait: then writing and synthesis wait too. Cancelling stops every stage between two of its steps. The first
    failure of a stage cancels the others and is raised inside an ExceptionGroup. ``pieces`` is closed however it ends.
    """
    spans: asyncio.Queue[TextSpan | None] = asyncio.Queue(QUEUED_CLAUSES)
    sounding = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_write(pieces, splitter, spans, sounding, trace), name="reply")
        group.create_task(_voice(spans, voice, deliver, sounding, trace), name="speech")


async def _write(
    pieces: AsyncGenerator[str, None],
    splitter: ClauseSplitter,
    spans: asyncio.Queue[TextSpan | None],
    sounding: asyncio.Event,
    trace: TurnTrace,
) -> None:
    began = False
    async with aclosing(pieces):  # else a cancelled reply is ended by the garbage collector, some time, and not in order
        async for piece in pieces:
            for span in splitter.push(piece):
                trace.mark("clause")
                await spans.put(span)
            if trace.clause is not None and not began:
                began = await sounding.wait()
                await asyncio.sleep(DRAWN_S)
    for span in splitter.flush():
        trace.mark("clause")
        await spans.put(span)
    await spans.put(None)


async def _voice(
    spans: asyncio.Queue[TextSpan | None],
    voice: Voice,
    deliver: Callable[[Speech], Awaitable[None]],
    sounding: asyncio.Event,
    trace: TurnTrace,
) -> None:
    while (span := await spans.get()) is not None:
        make = partial(recite, voice.synthesizer, span)
        async with aclosing(iterate(voice.executor, voice.session, make)) as utterances:
            async for utterance in utterances:
                if not len(utterance.pcm):
                    continue  # a remote voice that is still working: nothing yet
                trace.mark("speech")
                await deliver(Speech(span, utterance.pcm, utterance.phonemes))
        sounding.set()
