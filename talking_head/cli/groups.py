"""Commands of a group, by name."""

from __future__ import annotations

import importlib

import typer


def group(help_text: str, commands: dict[str, str]) -> typer.Typer:
    """A sub-application with ``commands``: name → "module:function". The modules import nothing heavy at the top."""
    app = typer.Typer(help=help_text, no_args_is_help=True)
    for name, target in commands.items():
        module, _, attribute = target.partition(":")
        app.command(name)(getattr(importlib.import_module(module), attribute))
    return app
