"""How often a training writes down where it is: whoever kills it loses a minute at most."""

from __future__ import annotations

SAVE_EVERY_S = 45.0  # seconds; a state is written within one or two
