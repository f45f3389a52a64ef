"""Whether a voice is understood, and whether its joins are heard."""
