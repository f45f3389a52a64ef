"""The command line: every command is there, every mistake is one sentence, and nothing shows a traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from talking_head import registry
from talking_head.cli.main import app
from talking_head.cli.voices import speaks_with
from talking_head.config import Config
from talking_head.errors import ConfigError, InputError, PhotoError, TalkingHeadError
from talking_head.provenance import consents
from talking_head.provenance.consents import Consent
from talking_head.speech.voices import Voice

COMMANDS = ["serve", "demo", "say", "pull", "prepare", "doctor", "bench", "evaluate", "train", "twin", "avatar"]


def run(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, COLUMNS="200", **({"TALKING_HEAD_HOME": str(home)} if home else {}))
    command = [sys.executable, "-m", "talking_head.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=250, check=False)


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """The sentence of a refusal."""
    assert result.returncode == 2, result.stderr
    lines = [line for line in result.stderr.strip().splitlines() if not line.startswith("Loading the models")]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_help_names_every_command() -> None:
    text = run("--help").stdout
    for command in COMMANDS:
        assert f" {command} " in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_a_config_with_an_unknown_key(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[server]\nprot = 1")
    sentence = refused(run("serve", "--config", str(tmp_path / "c.toml")))
    assert "server.prot" in sentence
    assert "Did you mean “port”" in sentence


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    assert "talking-head pull" in refused(run("serve", "--port", "0", home=tmp_path))


def test_an_unknown_model() -> None:
    assert "names no model “nonsense”" in refused(run("pull", "nonsense"))


@pytest.mark.models
def test_a_busy_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in refused(run("serve", "--port", str(port)))


@pytest.mark.models
def test_doctor_reports() -> None:
    result = run("doctor", "--json")
    report = json.loads(result.stdout.splitlines()[-1])
    assert {"device", "models", "runtimes", "capacity", "problems"} <= set(report)
    assert report["models"]["piper-en-us-joe"] == "verified"
    assert result.returncode == (1 if report["problems"] else 0)


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    result = run("doctor", "--json", home=tmp_path)
    problems = json.loads(result.stdout.splitlines()[-1])["problems"]
    assert result.returncode == 1
    assert any("talking-head pull" in p for p in problems)


def test_a_deleted_avatar_takes_what_it_remembers_along(cache: Path) -> None:
    from talking_head.memory.store import FILE, MemoryStore
    from talking_head.types import Fact

    folder = cache / "avatars" / "ann"
    folder.mkdir(parents=True)
    (folder / "portrait.png").write_bytes(b"a face")
    store = MemoryStore(cache / FILE, items=3, visitors=3, days=9)
    store.meet("visitor")
    for presenter in ("ann", "clara"):
        store.keep("visitor", presenter, Fact("name", "Bob"))
    for name in ("ann", "clara"):
        recorded = cache / "recordings" / f"{name}-link"
        recorded.mkdir(parents=True)
        about = {"presenter": name, "consent": "", "owner": "", "began": 1.0, "voice": False}
        (recorded / "about.json").write_text(json.dumps(about))
    result = CliRunner().invoke(app, ["avatar", "delete", "ann", "--yes"])
    assert (result.exit_code, folder.exists()) == (0, False), result.output
    assert store.presenters("visitor") == ["clara"]
    assert [each.name for each in (cache / "recordings").iterdir()] == ["clara-link"]
    store.close()
    assert b"ann" not in (cache / FILE).read_bytes()


@pytest.mark.parametrize(("name", "why"), [("nobody", "no avatar"), ("clara", "not one of your own")])
def test_nobody_is_asked_whether_to_delete_what_cannot_be_deleted(cache: Path, name: str, why: str) -> None:
    result = CliRunner().invoke(app, ["avatar", "delete", name], input="n\n")
    assert "for good" not in result.output
    assert why in str(result.exception)


def test_the_version_and_the_port_that_no_option_names() -> None:
    from talking_head import __version__

    assert __version__ in CliRunner().invoke(app, ["--version"]).output
    assert "-1" not in CliRunner().invoke(app, ["serve", "--help"]).output


def test_a_list_has_a_line_for_each_however_narrow_the_terminal_is(cache: Path) -> None:
    from talking_head.models.manifest import manifest

    lines = CliRunner(env={"COLUMNS": "40"}).invoke(app, ["pull", "--list"]).output.splitlines()
    assert [line.partition(":")[0] for line in lines] == list(manifest())


def test_a_refusal_waits_for_no_thread_that_is_still_loading() -> None:
    script = """
import threading
from talking_head.cli import main
from talking_head.errors import ConfigError

def refuse():
    threading.Thread(target=threading.Event().wait).start()
    raise ConfigError("No.")

main.app = refuse
main.main()
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=250, check=False)
    assert (ended.returncode, ended.stderr) == (2, "talking-head: No.\n")


def test_a_file_that_is_closed_to_the_user_is_told_in_a_sentence() -> None:
    script = """
import errno
from talking_head.cli import main

def refuse():
    raise PermissionError(errno.EACCES, "Permission denied", "my photo.jpg")

main.app = refuse
main.main()
"""
    sentence = refused(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=250, check=False))
    assert sentence.startswith("talking-head: my photo.jpg is closed to the user who runs this.")


@pytest.mark.parametrize("command", ["delete", "add"])
def test_a_question_that_nobody_can_answer_names_the_option_that_does(cache: Path, tmp_path: Path, command: str) -> None:
    folder = cache / "avatars" / "ann"
    folder.mkdir(parents=True)
    (folder / "portrait.png").write_bytes(b"a face")
    (photo := tmp_path / "ann.png").write_bytes(b"a face")
    about, option = ("ann", "--yes") if command == "delete" else (str(photo), "--consent")
    result = CliRunner().invoke(app, ["avatar", command, about], input="")
    assert isinstance(result.exception, InputError)
    assert option in str(result.exception)
    assert folder.exists()


def test_who_says_no_keeps_the_presenter(cache: Path) -> None:
    folder = cache / "avatars" / "ann"
    folder.mkdir(parents=True)
    (folder / "portrait.png").write_bytes(b"a face")
    result = CliRunner().invoke(app, ["avatar", "delete", "ann"], input="n\n")
    assert (result.exit_code, folder.exists()) == (1, True)


def test_a_folder_that_is_not_there_is_refused_before_a_bar_is_drawn(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["prepare", str(tmp_path / "nowhere"), "-o", str(tmp_path / "out")])
    assert isinstance(result.exception, TalkingHeadError)
    assert "clip" not in result.output + result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("train", "reply", "--data", "nothing.jsonl", "-o", "run"),
        ("prepare", "chats", "--data", "nothing.jsonl"),
        ("say", "--film", "nothing.json"),
        ("serve", "--config", "."),
    ],
    ids=" ".join,
)
def test_a_file_that_is_not_there_is_told_without_the_words_of_a_system(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, list(command))
    assert isinstance(result.exception, TalkingHeadError)
    assert "Errno" not in str(result.exception)
    assert str(result.exception).endswith(".")


_BUSY = """
import subprocess, sys
from talking_head.cli import main as cli

def bench():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        try:
            print(child.pid, flush=True)
            child.wait()
        finally:
            child.kill()

cli.app = bench
cli.main()
"""


def test_who_is_told_to_end_ends_what_was_begun() -> None:
    with subprocess.Popen([sys.executable, "-c", _BUSY], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        child = int(command.stdout.readline())
        command.terminate()
        assert command.wait(60) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_whoever_names_no_voice_hears_of_it_before_the_face_speaks() -> None:
    assert "No voice was named: it speaks as Joe (man)." in speaks_with("")
    assert speaks_with("hibari-heart") == "It speaks as Hibari (woman)."
    with pytest.raises(ConfigError, match="no voice “joey”"):
        speaks_with("joey")


def test_a_record_of_consent_is_told_in_words_not_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Consent("Ann", "Ann herself", "films", uses=["live", "films"], pictures={"portrait.png": "e978"})
    monkeypatch.setattr(consents, "read", lambda folder, identity: record)
    told = CliRunner().invoke(app, ["avatar", "consent", "clara"]).stdout
    assert "uses         live, films\n" in told
    assert "pictures     portrait.png e978\n" in told


def test_a_presenter_s_prompt_is_that_of_its_sessions(monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path) -> None:
    class Counts:
        def count_tokens(self, text: str) -> int:
            return len(text.split())

    monkeypatch.setattr(registry, "configured", lambda config, stage: Counts())
    monkeypatch.setattr(Voice, "here", True)
    said = CliRunner().invoke(app, ["avatar", "prompt", "clara"]).stdout
    assert said.startswith("You are a helpful AI assistant named Clara, the host of this page, who speaks with visitors. ")
    assert 40 < len(said.split()) <= 0.4 * Config().reply.history_tokens
    (config := tmp_path / "mine.toml").write_text("[reply]\nhistory_tokens = 60\n")
    short = CliRunner().invoke(app, ["avatar", "prompt", "clara", "--config", str(config)]).stdout
    assert len(short) < len(said)
    assert said.startswith(short.strip())
    folder = cache / "avatars" / "ann"
    folder.mkdir(parents=True)
    (folder / "portrait.png").write_bytes(b"a face")
    (folder / "avatar.toml").write_text('name = "ann"\nlanguage = "zh"\nvoice = "kokoro-zf_xiaobei"\n')
    told = CliRunner().invoke(app, ["avatar", "prompt", "ann"]).stdout
    assert told.startswith("You are a helpful AI assistant named Ann who speaks with visitors. ")
    assert told.endswith(" Answer in Chinese (Mandarin).\n")
    assert isinstance(CliRunner().invoke(app, ["avatar", "prompt", "nobody"]).exception, PhotoError)
