"""How a visitor sounds: the prosody of a turn, and whether that is clearly more subdued than the visitor usually is."""
