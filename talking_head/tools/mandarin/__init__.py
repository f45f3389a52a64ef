"""Sums and dates that are asked for in Chinese."""
