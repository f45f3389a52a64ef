"""`talking-head train …`, `prepare` and `twin`."""
