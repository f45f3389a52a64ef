"""The warp: one photo, moved by landmarks."""
