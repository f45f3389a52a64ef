"""Landmark backends: who finds the 478 points of a face."""
