"""Mandarin: what is written becomes words."""
