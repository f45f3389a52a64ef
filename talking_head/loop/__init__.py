"""One inference loop for all live faces of a device, and fair lanes for the other models."""

from talking_head.loop.loop import TICK_S, InferenceLoop
from talking_head.loop.slot import Slot
from talking_head.loop.types import IDLE, NO_TURN, SILENCE, AudioChunk, MediaFrame
from talking_head.system.fair_executor import FairExecutor

__all__ = ["IDLE", "NO_TURN", "SILENCE", "TICK_S", "AudioChunk", "FairExecutor", "InferenceLoop", "MediaFrame", "Slot"]
