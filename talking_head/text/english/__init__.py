"""English: what is written becomes words."""
