"""``talking-head demo``: the Gradio demo as the front page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    config: Annotated[Path | None, typer.Option(help="Configuration (TOML); see config.example.toml.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = -1,
    avatar: Annotated[str, typer.Option(help="Name of an avatar, or a photo.")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Serve the Gradio demo: chat live, make a video of a script, bring a photo to life, look inside."""
    from talking_head import config as configuration
    from talking_head.server.run import run

    overrides = {"server.host": host or None, "server.port": None if port < 0 else port, "avatar.name": avatar or None}
    run(configuration.load(config, overrides), verbose=verbose, demo=True)
