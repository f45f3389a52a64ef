"""From the configuration to the access check: policy, keys, limits, audit log, certificate."""

from __future__ import annotations

import os
from pathlib import Path

from talking_head import folders
from talking_head.config import Config
from talking_head.errors import ConfigError
from talking_head.server.access import tls
from talking_head.server.access.auth import Auth, Keys, Tokens
from talking_head.server.access.limits import RateLimits
from talking_head.server.access.security import Policy


def policy_of(config: Config) -> Policy:
    """What requests have to satisfy."""
    server = config.server
    return Policy(
        hosts=frozenset(host.lower() for host in server.hosts),
        origins=server.origins,
        embedders=server.embed_origins,
        chunk_s=server.chunk_timeout_s,
        body_s=server.body_timeout_s,
        docs=server.loopback,
    )


def keys_file(config: Config) -> Path:
    """Where the keys are kept."""
    return Path(config.auth.keys_file).expanduser() if config.auth.keys_file else folders.home() / "keys.toml"


def auth_of(config: Config) -> Auth:
    """Who is let in. Raises ConfigError where strangers could come in and nothing says that they may."""
    section = config.auth
    tokens = Tokens(os.environ.get(section.secret_env, "") if section.secret_env else "")
    if section.mode == "none" or (section.mode == "auto" and config.server.loopback and not config.server.proxies):
        return Auth(None, tokens)
    keys = Keys(keys_file(config), section.keys_env)
    if not keys and not os.environ.get(section.secret_env, ""):
        raise ConfigError(
            f"{config.server.host} can be reached from other machines, and nobody would be asked who they are. Make a key "
            '(talking-head key add NAME --scope talk), or say auth.mode = "none" in the configuration to let everybody in.'
        )
    return Auth(keys, tokens)


def limits_of(config: Config) -> RateLimits:
    """How often a client may ask."""
    limits = config.limits
    kinds = ("offers", "uploads", "films", "calls", "logins", "messages", "downloads", "reads")
    return RateLimits({kind: getattr(limits, kind) for kind in kinds}, local_factor=limits.local_factor, streams=limits.streams)


def audit_file(config: Config) -> Path | None:
    """Where it is written who did what."""
    wanted = config.server.audit
    if wanted == "off" or (wanted == "auto" and config.server.loopback):
        return None
    return folders.home() / "audit.jsonl" if wanted == "auto" else Path(wanted).expanduser()


def certificate(config: Config) -> tuple[Path, Path] | None:
    """Certificate and key to serve with; None: without TLS. Raises ConfigError."""
    server = config.server
    if server.tls == "self-signed":
        return tls.self_signed(folders.home() / "tls", server.hosts)
    if server.tls == "files" or server.tls_cert or server.tls_key:
        if not (server.tls_cert and server.tls_key):
            raise ConfigError("TLS needs both a certificate and its key: --tls-cert and --tls-key.")
        pair = Path(server.tls_cert).expanduser(), Path(server.tls_key).expanduser()
        tls.check(*pair)
        return pair
    return None
