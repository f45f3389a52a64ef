"""One inference loop for all live faces of a device, and fair lanes for the other models."""

from talking_head.loop.lanes import Lane
from talking_head.loop.loop import TICK_S, InferenceLoop
from talking_head.loop.seat import Seat
from talking_head.loop.types import IDLE, NO_TURN, SILENCE, Beat, Block

__all__ = ["IDLE", "NO_TURN", "SILENCE", "TICK_S", "Beat", "Block", "InferenceLoop", "Lane", "Seat"]
