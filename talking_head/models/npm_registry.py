"""Where npm's packages are on this machine: the registry that npm is set up with, read as npm reads it, without npm.

Settings, strongest first: the environment (``npm_config_registry``), the user's ``.npmrc``, the global one, and the public
registry. A scope may have a registry of its own (``@scope:registry=…``). Tokens in these files are not used.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

PUBLIC = "https://registry.npmjs.org"
_GLOBAL = ("/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")


def tarball_url(package: str, version: str) -> str:
    """Address of ``package``'s tarball, as registries lay them out: ``<registry>/@scope/name/-/name-1.0.0.tgz``."""
    scope, _, name = package.rpartition("/")
    return f"{registry(scope)}/{quote(package, safe='@/')}/-/{quote(name)}-{quote(version)}.tgz"


def registry(scope: str = "") -> str:
    """The registry for packages of ``scope`` ("@name"; "": without one), without a slash at its end."""
    settings = _settings()
    return (settings.get(f"{scope}:registry") or settings.get("registry") or PUBLIC).rstrip("/")


def _settings() -> dict[str, str]:
    """All settings by name; a stronger place overwrites a weaker one."""
    environment = {
        key[11:].lower().replace("_", "-"): value for key, value in os.environ.items() if key.lower().startswith("npm_config_")
    }
    places = [environment["globalconfig"]] if "globalconfig" in environment else _GLOBAL
    settings: dict[str, str] = {}
    for file in (*places, environment.get("userconfig", "~/.npmrc")):
        settings |= _read(Path(file).expanduser())
    return settings | environment


def _read(file: Path) -> dict[str, str]:
    """``key = value`` lines of an npmrc; ``${NAME}`` stands for an environment variable. A file that is not there is empty."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in lines if line.strip() and line.strip()[0] not in ";#" and "=" in line)
    return {key.strip(): _expand(value.strip().strip("\"'")) for key, _, value in pairs}


def _expand(value: str) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda match: os.environ.get(match[1], match[0]), value)
