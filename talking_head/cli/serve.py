"""``talking-head serve``: the server with its page, warm before it says that it is ready."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Configuration (TOML); see config.example.toml.")]
Host = Annotated[str, typer.Option(help="Address to listen on. Beyond this machine visitors need a key: `talking-head key`.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; otherwise the configured one, 8000.")]
Tls = Annotated[str, typer.Option(help="“self-signed”: https with a certificate that this machine signs itself.")]
Certificate = Annotated[Path | None, typer.Option(help="Certificate (PEM) for https.")]
Key = Annotated[Path | None, typer.Option(help="Key (PEM) of the certificate.")]
Avatar = Annotated[str, typer.Option(help="Name of an avatar, or a photo.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")]


def serve(
    config: ConfigFile = None,
    host: Host = "",
    port: Port = None,
    tls: Tls = "",
    tls_cert: Certificate = None,
    tls_key: Key = None,
    avatar: Avatar = "",
    verbose: Verbose = False,
) -> None:
    """Serve the talking head: a page at http://127.0.0.1:8000, Gradio at /gradio, WHEP for programs."""
    from talking_head import config as configuration
    from talking_head.server.run import run

    run(configuration.load(config, overrides(host, port, tls, tls_cert, tls_key, avatar)), verbose=verbose)


def overrides(host: str, port: int | None, tls: str, certificate: Path | None, key: Path | None, avatar: str) -> dict[str, Any]:
    """What the command line sets of the configuration."""
    files = certificate is not None or key is not None
    return {
        "server.host": host or None,
        "server.port": port,
        "server.tls": tls or ("files" if files else None),
        "server.tls_cert": None if certificate is None else str(certificate),
        "server.tls_key": None if key is None else str(key),
        "avatar.name": avatar or None,
    }
