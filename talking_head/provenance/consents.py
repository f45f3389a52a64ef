"""Records of consent: who is shown, who agreed, to what and until when, with the hash of the pictures, signed by this server.

A record lies as ``consent.json`` in the presenter's folder. A presenter that depicts nobody has one that says so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from talking_head.errors import ConfigError, InputCode, InputError
from talking_head.folders import shipped
from talking_head.provenance import identity as identities
from talking_head.provenance.identity import Identity, number_of, signed_by

FILE = "consent.json"
NOBODY = "depicts nobody"
USES = {  # use → words for people
    "live": "talking live",
    "films": "films",
    "record": "recordings of live conversations",
    "twin": "training a net on the pictures",
}
_PICTURES = ("portrait.png", "teeth.safetensors")
_RECORDING = "consent-recording"  # the statement read aloud, with the ending that it came with
_AGAIN = "Ask for consent again."


@dataclass(frozen=True, slots=True)
class Consent:
    """``shown``: who is in the pictures ("depicts nobody" for a made-up face); ``agreed``: who agreed, and as what; ``scope``:
    to what, in words; ``until``: the last day (ISO 8601, "" without end); ``statement``: the words that were typed or read
    aloud; ``uses``: which of :data:`USES` it allows (None: all).

    Filled in by :func:`write`: ``pictures``, SHA-256 of each file; ``recording``, that of the recording of the statement (""
    without one); ``time``, when the record was made. ``imported``: number of the server that signed it first.
    """

    shown: str
    agreed: str
    scope: str
    until: str = ""
    statement: str = ""
    uses: Sequence[str] | None = None
    pictures: dict[str, str] | None = None
    recording: str = ""
    time: str = ""
    imported: str = ""

    def allows(self, use: str) -> bool:
        """Whether it holds for ``use``."""
        return self.uses is None or use in self.uses


def write(folder: Path, consent: Consent, identity: Identity) -> Path:
    """Sign ``consent`` for the pictures and the recording that lie in ``folder`` now, and store it there.

    Raises InputError where something that a record needs is missing, or the end is not a day.
    """
    check(consent)
    spoken = recording_in(folder)
    filled = replace(
        consent,
        pictures=_hashes(folder),
        recording=sha256(spoken) if spoken else "",
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return _signed(folder / FILE, filled, identity)


def of_file(file: Path, kind: str, consent: Consent, identity: Identity) -> str:
    """The SHA-256 of the signed record of ``consent`` for one ``file`` of that ``kind`` ("photo", "voice"), which itself is not
    kept.

    The record lies in ``consents/`` beside the server's keys; the same words for the same file are one record. Raises
    InputError where something that a record needs is missing, OSError.
    """
    check(consent)
    hashes = {kind: sha256(file)}
    words = _canonical(asdict(consent) | {"pictures": hashes})
    place = identities.folder() / "consents"
    place.mkdir(exist_ok=True, mode=0o700)
    record = place / f"{hashlib.sha256(words + identity.public).hexdigest()[:32]}.json"
    if not record.is_file():
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _signed(record, replace(consent, pictures=hashes, time=now), identity)
    return sha256(record)


def _signed(file: Path, consent: Consent, identity: Identity) -> Path:
    told = asdict(consent)
    if told["uses"] is not None:
        told["uses"] = sorted(told["uses"])
    stored = {
        "record": told,
        "signature": base64.b64encode(identity.sign(_canonical(told))).decode(),
        "signer": base64.b64encode(identity.public).decode(),
    }
    part = file.with_suffix(".part")
    part.write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(file)
    return file


def check(consent: Consent) -> None:
    """Raise InputError, in a sentence, where ``consent`` lacks what a record needs."""
    parts: tuple[tuple[str, str, InputCode], ...] = (
        ("who is shown", consent.shown, "consent_shown"),
        ("who agreed", consent.agreed, "consent_agreed"),
        ("to what", consent.scope, "consent_scope"),
    )
    for name, words, code in parts:
        if not words.strip():
            raise InputError(f"A record of consent says {name}; that is missing.", code)
    if any(len(words) > 2000 for words in (consent.shown, consent.agreed, consent.scope, consent.statement)):
        raise InputError("What a record of consent says has at most 2000 characters a part.")
    if consent.uses is not None and (not consent.uses or set(consent.uses) - set(USES)):
        raise InputError(f"Consent holds for one or more of: {', '.join(USES)}.")
    _ends(consent)


def read(folder: Path, identity: Identity, today: date | None = None, use: str = "") -> Consent | None:
    """The record in ``folder``; None without one.

    Raises ConfigError: it is not signed by this server, belongs to other pictures, has ended, or does not hold for ``use``.
    """
    if not (folder / FILE).is_file():
        return None
    consent, told, signature, _ = _stored(folder)
    if consent.shown == NOBODY and folder.parent == shipped("avatars"):
        return consent  # it came with the program, which has no key to sign with
    if not identity.signed(_canonical(told), signature):
        raise ConfigError(f"The record of consent of “{folder.name}” was not signed here, or was changed. {_AGAIN}")
    _fits(folder, consent, today)
    if use and not consent.allows(use):
        given = ", ".join(USES.get(each, each) for each in consent.uses or ())
        raise ConfigError(f"The consent for “{folder.name}” is for {given}, not for {USES.get(use, use)}. {_AGAIN}")
    return consent


def signed_elsewhere(folder: Path, identity: Identity, today: date | None = None) -> tuple[Consent, str]:
    """The record in ``folder``, whoever signed it, and the number of the server that did ("" for this one).

    A foreign signature proves that nothing was changed since, not who signed. Raises ConfigError: there is none, nobody's
    signature fits, it belongs to other pictures, or has ended.
    """
    if not (folder / FILE).is_file():
        raise ConfigError(f"“{folder.name}” comes without a record of consent. {_AGAIN}")
    consent, told, signature, signer = _stored(folder)
    here = identity.signed(_canonical(told), signature)
    if not here and not signed_by(signer, _canonical(told), signature):
        raise ConfigError(f"The signature below the consent for “{folder.name}” is forged, or the record was changed. {_AGAIN}")
    _fits(folder, consent, today)
    return consent, "" if here else f"{number_of(signer):04X}"


def stated(folder: Path) -> Consent | None:
    """What the record in ``folder`` says, whether it holds or not; None without one. Raises ConfigError for a broken one."""
    return _stored(folder)[0] if (folder / FILE).is_file() else None


def digest(folder: Path | None) -> str:
    """The SHA-256 of the record in ``folder``, by which manifests name it; "" without one."""
    file = folder / FILE if folder is not None else None
    return sha256(file) if file is not None and file.is_file() else ""


def recording_in(folder: Path) -> Path | None:
    """The recording of the statement that lies in ``folder``, if any."""
    return next(iter(sorted(folder.glob(f"{_RECORDING}.*"))), None)


def recording_name(ending: str) -> str:
    """The name of a recording's file with the ``ending`` ".webm", ".mp4" …"""
    return f"{_RECORDING}{ending}"


def _stored(folder: Path) -> tuple[Consent, dict[str, Any], bytes, bytes]:
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        told, signature = stored["record"], base64.b64decode(stored["signature"], validate=True)
        signer = base64.b64decode(stored.get("signer", ""), validate=True)
        consent = Consent(**told)
        texts = (consent.shown, consent.agreed, consent.scope, consent.until, consent.statement, consent.recording)
        if not all(isinstance(text, str) for text in texts) or not isinstance(consent.uses, list | None):
            raise TypeError("a record of other types")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise ConfigError(f"The record of consent of “{folder.name}” cannot be read. {_AGAIN}") from error
    return consent, told, signature, signer


def _fits(folder: Path, consent: Consent, today: date | None) -> None:
    if consent.pictures != _hashes(folder):
        raise ConfigError(f"The record of consent of “{folder.name}” belongs to other pictures. {_AGAIN}")
    spoken = recording_in(folder)
    if (sha256(spoken) if spoken else "") != consent.recording:
        raise ConfigError(f"The recording of the consent for “{folder.name}” is missing, or is another one. {_AGAIN}")
    try:
        ends = _ends(consent)
    except InputError as error:
        raise ConfigError(f"The record of consent of “{folder.name}” cannot be read. {_AGAIN}") from error
    if ends is not None and ends < (today or datetime.now(UTC).date()):
        raise ConfigError(f"The consent for “{folder.name}” ended on {ends.isoformat()}. {_AGAIN}")


def _ends(consent: Consent) -> date | None:
    try:
        return date.fromisoformat(consent.until) if consent.until else None
    except ValueError:
        raise InputError(f"Consent ends on a day such as 2027-12-31, not “{consent.until[:20]}”.") from None


def _hashes(folder: Path) -> dict[str, str]:
    return {file.name: sha256(file) for name in _PICTURES if (file := folder / name).is_file()}


def sha256(file: Path) -> str:
    """Of a file's bytes, as records name pictures and manifests name records."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _canonical(told: dict[str, object]) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
