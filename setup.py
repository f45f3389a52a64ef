"""What pyproject.toml cannot say: three folders at the top of the clone travel inside the package, so that a wheel is whole,
and the addresses in its metadata are those of whoever publishes it, see :func:`address`.
"""

from __future__ import annotations

import ipaddress
import os
import subprocess
from email.parser import HeaderParser
from pathlib import Path
from urllib.parse import urlsplit

from setuptools import find_packages, setup

HERE = Path(__file__).resolve().parent
FOLDERS = {f"talking_head.{name}": name for name in ("web", "weights", "avatars")}
DATA = ["py.typed", *(f"**/*.{end}" for end in ("safetensors", "npz", "otf", "LICENSE", "js", "jsonl", "toml", "txt"))]
NOT_PUBLIC = ("example", "internal", "invalid", "lan", "local", "localhost", "test")  # ends of names that lead nowhere outside


def address() -> str:
    """Where the project is published: ``TALKING_HEAD_URL``, else the clone's ``origin`` where that is a public https address.

    "" for neither: an invented address would lead nowhere.
    """
    told = os.environ.get("TALKING_HEAD_URL", "")
    if not told and (HERE / ".git").exists():  # not the repository of a folder in which a source package was unpacked
        try:
            git = ["git", "-C", str(HERE), "config", "remote.origin.url"]
            told = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
        except OSError:  # no git
            return ""
    return public(told)


def public(told: str) -> str:
    """``told`` without a login, ".git" or "/" at its end where it is a public https address, else ""."""
    parts = urlsplit(told)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or "." not in host or host.rsplit(".", 1)[1] in NOT_PUBLIC:
        return ""
    try:
        ipaddress.ip_address(host)
    except ValueError:  # a name
        port = f":{parts.port}" if parts.port else ""
        return f"https://{host}{port}{parts.path}".rstrip("/").removesuffix(".git")
    return ""


def urls() -> dict[str, str]:
    """The metadata's addresses; a source package keeps those with which it was made."""
    base = address()
    if not base:
        kept = HERE / "PKG-INFO"
        lines = HeaderParser().parsestr(kept.read_text("utf-8")).get_all("Project-URL", []) if kept.is_file() else []
        return {label: where for label, _, where in (line.partition(", ") for line in lines)}
    found = {"Homepage": base, "Source": base, "Issues": f"{base}/issues"}
    if "github" in base or "gitlab" in base:  # others show a file at an address of another form
        found["Changelog"] = f"{base}/blob/HEAD/CHANGELOG.md"
    return found


setup(
    packages=[*find_packages(include=["talking_head", "talking_head.*"]), *FOLDERS],
    package_dir=FOLDERS,
    package_data={"talking_head": DATA, **{name: ["**/*"] for name in FOLDERS}},
    project_urls=urls(),
)
