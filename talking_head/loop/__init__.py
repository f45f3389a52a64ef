"""One inference loop for all live faces of a device, and what plans, thins and guards it."""

from talking_head.loop.loop import TICK_S, InferenceLoop
from talking_head.loop.slot import Slot
from talking_head.loop.types import IDLE, NO_TURN, SILENCE, AudioChunk, MediaFrame

__all__ = ["IDLE", "NO_TURN", "SILENCE", "TICK_S", "AudioChunk", "InferenceLoop", "MediaFrame", "Slot"]
