"""Listen, load and warm everything up meanwhile, serve, and take it down again."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from talking_head import registry
from talking_head.config import Config
from talking_head.errors import BackendError, ConfigError
from talking_head.server.access import slow_clients, tls
from talking_head.server.access.settings import auth_of, certificate, policy_of
from talking_head.server.startup import StartupApp
from talking_head.system import gc_tuning
from talking_head.system.memory import few_arenas
from talking_head.system.network import take_proxies
from talking_head.system.scheduling import EVENTS_NICE, be_nice

log = logging.getLogger(__name__)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ConfigError in a sentence if the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"Port {port} of {host} is taken by another program. Choose another: serve --port {port + 1}."
            ) from None
        if error.errno == errno.EACCES:
            raise ConfigError(f"Port {port} may not be used by this user. Choose one above 1023: serve --port 8000.") from None
        raise ConfigError(f"It is not possible to listen on {host}, port {port}: {error.strerror or error}.") from error
    return listener


def run(config: Config, *, verbose: bool = False, demo: bool = False) -> None:
    """Serve until interrupted; ``demo``: the front page is the Gradio demo.

    Raises ConfigError (port) and what building a part raises, for example MissingModelError.
    """
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    began = time.monotonic()
    problems: list[Exception] = []
    few_arenas()  # before any thread is there
    take_proxies()  # this machine is reached without them; what goes elsewhere asks for its own
    auth_of(config)  # whether anybody may come in is settled before anything is loaded
    pair = certificate(config)
    if config.auth.mode == "none" and not config.server.loopback:
        log.warning("auth.mode is “none”: everybody who reaches %s may use this server", config.server.host)
    with ExitStack() as house:
        listener = listen(config.server.host, config.server.port)
        house.callback(listener.close)
        shown = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(config.server.host, config.server.host)
        scheme = "https" if pair else "http"
        address = f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"
        if pair and config.server.tls == "self-signed":
            console.print(f"Self-signed certificate, SHA-256: {tls.fingerprint(pair[0])}")
        loading = f"Loading the models. The page is there already: {address}"
        status = house.enter_context(console.status(loading))
        if not console.is_terminal:  # a file or a service's journal, in which nothing turns
            console.print(loading)

        def ended(error: Exception | None) -> None:
            status.stop()
            if error is not None:
                if not server.should_exit:
                    problems.append(error)
                server.should_exit = True
                return
            be_nice(EVENTS_NICE)  # this thread is the event loop's; threads that were started before do not inherit it
            console.print(f"Ready after {time.monotonic() - began:.1f} s: {address} (Ctrl-C stops it)")
            console.print(f"Studio: {address}/studio/   Gradio: {address}/gradio   for programs: {address}/docs")

        app = StartupApp(
            lambda: _load(config, demo, house, lambda: server.should_exit), ended, home=not demo, policy=policy_of(config)
        )
        options = uvicorn.Config(
            app,
            http=slow_clients.patient(config.server.header_timeout_s, proxies=config.server.proxies),
            log_level="info" if verbose else "warning",
            access_log=False,  # addresses hold the ids of sessions; the audit log says who did what
            proxy_headers=bool(config.server.proxies),
            forwarded_allow_ips=list(config.server.proxies),
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=3,
            ssl_certfile=str(pair[0]) if pair else None,
            ssl_keyfile=str(pair[1]) if pair else None,
        )
        server = uvicorn.Server(options)
        with asyncio.Runner(loop_factory=options.get_loop_factory()) as runner:  # uvloop, where uvicorn finds it
            slow_clients.shake_hands_within(runner.get_loop(), config.server.header_timeout_s)
            runner.run(server.serve(sockets=[listener]))
    if problems:
        raise problems[0]


def _load(config: Config, demo: bool, house: ExitStack, unwanted: Callable[[], bool]) -> FastAPI:
    """Everything slow: packages, models, their first run. What has to be closed is left with ``house``."""
    from talking_head.gradio_ui import page
    from talking_head.server.app import create_app
    from talking_head.server.container import AppContainer
    from talking_head.webrtc.encoder import cost_ms

    def build(config: Config, stage: str) -> Any:
        if unwanted():  # Ctrl-C should not wait for all the models
            raise BackendError("The server was stopped while it was loading its models.")
        return registry.live(config, stage)

    container = AppContainer(config, build)
    house.callback(container.close)
    container.start(cost_ms)
    app = create_app(container, config)
    page.mount(app, container, home=demo)
    gc_tuning.freeze()
    return app


os.environ.setdefault("OMP_NUM_THREADS", "1")
