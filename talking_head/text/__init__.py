"""Written language to speakable words, one module a language."""
