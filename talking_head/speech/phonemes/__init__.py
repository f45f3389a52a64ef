"""Text to phonemes, one module a language or alphabet, and when each phoneme is heard."""
