"""Processes of our own: the same Python and the same package, with file descriptors to talk over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def start(module: str, descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    """``python -m module DESCRIPTORS``. The folder in which this process found the package comes first in the child's path, so
    that it runs the same code.
    """
    home = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", module, *map(str, descriptors)]
    return subprocess.Popen(
        command, pass_fds=tuple(descriptors), stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path}
    )
