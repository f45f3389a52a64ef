"""``talking-head key``: who may use a server that others can reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Keys and tokens for a server that other machines can reach.", no_args_is_help=True)

_Config = Annotated[Path | None, typer.Option(help="Configuration (TOML).")]
_Scopes = Annotated[
    list[str], typer.Option("--scope", help="view, talk, make (avatars, films) or admin (figures); may be given several times.")
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is: it stands in the audit log.")],
    scope: _Scopes = ["talk"],  # noqa: B006 - typer reads it
    config: _Config = None,
) -> None:
    """Make a key and print it, once: only its hash is kept. A running server takes it at its next start."""
    from talking_head.errors import ConfigError
    from talking_head.server.access import auth

    file, entries = _entries(config)
    auth.entailed(scope)
    if name in entries:
        raise ConfigError(f"There is already a key “{name}” in {file}. Remove it first, or choose another name.")
    key = auth.new_key()
    auth.write(file, {**entries, name: {"sha256": auth.digest(key), "scopes": scope}})
    typer.echo(key)


@app.command("list")
def listed(config: _Config = None) -> None:
    """Names and scopes of the keys."""
    file, entries = _entries(config)
    for name, entry in entries.items():
        typer.echo(f"{name}: {', '.join(entry['scopes'])}")
    if not entries:
        typer.echo(f"There is no key in {file}.")


@app.command()
def remove(name: str, config: _Config = None) -> None:
    """Forget a key. A running server takes it until it is started anew."""
    from talking_head.errors import ConfigError
    from talking_head.server.access import auth

    file, entries = _entries(config)
    if name not in entries:
        raise ConfigError(f"There is no key “{name}” in {file}.")
    auth.write(file, {other: entry for other, entry in entries.items() if other != name})


@app.command()
def token(
    scope: _Scopes = ["talk"],  # noqa: B006 - typer reads it
    minutes: Annotated[float, typer.Option(help="How long it lives.", min=0.2, max=1440)] = 15,
    visitor: Annotated[str, typer.Option(help="Who it is for: it stands in the audit log.")] = "",
    config: _Config = None,
) -> None:
    """Mint a token with the secret that the server reads from the environment: for a link ending in #token=…"""
    import os

    from talking_head import config as configuration
    from talking_head.errors import ConfigError
    from talking_head.server.access import auth

    variable = configuration.load(config).auth.secret_env
    secret = os.environ.get(variable, "")
    if not secret:
        raise ConfigError(f"The environment variable {variable} is not set: it holds the secret that the server has, too.")
    typer.echo(auth.Tokens(secret).mint(auth.entailed(scope), minutes * 60, visitor))


def _entries(config: Path | None) -> tuple[Path, dict[str, dict[str, Any]]]:
    from talking_head import config as configuration
    from talking_head.server.access import auth
    from talking_head.server.access.settings import keys_file

    file = keys_file(configuration.load(config))
    return file, auth.read(file)
