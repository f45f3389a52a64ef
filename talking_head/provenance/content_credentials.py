"""Content credentials: a C2PA manifest in the file, signed, that says how it was made and that nothing was changed since.

C2PA Technical Specification 2.1, with the library of the Content Authenticity Initiative. MP4 and MOV carry the manifest; WebM
has no place for one, so it lies beside the file, with the ending .c2pa ("sidecar": section 11.4 there, external manifests).
Nothing is fetched: a manifest or a revocation list elsewhere stays there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from talking_head.errors import InputError
from talking_head.provenance.identity import Identity

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_TYPES = {".mp4": "video/mp4", ".mov": "video/quicktime", ".m4v": "video/mp4", ".png": "image/png", ".jpg": "image/jpeg"}
_TYPES |= {".jpeg": "image/jpeg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".webp": "image/webp", ".avif": "image/avif"}
_BESIDE = {".webm": "video/webm"}
SIDECAR = ".c2pa"
MOST_BESIDE = 5_000_000  # bytes of a manifest that lies beside its file; ours have some thousands
State = Literal["valid", "tampered", "absent"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a manifest says: ``origin`` as in the invisible mark, the ``presenter``, the ``models`` as names and versions, the
    SHA-256 of the record of ``consent`` ("" without one), the ``title`` of the film."""

    origin: str
    presenter: str
    models: Sequence[str] = ()
    consent: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was read: ``state``; who signed; the ``facts`` of a manifest of ours (None for another's)."""

    state: State
    signer: str = ""
    facts: dict[str, Any] | None = None


def sidecar_of(file: Path) -> Path:
    """Where the manifest of a file lies that cannot carry one."""
    return file.with_suffix(SIDECAR)


def sign(file: Path, facts: Facts, identity: Identity) -> Path | None:
    """Put a signed manifest into ``file``, in place; the last thing that is done to it. Of a WebM it lies beside the file: that
    path is returned. Raises InputError for other formats.
    """
    import c2pa

    ending = file.suffix.lower()
    kind = _TYPES.get(ending) or _BESIDE.get(ending)
    if kind is None:
        raise InputError(f"A {file.suffix or 'nameless'} file cannot carry content credentials; MP4, MOV and WebM can.")
    agent = {"name": "talking-head", "version": version("talking-head")}
    manifest = {
        "claim_generator_info": [agent],
        "title": facts.title or file.stem,
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": GENERATED, "softwareAgent": agent}]},
            },
            {
                "label": "org.talking-head.origin",
                "data": {
                    "origin": facts.origin,
                    "presenter": facts.presenter,
                    "models": list(facts.models),
                    "consent_sha256": facts.consent,
                },
            },
        ],
    }
    info = c2pa.C2paSignerInfo(b"es256", identity.chain.encode(), identity.key, None)
    signed = file.with_name(f".{file.stem}.signed{file.suffix}")
    try:
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(manifest)) as builder,
            file.open("rb") as source,
            signed.open("w+b") as out,
        ):
            if ending in _BESIDE:
                builder.set_no_embed()
            data = builder.sign(signer, kind, source, out)
        if ending in _BESIDE:
            sidecar_of(file).write_bytes(data)
            return sidecar_of(file)
        signed.replace(file)
        return None
    finally:
        signed.unlink(missing_ok=True)


def read(file: Path) -> Credentials:
    """What the manifest in ``file``, or the one beside it (:func:`sidecar_of`), says: valid, tampered with, or absent. Never
    raises for a broken file.
    """
    import c2pa

    beside = sidecar_of(file)
    apart = beside.read_bytes() if beside.is_file() and beside.stat().st_size <= MOST_BESIDE else None
    kind = _TYPES.get(file.suffix.lower()) or _BESIDE.get(file.suffix.lower())
    if kind is None or (apart is None and file.suffix.lower() in _BESIDE):
        return Credentials("absent")
    try:
        with file.open("rb") as stream, c2pa.Reader(kind, stream, apart, context=_offline()) as reader:
            told = json.loads(reader.json())
    except c2pa.C2paError as error:
        missing = any(word in str(error) for word in ("ManifestNotFound", "no JUMBF", "JumbfNotFound", "not found"))
        return Credentials("absent" if missing else "tampered")
    active = told.get("manifests", {}).get(told.get("active_manifest"), {})
    state: State = "valid" if told.get("validation_state") in ("Valid", "Trusted") else "tampered"
    assertions = {each.get("label"): each.get("data") for each in active.get("assertions", [])}
    info = active.get("signature_info") or {}
    signer = ", ".join(str(info[key]) for key in ("issuer", "common_name") if info.get(key))
    ours = assertions.get("org.talking-head.origin")
    return Credentials(state, signer, ours if isinstance(ours, dict) else None)


def _offline() -> Any:
    import c2pa

    never = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
    return c2pa.Context(c2pa.Settings.from_json(json.dumps(never)))
