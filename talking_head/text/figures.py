"""How figures are written, whichever language they are read in."""

from __future__ import annotations

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"  # a pattern: commas between thousands or none, decimals
