"""docs/backends.md says what the code says."""

from __future__ import annotations

import subprocess
import sys

from tests.paths import ROOT


def test_the_page_of_backends_is_up_to_date() -> None:
    command = [sys.executable, "scripts/list_backends.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
