"""Sums told as a story: plain words, what each clause states, and what follows."""
