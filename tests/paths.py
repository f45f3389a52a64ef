"""Where the repository lies, for tests at any depth."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT.parent / "shared" / "cases"  # texts, photos and clips beside the repository; tests of them skip where it is absent
