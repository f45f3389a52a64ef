"""Questions about two days at once: how far apart they are, which comes first, what one says of the other's weekday."""
