"""A visitor: turns, playout, history and interruption."""
