"""What the presenter is doing."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """Idle → (person types) listening → (text arrived) thinking → (first sound left) speaking → idle."""

    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
