"""Sums read by their shape alone: a percentage, a rule of three, so many in each, a time and how long."""
