"""The sections of the configuration that say who comes in, over what, and how much they may ask for."""

from __future__ import annotations

import os
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from talking_head.config.base import Positive, Seconds, Section
from talking_head.errors import ConfigError
from talking_head.system.network import is_loopback

Port = Annotated[int, Field(ge=0, le=65535)]


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[^/\s?#]+", text):
        raise ValueError("an origin is written as https://www.example.com, without a path or a slash at its end")
    return text


Origin = Annotated[str, AfterValidator(_origin)]


class Server(Section):
    """Where the server listens. ``origins``: web origins beside the server's own that may call it; ``hosts``: names under which
    it is asked for, beside loopback names and the address that it is reached at; ``embed_origins``: origins whose pages may
    show it in a frame; ``proxies``: addresses of proxies whose word on who asks (X-Forwarded-For) counts.

    ``tls``: "off", "self-signed", or "files" (``tls_cert``, ``tls_key``: PEM). ``audit``: a file that is told who did what;
    "auto": one beside the models wherever strangers can come; "off". Seconds: ``header_timeout_s`` for the headers of a
    request, ``chunk_timeout_s`` between two pieces of its body, ``body_timeout_s`` for all of it.
    """

    host: str = "127.0.0.1"
    port: Port = 8000
    origins: tuple[Origin, ...] = ()
    hosts: tuple[str, ...] = ()
    embed_origins: tuple[Origin, ...] = ()
    proxies: tuple[str, ...] = ()
    tls: Literal["off", "self-signed", "files"] = "off"
    tls_cert: str = ""
    tls_key: str = ""
    audit: str = "auto"
    header_timeout_s: Seconds = 10.0
    chunk_timeout_s: Seconds = 15.0
    body_timeout_s: Seconds = 120.0

    @property
    def loopback(self) -> bool:
        """Whether only this machine can come in."""
        return is_loopback(self.host)


class Auth(Section):
    """Who may come in. ``mode`` "auto" asks nobody on a loopback address and everybody elsewhere; "none" asks nobody anywhere;
    "keys".

    Keys: in ``keys_file`` (empty: keys.toml beside the models; `talking-head key add` writes it) and in the variable
    ``keys_env``. ``secret_env`` names the variable with the secret by which a site's own server mints tokens;
    ``token_seconds``: how long a token lives that this server mints.
    """

    mode: Literal["auto", "none", "keys"] = "auto"
    keys_file: str = ""
    keys_env: str = "TALKING_HEAD_API_KEYS"
    secret_env: str = "TALKING_HEAD_TOKEN_SECRET"
    token_seconds: Annotated[int, Field(ge=10, le=86_400)] = 900


class IceServer(Section):
    """A STUN or TURN server. ``secret_env`` names the environment variable with the secret that it shares with us (coturn:
    static-auth-secret): visitors get credentials that live for ``minutes``. A static login (``username``, ``credential_env``)
    is used by this server alone and never given to a browser.
    """

    urls: tuple[str, ...]
    username: str = ""
    credential_env: str = ""
    secret_env: str = ""
    minutes: Annotated[int, Field(ge=1, le=1440)] = 10

    @property
    def credential(self) -> str:
        """The static credential from the environment; ConfigError when the variable is not set."""
        return _variable(self.credential_env)

    @property
    def secret(self) -> str:
        """The shared secret from the environment; ConfigError when the variable is not set."""
        return _variable(self.secret_env)


def _variable(name: str) -> str:
    value = os.environ.get(name) if name else ""
    if value is None:
        raise ConfigError(f"stream.ice_servers: the environment variable {name} is not set.")
    return value


def _rate(value: str) -> str:
    from limits import parse

    try:
        parse(value)
    except ValueError:
        raise ValueError("Write a rate as “20/minute” or “3/10 seconds”") from None
    return value


Rate = Annotated[str, AfterValidator(_rate)]


class Limits(Section):
    """What a visitor may ask for. Larger requests are refused with a sentence.

    ``text_chars``: of a text, as it is written and as it is read out. Rates are those of one key or one address: ``offers`` of
    a connection, ``uploads``, ``films`` (twins, and whatever else Gradio is asked for), ``calls`` of /v1, ``logins``,
    ``messages`` (whatever else is sent over HTTP), ``downloads`` (what is made when it is asked for, such as a portrait as
    PNG), ``reads`` (whatever else is asked for; a page with its modules is some 60 of them); ``sessions`` and ``streams`` of
    events at a time. All who ask from this machine without a key may, together, do ``local_factor`` times as much, and take
    every place that is free. ``texts_per_s``: of one session, after the first five.
    """

    text_chars: Positive = 4000
    texts_per_s: Annotated[float, Field(gt=0, le=100)] = 1.0
    sessions: Positive = 8
    streams: Positive = 32
    offers: Rate = "30/minute"
    uploads: Rate = "60/hour"
    films: Rate = "120/hour"
    calls: Rate = "120/minute"
    logins: Rate = "20/minute"
    messages: Rate = "600/minute"
    downloads: Rate = "600/minute"
    reads: Rate = "6000/minute"
    local_factor: Positive = 10
    reply_tokens: Positive = 200
    photo_bytes: Positive = 20_000_000
    video_bytes: Positive = 500_000_000
    uploads_bytes: Positive = 2_000_000_000
    verify_bytes: Positive = 200_000_000
    audio_seconds: Seconds = 600.0
