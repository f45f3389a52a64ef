"""The loop that all live faces on one device share: every 40 ms one batch of motion, one batch of pictures.

A tick has four steps: take 1 920 samples from every slot's source (where speech begins after silence, as many more blocks as
the motion looks ahead); advance all motion streams in one call; place each face and make all pictures in one call; hand every
slot its frame. What belongs to sessions (source, placing, deliver) runs behind a :class:`~talking_head.loop.guard.Guard`,
what belongs to the device runs here, and nothing here knows asyncio.

The grid is ``start + n × 40 ms`` of a monotonic clock. A tick that ends late makes the next one start at once, and faces that
say nothing keep their picture for up to three ticks until it has caught up; when the loop is more than ``jump_after`` ticks
behind it skips to the present instead of hurrying after the past. A voice that begins while nobody else is heard moves the
grid: its tick starts at once, and the next ones 40 ms apart from there. Frames carry their due time (start of the tick +
``lead_s``), so a pacer knows when to show them and can fill a gap.
"""

from __future__ import annotations

import logging
import sys
import threading
from functools import partial
from typing import Any, Literal

import numpy as np

from talking_head.errors import BackendError, CapacityError
from talking_head.face.portrait import Portrait
from talking_head.loop.batch import Batch
from talking_head.loop.clock import Clock, MonotonicClock
from talking_head.loop.guard import Call, Guard
from talking_head.loop.slot import Deliver, Failed, Slot, Source
from talking_head.loop.stats import LoopStats
from talking_head.loop.types import IDLE, AudioChunk, MediaFrame
from talking_head.protocols import Animator, MotionModel
from talking_head.system.scheduling import PICTURE_NICE, be_nice
from talking_head.types import FPS, Manner, Motion

log = logging.getLogger(__name__)

TICK_S = 1 / FPS
BEHIND_S = TICK_S / 2  # a tick that begins so late may be too late for who watches, and the next ones, too
CATCH_UP = 3  # ticks that idle faces keep their picture meanwhile

# A tick calls dozens of short OpenCV functions that let go of the interpreter's lock. Getting it back from a thread that is
# busy with packets takes up to one switch interval each time, and the default is 5 ms.
SWITCH_S = 0.0005


class InferenceLoop:
    """One thread, one clock, one batch.

    ``capacity``: faces at full rate. ``overload``: what happens to the next one: "refuse" raises CapacityError, "degrade"
    takes up to as many again, each with a new picture only every second tick, until a place at full rate comes free.
    ``lead_s``: how long after its tick's start a frame is shown. ``hang_s``: a slot whose callback has not come back for so
    long is ended.
    """

    def __init__(
        self,
        motion: MotionModel,
        animator: Animator,
        *,
        capacity: int = 64,
        overload: Literal["refuse", "degrade"] = "refuse",
        lead_s: float = TICK_S,
        jump_after: int = 2,
        hang_s: float = 10.0,
        patience_s: float = 0.04,
        clock: Clock | None = None,
    ) -> None:
        self.capacity, self.overload = capacity, overload
        self.lead_s = lead_s
        self.stats = LoopStats()
        self._motion, self._jump_after, self._hang_s = motion, jump_after, hang_s
        self._clock = clock or MonotonicClock()
        self._batch = Batch(motion, animator, self._fail)
        self._guard = Guard(patience_s, name="loop-guard")
        self._lock = threading.Lock()
        self._joining: list[Slot] = []
        self._slots: list[Slot] = []
        self._stopped = False
        self._wake = threading.Event()  # to stop, or because a voice begins
        self._thread: threading.Thread | None = None
        self._index = 0
        self._busy = False  # short of time: idle faces at half rate
        self._idle_stride = 1  # ticks that a picture of theirs is shown
        self.thinned = 1  # ticks that one picture is shown, see thinning.py; may be set from any thread

    # Any thread

    def start(self) -> None:
        """Start the thread. The interpreter switches threads every 0.5 ms from then on, see ``SWITCH_S``."""
        sys.setswitchinterval(SWITCH_S)

        def first_in_line() -> None:
            be_nice(PICTURE_NICE)
            self.run()

        self._thread = threading.Thread(target=first_in_line, name="inference-loop", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the current tick and end. Slots get no further frame."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._guard.close()

    @property
    def sessions(self) -> int:
        """Slots that are taken."""
        with self._lock:
            return len(self._joining) + sum(not slot.ended for slot in self._slots)

    def join(
        self,
        avatar: Any,
        portrait: Portrait,
        source: Source,
        deliver: Deliver,
        *,
        seed: int = 0,
        manner: Manner | None = None,
        failed: Failed | None = None,
    ) -> Slot:
        """Take a slot; the first frame comes with the next tick.

        ``avatar``: what the animator's ``prepare(portrait)`` returned. ``source()`` gives the next chunk or None for silence;
        ``deliver(media_frame)`` takes the result; both are called every 40 ms on a thread of the loop and only touch a queue.
        ``failed(error)`` is called once if the slot is ended because of a failure; the session may join again.
        Raises CapacityError when full.
        """
        slot = Slot(
            avatar,
            portrait,
            source,
            deliver,
            lookahead=self._motion.lookahead,
            failed=failed,
            seed=seed,
            manner=manner,
            wake=self._wake.set,
        )
        with self._lock:
            taken = len(self._joining) + sum(not other.ended for other in self._slots)
            room = self.capacity * (2 if self.overload == "degrade" else 1)
            if taken >= room:
                self.stats.refused += 1
                raise CapacityError(f"All {room} places are taken. Try again in a few seconds.")
            slot.stride = 1 if taken < self.capacity else 2
            self._joining.append(slot)
        return slot

    # The loop's own thread

    def run(self, ticks: int | None = None) -> None:
        """Run until :meth:`stop`, or for so many ticks of the grid."""
        origin = self._clock.now() - self._index * TICK_S
        end = None if ticks is None else self._index + ticks
        while not self._stopped and (end is None or self._index < end):
            start = origin + self._index * TICK_S
            self._clock.wait_until(start, self._wake)
            if self._stopped:
                break
            if self._wake.is_set():
                self._wake.clear()
                if (now := self._clock.now()) < start:
                    if not self._quiet():
                        continue
                    origin -= start - now
                    start = now
            behind = int((self._clock.now() - start) / TICK_S)
            if behind > self._jump_after:
                self.stats.jumped_ticks += behind
                self._index += behind
                start += behind * TICK_S
            try:
                self.tick(self._index, start)
            except Exception:  # a fault of the loop itself must not end everybody's picture
                log.exception("tick %d failed", self._index)
            self._index += 1

    def _quiet(self) -> bool:
        """Whether no sound is on its way: a tick that comes early is noticed by nobody."""
        return all(slot.ended or slot.quiet_ticks > slot.lookahead for slot in self._slots)

    def tick(self, index: int, start: float) -> None:
        """One step of every slot; ``start``: when tick ``index`` begins, in seconds of the clock."""
        began = self._clock.now()
        self._idle_stride = CATCH_UP if began - start > BEHIND_S else 2 if self._busy else 1
        self._admit(index)
        slots = [slot for slot in self._slots if not slot.ended and slot.stalled_since is None]
        if not slots:
            return
        taken = self._hurried(self._take(slots))
        moved = [(slot, slot.inertia.shown(motion)) for slot, motion in self._move(taken)]
        heard = {slot: slot.line.push(block, epoch) for slot, block, epoch in taken}
        made = self._picture(moved, index)
        self._hand_out(
            [(slot, heard[slot]) for slot, _ in moved if not slot.ended and slot.frame is not None], made, index, start
        )
        self.stats.ticks += 1
        self.stats.batch_sizes.append(len(made))
        took = self._clock.now() - began
        self.stats.seconds += took
        self.stats.batch_ms.append(took * 1000)
        load = self.stats.load()
        self._busy = load > 0.85 or (self._busy and load > 0.6)

    def _admit(self, index: int) -> None:
        """Let go of who left, end who hangs, move up who waits for full rate, open who came (a few a tick)."""
        for slot in self._slots:
            # Counted in ticks that were really run: on a machine that stands still nobody hangs.
            slot.stalled_ticks = 0 if slot.stalled_since is None else slot.stalled_ticks + 1
            if not slot.ended and slot.stalled_ticks * TICK_S > self._hang_s:
                self._fail(slot, BackendError("A part of this session stopped responding."))
        with self._lock:
            self._slots = [slot for slot in self._slots if not slot.ended]
            coming, self._joining = self._joining[:4], self._joining[4:]
            full_rate = sum(slot.stride == 1 for slot in [*self._slots, *coming, *self._joining])
            for slot in [*self._slots, *coming]:
                if slot.stride > 1 and full_rate < self.capacity:
                    slot.stride = 1
                    full_rate += 1
        opened = []
        for slot in coming:
            if slot.ended:
                continue
            try:
                slot.state = self._motion.open(seed=slot.seed, manner=slot.manner)
            except Exception as error:
                self._fail(slot, error)
                continue
            slot.first_tick = index
            opened.append(slot)
        with self._lock:
            self._slots.extend(opened)

    def _take(self, slots: list[Slot]) -> list[tuple[Slot, AudioChunk, int]]:
        """The next chunk of every slot with the cut number it was taken under; slots that failed or stalled are missing."""
        asking = [(slot, slot.line.epoch) for slot in slots if slot.carried is None]
        calls = [Call(slot.source, returned=partial(self._source_returned, slot, epoch)) for slot, epoch in asking]
        self._guard.run(calls)
        answers = {slot: (call, epoch) for (slot, epoch), call in zip(asking, calls, strict=True)}
        taken = []
        for slot in slots:
            if slot in answers:
                call, epoch = answers[slot]
                if self._went_wrong(slot, call):
                    continue
                block = IDLE if call.value is None else call.value
            else:
                assert slot.carried is not None
                (block, epoch), slot.carried = slot.carried, None
            slot.took(block)
            taken.append((slot, block, epoch))
        return taken

    def _hurried(self, taken: list[tuple[Slot, AudioChunk, int]]) -> list[tuple[Slot, AudioChunk, int]]:
        """``taken``, but where speech waits behind silence as many blocks further: the motion goes its whole look-ahead in this
        tick, the frames between are never seen, and a voice that begins is heard at once."""
        ready: list[tuple[Slot, AudioChunk, int]] = []
        while hurried := [entry for entry in taken if entry[0].line.hurries(entry[1])]:
            ready += [entry for entry in taken if not entry[0].line.hurries(entry[1])]
            moved = dict(self._move(hurried))
            for slot, block, epoch in hurried:
                slot.line.push(block, epoch)
            for slot, motion in moved.items():
                slot.inertia.unseen(motion)
            taken = self._take(list(moved))
        return ready + taken

    def _move(self, taken: list[tuple[Slot, AudioChunk, int]]) -> list[tuple[Slot, Motion]]:
        if not taken:
            return []
        chunks = [chunk for _, chunk, _ in taken]
        sound = np.stack([chunk.pcm for chunk in chunks])
        return self._batch.move([slot for slot, _, _ in taken], sound, [chunk.cue for chunk in chunks])

    def _picture(self, moved: list[tuple[Slot, Motion]], index: int) -> set[Slot]:
        """Place and draw; returns the slots that got a new picture."""
        due = [(slot, motion) for slot, motion in moved if slot.due_for_picture(index, self._idle_stride, self.thinned)]
        calls = [Call(partial(slot.portrait.place, motion), returned=partial(self._returned, slot)) for slot, motion in due]
        self._guard.run(calls)
        placed = [
            (slot, call.value[0], motion.tongue[0])
            for (slot, motion), call in zip(due, calls, strict=True)
            if not self._went_wrong(slot, call)
        ]
        if placed:
            slots, points, tongue = zip(*placed, strict=True)
            self._batch.draw(slots, np.stack(points), np.stack(tongue))
        return {slot for slot, _, _ in placed if not slot.ended}

    def _hand_out(self, heard: list[tuple[Slot, AudioChunk]], made: set[Slot], index: int, start: float) -> None:
        due = start + self.lead_s
        late = self._clock.now() > due
        calls = []
        for slot, block in heard:
            assert slot.first_tick is not None
            assert slot.frame is not None
            fresh = slot in made
            media_frame = MediaFrame(index - slot.first_tick, block.pcm, slot.frame, block.turn, block.mark, due, late, fresh)
            calls.append(Call(partial(slot.deliver, media_frame), returned=partial(self._returned, slot)))
            slot.frames += 1
            slot.late_frames += late
            self.stats.repeated_frames += not fresh
        self.stats.frames += len(calls)
        self.stats.late_frames += late * len(calls)
        self._guard.run(calls)
        for (slot, _), call in zip(heard, calls, strict=True):
            self._went_wrong(slot, call)

    # Failures

    def _went_wrong(self, slot: Slot, call: Call) -> bool:
        if call.stalled:
            with call.lock:
                if not call.settled:  # else it is back already, and nobody would ever take the mark off again
                    slot.stalled_since = self._clock.now()
            return True
        if call.error is not None:
            self._fail(slot, call.error)
            return True
        return False

    def _returned(self, slot: Slot, call: Call) -> None:
        """A stalled call came back (on its left-behind thread): the slot goes on where it stopped."""
        if call.error is not None:
            self._fail(slot, call.error)
        else:
            slot.stalled_since = None

    def _source_returned(self, slot: Slot, epoch: int, call: Call) -> None:
        if call.error is None:
            slot.carried = (IDLE if call.value is None else call.value, epoch)
        self._returned(slot, call)

    def _fail(self, slot: Slot, error: Exception) -> None:
        if slot.ended:
            return
        slot.ended = True
        self.stats.failed_slots += 1
        log.warning("slot %d ended: %s: %s", slot.number, type(error).__name__, error)
        if slot.failed is not None:
            # On a thread of its own: it is the failing session's code.
            threading.Thread(target=slot.failed, args=(error,), name="slot-failed", daemon=True).start()
