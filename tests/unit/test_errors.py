"""What visitors are told says nothing about this machine, and what was made for them does not stay on it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from talking_head.errors import InputError, for_visitors
from talking_head.system.scratch import Scratch, sweep
from talking_head.webrtc import events


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("There is no picture file /home/joe/secret/x.png.", "There is no picture file x.png."),
        ("[Errno 2] No such file: '/etc/ssl/private/key.pem'", "[Errno 2] No such file: 'key.pem'"),
        ("The model in /usr/share/models/m cannot be loaded.", "The model in m cannot be loaded."),
        ("/tmp/gradio/abc/voice.wav: cut off", "voice.wav: cut off"),
        ("Move C:\\Users\\joe\\x.png away.", "Move x.png away."),
        ("See /avatars/name and http://a.example/b/c/d.", "See /avatars/name and http://a.example/b/c/d."),
        ("3/4 of them, and/or less.", "3/4 of them, and/or less."),
    ],
)
def test_of_a_path_only_the_last_part_is_told(written: str, told: str) -> None:
    assert for_visitors(written) == told


@pytest.mark.parametrize(
    "message",
    [
        *("", "x", "[]", "{}", "[" * 5000, b"\x00"),
        *('{"type": 1}', '{"type": "chat"}', '{"type": "chat", "text": 3}', '{"type": "ping", "t": "x"}', '{"type": "dance"}'),
        '{"type": "say", "text": "x", "__class__": 1}',
    ],
)
def test_events_that_cannot_be_read_are_told_in_our_words(message: str | bytes) -> None:
    with pytest.raises(InputError) as refused:
        events.parse_client(message)
    told = str(refused.value)
    assert told.endswith(".")
    for foreign in ("pydantic", "Input should", "Field required", "Extra inputs", "validation", "expected tags", "line 1"):
        assert foreign not in told


def test_films_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch = Scratch()
    rooms = [scratch.room("films", keep=3, keep_s=600) for _ in range(8)]
    assert len(list((scratch.folder / "films").iterdir())) == 4
    assert rooms[-1].is_dir()
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        ended.wait()
    left, living, foreign = (
        tmp_path / f"talking-head-{ended.pid}-x",
        tmp_path / f"talking-head-{os.getpid()}-x",
        tmp_path / "x-1-y",
    )
    for folder in (left, living, foreign):
        folder.mkdir()
        (folder / "film.mp4").write_bytes(b"x")
    sweep()
    assert not left.exists()
    assert living.exists()
    assert foreign.exists()
