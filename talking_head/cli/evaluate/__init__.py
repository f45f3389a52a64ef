"""`talking-head evaluate …`."""
