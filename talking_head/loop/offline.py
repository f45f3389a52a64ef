"""The loop without its clock, for one face: what ``say`` and recording use. Same slot, same batch, same delay line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from talking_head.audio.ending import frames_said
from talking_head.errors import TalkingHeadError
from talking_head.face.portrait import Portrait
from talking_head.loop.batch import Batch
from talking_head.loop.cues import OVER, silent
from talking_head.loop.slot import Slot
from talking_head.loop.types import AudioChunk, MediaFrame
from talking_head.protocols import Animator, MotionModel
from talking_head.types import F32, FRAME_TICKS, Cue, Manner


def render(
    motion: MotionModel,
    animator: Animator,
    portrait: Portrait,
    pcm: F32,
    *,
    cues: Sequence[Cue] = (),
    seed: int = 0,
    manner: Manner | None = None,
    avatar: Any = None,
    tail_s: float = 0.4,
    first: int = 0,
) -> Iterator[MediaFrame]:
    """Yield one frame for each 40 ms of mono ``pcm`` f32[n] at 48 kHz and of ``tail_s`` seconds of silence after it.

    In the tail the mouth closes. Frame k holds the picture for samples 1920 k to 1920 (k + 1): the look-ahead is taken off.
    ``cues``: what is known of each frame beside its sound (``cues.frame_cues``); empty: where it falls silent for good, and
    nothing else. ``avatar``: what ``animator.prepare(portrait)`` returned, if at hand. Frames before ``first`` are moved, but
    neither drawn nor yielded.
    ``pcm`` may lie in a file (``numpy.memmap``): it is read as it is needed. Raises what a stage raises.
    """
    errors: list[Exception] = []
    batch = Batch(motion, animator, lambda _, error: errors.append(error))
    slot = Slot(
        animator.prepare(portrait) if avatar is None else avatar,
        portrait,
        lambda: None,
        lambda _: None,
        lookahead=motion.lookahead,
    )
    slot.state = motion.open(seed=seed, manner=manner)
    frames = -(-len(pcm) // FRAME_TICKS) + round(tail_s * 25)
    said = 0 if cues else frames_said(pcm)
    for step in range(frames + motion.lookahead):
        block = np.zeros(FRAME_TICKS, np.float32)
        heard_now = pcm[step * FRAME_TICKS : (step + 1) * FRAME_TICKS]
        block[: len(heard_now)] = heard_now
        tick = step - motion.lookahead
        cue: Cue | None = None
        if cues:
            cue = cues[step] if step < len(cues) else silent()
        elif step >= said:
            cue = OVER
        moved = batch.move([slot], block[None], [cue])
        heard = slot.line.push(AudioChunk(block, turn=0, cue=cue), slot.line.epoch)
        if tick >= max(first, 0) and moved:
            batch.draw([slot], portrait.place(moved[0][1]), moved[0][1].tongue)
        if errors:
            error = errors[0]
            raise error if isinstance(error, TalkingHeadError) else RuntimeError(f"frame {step}: {error}") from error
        if tick >= max(first, 0):
            assert slot.frame is not None
            yield MediaFrame(tick, heard.pcm, slot.frame, 0, None, due=tick * FRAME_TICKS / 48_000)
