"""``talking-head demo``: the Gradio demo as the front page."""

from __future__ import annotations

from talking_head.cli.serve import Avatar, Certificate, ConfigFile, Host, Key, Port, Tls, Verbose, overrides


def demo(
    config: ConfigFile = None,
    host: Host = "",
    port: Port = None,
    tls: Tls = "",
    tls_cert: Certificate = None,
    tls_key: Key = None,
    avatar: Avatar = "",
    verbose: Verbose = False,
) -> None:
    """Serve the Gradio demo: chat live, make a video of a script, bring a photo to life, look inside."""
    from talking_head import config as configuration
    from talking_head.server.run import run

    run(configuration.load(config, overrides(host, port, tls, tls_cert, tls_key, avatar)), verbose=verbose, demo=True)
