"""Nothing phones home: not Python, not native code, not a child process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from talking_head.system import telemetry
from tests import sealed
from tests.paths import ROOT

sealed_only = pytest.mark.skipif(
    not sealed.possible(), reason="`unshare -rnm` is not allowed here: no network can be taken away"
)


def python(code: str, **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


@pytest.mark.parametrize(
    "name", ["ORT_DISABLE_TELEMETRY", "GRADIO_ANALYTICS_ENABLED", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"]
)
def test_the_switches_are_set_whatever_the_environment_says(name: str) -> None:
    wanted = telemetry.SWITCHES[name]
    assert python(f"import os, talking_head; print(os.environ['{name}'])", **{name: "anything"}) == wanted
    child = f"import subprocess, talking_head; print(subprocess.getoutput('echo ${name}'))"
    assert python(child, **{name: "anything"}) == wanted


def test_packages_that_only_report_cannot_be_imported() -> None:
    assert python("import talking_head, sys; print(sys.modules['openvino_telemetry'])") == "None"


@sealed_only
def test_the_seal_notices(tmp_path: Path) -> None:
    report = tmp_path / "names"
    sealed.run(report, sys.executable, "-c", "import socket; socket.getaddrinfo('telemetry.example', 80)")
    assert sealed.names(report) == {"telemetry.example"}


@sealed_only
@pytest.mark.models
def test_a_film_is_made_without_a_word_to_anybody(models: Path, tmp_path: Path) -> None:
    report, film = tmp_path / "names", tmp_path / "film.mp4"
    command = [sys.executable, "-m", "talking_head.cli.main", "say", "Hello there.", "-o", str(film)]
    ended = sealed.run(
        report,
        *command,
        HOME=str(tmp_path / "home"),
        TALKING_HEAD_HOME=str(models),
        PYTHONPATH=str(ROOT),
        ORT_DISABLE_TELEMETRY="0",
    )
    assert ended.returncode == 0, ended.stderr
    assert film.stat().st_size > 10_000
    assert sealed.names(report) == set()
    left = [file for file in (tmp_path / "home").rglob("*") if "deviceid" in file.name or "onnxruntime" in file.name]
    assert left == []


_SERVE = """
import signal, subprocess, sys, time, urllib.request
with subprocess.Popen([sys.executable, "-m", "talking_head.cli.main", "serve", "--port", "8000"]) as server:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while server.poll() is None:
        try:
            assert opener.open("http://127.0.0.1:8000/healthz", timeout=5).status == 200
            assert opener.open("http://127.0.0.1:8000/gradio", timeout=100).status == 200
            break
        except OSError:
            time.sleep(0.5)
    server.send_signal(signal.SIGINT)
    server.wait(60)
"""


@sealed_only
@pytest.mark.models
@pytest.mark.timeout(600)
def test_a_server_starts_and_serves_without_a_word_to_anybody(models: Path, tmp_path: Path) -> None:
    report = tmp_path / "names"
    environment = {"HOME": str(tmp_path / "home"), "TALKING_HEAD_HOME": str(models), "PYTHONPATH": str(ROOT)}
    ended = sealed.run(report, sys.executable, "-c", _SERVE, timeout=550, **environment)
    assert ended.returncode == 0, ended.stderr
    assert sealed.names(report) == set()
