"""Entry point of the ``talking-head`` command. The modules of the commands import heavy packages only when they run."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated, NoReturn

import typer

from talking_head import __version__
from talking_head.cli import avatar, bench, demo, doctor, key, knowledge, pull, say, serve, verify, voices
from talking_head.cli.evaluate import group as evaluate_group
from talking_head.cli.train import group as train_group
from talking_head.cli.train import prepare, twin
from talking_head.errors import TalkingHeadError
from talking_head.extras import extra_command, extra_of
from talking_head.system import disk

app = typer.Typer(
    name="talking-head",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"talking-head {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    """Type, and a face answers: a real-time talking-head server."""


app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("say")(say.say)
app.command("voices")(voices.voices)
app.command("verify")(verify.verify)
app.command("pull")(pull.pull)
app.command("doctor")(doctor.doctor)
app.add_typer(avatar.app, name="avatar")
app.add_typer(key.app, name="key")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(bench.app, name="bench")
app.add_typer(evaluate_group.app, name="evaluate")
app.add_typer(prepare.app, name="prepare")
app.add_typer(train_group.app, name="train")
app.add_typer(twin.app, name="twin")


_INTERRUPTED = 128 + signal.SIGINT  # by convention
_TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    """Run the command line. Our errors, and a package of an extra that is not installed, end as one sentence on stderr and
    exit code 2; Ctrl-C ends quietly with 130, and whoever is told to end (SIGTERM) likewise with 143."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning pools starve each other on few cores
    signal.signal(signal.SIGTERM, _end)
    try:
        app()
    except TalkingHeadError as error:
        print(f"talking-head: {error}", file=sys.stderr)
        if threading.active_count() > 1:
            _leave(2)
        raise SystemExit(2) from None
    except OSError as error:
        if disk.is_full(error):
            told = "The disk is full. Make room on it, and try again."
        elif isinstance(error, PermissionError) and error.filename:
            told = f"{error.filename} is closed to the user who runs this. Change its permissions, or use another."
        else:
            raise
        print(f"talking-head: {told}", file=sys.stderr)
        if threading.active_count() > 1:
            _leave(2)
        raise SystemExit(2) from None
    except ModuleNotFoundError as error:
        if (extra := extra_of(error)) is None:
            raise
        print(f"talking-head: This needs {error.name}. Install it with: {extra_command(extra)}", file=sys.stderr)
        raise SystemExit(2) from None
    except (KeyboardInterrupt, SystemExit) as leaving:
        status = leaving.code if isinstance(leaving, SystemExit) else _INTERRUPTED
        if status not in (_INTERRUPTED, _TERMINATED):  # typer makes the first of Ctrl-C
            raise
        _leave(int(status))


def _end(number: int, frame: FrameType | None) -> None:
    # As with Ctrl-C what was begun is ended on the way out: a bench left its server and its visitors behind for good.
    raise SystemExit(_TERMINATED)


def _leave(status: int) -> NoReturn:
    # Not by the interpreter's own way out: threads of native code that are still loading a model have crashed it there.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
