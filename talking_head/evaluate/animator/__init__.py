"""Drawn faces held against the real ones of clips that no training saw."""
