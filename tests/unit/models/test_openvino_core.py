"""A process that has let go of nets still hears signals: ``talking_head/models/openvino_core.py``."""

from __future__ import annotations

import re
import subprocess
import sys
import threading

import pytest

from talking_head.models import manifest
from talking_head.models.openvino_core import core
from tests.paths import ROOT

_NETS = """
import gc, os, signal, sys
from pathlib import Path
from talking_head.animator.refiner.runtimes import OpenVinoRuntime
first, second = (OpenVinoRuntime(None, "int8", Path(sys.argv[1])) for _ in range(2))
del first
gc.collect()
del second
gc.collect()
signal.signal(signal.SIGINT, lambda *_: print("heard"))  # whoever started this may have it ignored
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.models
def test_a_process_that_let_go_of_two_nets_hears_ctrl_c(models: object) -> None:
    command = [sys.executable, "-X", "faulthandler", "-c", _NETS, str(manifest.path("animator-cpu"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr


def test_there_is_one_core_for_all_threads() -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(core()))
    thread.start()
    thread.join()
    assert found == [core()]


def test_nobody_makes_another() -> None:
    made = re.compile(r"\b(openvino|ov)\.Core\(")
    files = [file.name for file in (ROOT / "talking_head").rglob("*.py") if made.search(file.read_text())]
    assert files == ["openvino_core.py"]
