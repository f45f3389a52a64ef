"""Commands of a group, by name; and what commands ask the person at the terminal."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from talking_head.errors import InputError

WHO_AGREED = "Who is shown, and did this person agree to be animated?"
UNASKED = "Nobody was there to say who is shown and who agreed: add --consent “Ann agrees to be animated”."


def group(help_text: str, commands: dict[str, str]) -> typer.Typer:
    """A sub-application with ``commands``: name → "module:function". The modules import nothing heavy at the top."""
    app = typer.Typer(help=help_text, no_args_is_help=True)
    for name, target in commands.items():
        module, _, attribute = target.partition(":")
        app.command(name)(getattr(importlib.import_module(module), attribute))
    return app


def asked(question: str, otherwise: str) -> str:
    """What the person answers to ``question``. Raises InputError with ``otherwise``, which names the option to use, where
    nobody is there: in a script, or a container without a terminal.
    """
    with _nobody_there(otherwise):
        return str(typer.prompt(question))


def confirmed(question: str, otherwise: str) -> None:
    """Ask the person to confirm ``question``; who says no ends the command. Raises InputError as :func:`asked` does."""
    with _nobody_there(otherwise):
        if typer.confirm(question):
            return
    raise typer.Abort


@contextmanager
def _nobody_there(otherwise: str) -> Iterator[None]:
    try:
        yield
    except typer.Abort:  # Ctrl-C at a terminal, or the end of an input that is none
        if sys.stdin.isatty():
            raise
        typer.echo()
        raise InputError(otherwise) from None
