"""Records of consent: who is shown, who agreed, to what and until when, with the hash of the pictures, signed by this server.

A record lies as ``consent.json`` in the presenter's folder. A presenter that depicts nobody has one that says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from talking_head.errors import ConfigError, InputError
from talking_head.folders import shipped
from talking_head.provenance.identity import Identity

FILE = "consent.json"
NOBODY = "depicts nobody"
_PICTURES = ("portrait.png", "teeth.safetensors")


@dataclass(frozen=True, slots=True)
class Consent:
    """``shown``: who is in the pictures ("depicts nobody" for a made-up face); ``agreed``: who agreed, and as what; ``scope``:
    to what; ``until``: the last day (ISO 8601, "" without end); ``statement``: the words that were typed or read aloud.

    ``pictures``: SHA-256 of each file, and ``time``: when the record was made; both are filled in by :func:`write`.
    """

    shown: str
    agreed: str
    scope: str
    until: str = ""
    statement: str = ""
    pictures: dict[str, str] | None = None
    time: str = ""


def write(folder: Path, consent: Consent, identity: Identity) -> Path:
    """Sign ``consent`` for the pictures that lie in ``folder`` now, and store it there.

    Raises InputError where something that a record needs is missing, or the end is not a day.
    """
    for name, words in (("who is shown", consent.shown), ("who agreed", consent.agreed), ("to what", consent.scope)):
        if not words.strip():
            raise InputError(f"A record of consent says {name}; that is missing.")
    _ends(consent)
    told = asdict(consent) | {"pictures": _hashes(folder), "time": datetime.now(UTC).isoformat(timespec="seconds")}
    signature = base64.b64encode(identity.sign(_canonical(told))).decode()
    file = folder / FILE
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"record": told, "signature": signature}, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(file)
    return file


def read(folder: Path, identity: Identity, today: date | None = None) -> Consent | None:
    """The record in ``folder``; None without one.

    Raises ConfigError: it is not signed by this server, belongs to other pictures, or has ended.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    again = "Ask for consent again."
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        told, signature = stored["record"], base64.b64decode(stored["signature"], validate=True)
        consent = Consent(**told)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"The record of consent of “{folder.name}” cannot be read. {again}") from error
    if consent.shown == NOBODY and folder.parent == shipped("avatars"):
        return consent  # it came with the program, which has no key to sign with
    if not identity.signed(_canonical(told), signature):
        raise ConfigError(f"The record of consent of “{folder.name}” was not signed here, or was changed. {again}")
    if consent.pictures != _hashes(folder):
        raise ConfigError(f"The record of consent of “{folder.name}” belongs to other pictures. {again}")
    ends = _ends(consent)
    if ends is not None and ends < (today or datetime.now(UTC).date()):
        raise ConfigError(f"The consent for “{folder.name}” ended on {ends.isoformat()}. {again}")
    return consent


def digest(folder: Path | None) -> str:
    """The SHA-256 of the record in ``folder``, by which manifests name it; "" without one."""
    file = folder / FILE if folder is not None else None
    return hashlib.sha256(file.read_bytes()).hexdigest() if file is not None and file.is_file() else ""


def _ends(consent: Consent) -> date | None:
    try:
        return date.fromisoformat(consent.until) if consent.until else None
    except ValueError:
        raise InputError(f"Consent ends on a day such as 2027-12-31, not “{consent.until[:20]}”.") from None


def _hashes(folder: Path) -> dict[str, str]:
    files = [folder / name for name in _PICTURES if (folder / name).is_file()]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _canonical(told: dict[str, object]) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
