"""Starting the server: what stops it is told in a sentence, before anything slow happens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from talking_head.errors import ConfigError
from talking_head.server.run import listen
from tests.paths import ROOT


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "talking_head.cli.main", "serve", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=200, check=False
    )


def test_a_busy_port_is_told_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} .* serve --port {port + 1}"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(ConfigError, match=r"203\.0\.113\.7"):
        listen("203.0.113.7", 0)


def test_a_missing_model_is_told_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    ended = start("--port", "0", TALKING_HEAD_HOME=str(tmp_path))
    assert ended.returncode == 2
    assert "talking-head pull" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_key_is_told_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[server]\nprot = 8000\n")
    ended = start("--config", str(file))
    assert ended.returncode == 2
    assert "server.prot" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_thin_entry_stays_thin() -> None:
    assert len((ROOT / "serve.py").read_text().splitlines()) <= 40
