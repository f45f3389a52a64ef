"""Who signs: the certificate and the key of this server, its number in the invisible marks, and the record of what it made.

Without a certificate of one's own, a local test one is made at the first use: an authority that exists for one signature, and
a certificate of it that is good for signing content only. It proves that a file was not changed, not who made it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import secrets
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from talking_head.errors import ConfigError
from talking_head.folders import home
from talking_head.provenance.codeword import SESSION_BITS, Origin

log = logging.getLogger(__name__)

_YEARS = 10
_EMAIL_PROTECTION = ExtendedKeyUsageOID.EMAIL_PROTECTION  # the purpose that C2PA takes for signing content


@dataclass(frozen=True, slots=True)
class Identity:
    """``chain``: PEM certificates, the signer's first; ``key``: PEM, PKCS #8, of P-256. ``local``: the test certificate."""

    chain: str
    key: bytes = field(repr=False)
    local: bool

    @property
    def server(self) -> int:
        """The server's number in the marks: the first 16 bits of the SHA-256 of its public key."""
        return number_of(self.public)

    @property
    def public(self) -> bytes:
        """The public key, DER (SubjectPublicKeyInfo)."""
        encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return self._private().public_key().public_bytes(encoding, form)

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature with SHA-256 of ``data``, DER."""
        return self._private().sign(data, ec.ECDSA(hashes.SHA256()))

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this server's for ``data``."""
        return signed_by(self.public, data, signature)

    def _private(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.key, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ConfigError("provenance.key must be a private key of the curve P-256 in PEM, without a password.")
        return key


def number_of(public: bytes) -> int:
    """The number of the server with the ``public`` key, DER."""
    return int.from_bytes(hashlib.sha256(public).digest()[:2])


def signed_by(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` for ``data`` was made with the key whose ``public`` half, DER, is given. Never raises."""
    try:
        key = serialization.load_der_public_key(public)
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            return False
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def folder() -> Path:
    """Where keys and the record of what was made lie (``$TALKING_HEAD_PROVENANCE``, else beside the models); nobody else may
    read it."""
    named = os.environ.get("TALKING_HEAD_PROVENANCE")
    place = Path(named).expanduser() if named else home() / "provenance"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def identity(certificate: str = "", key: str = "") -> Identity:
    """The identity of the files ``certificate`` and ``key``; without them the local one, made at the first use.

    Raises ConfigError: only one of both is given, or a file cannot be used.
    """
    if bool(certificate) != bool(key):
        raise ConfigError("provenance.certificate and provenance.key belong together: give both, or none.")
    if certificate:
        try:
            chain, secret = Path(certificate).expanduser().read_text("ascii"), Path(key).expanduser().read_bytes()
            x509.load_pem_x509_certificates(chain.encode())
            found = Identity(chain, secret, local=False)
            _ = found.server
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError("provenance.certificate and provenance.key must be PEM files that can be read.") from error
        return found
    try:
        return _kept(folder())
    except OSError as error:  # a disk that is full or may not be written: what is made is marked all the same
        log.warning("the local signing key cannot be kept (%s); one is used that ends with this process", error.strerror)
        return _passing()


def _kept(place: Path) -> Identity:
    """The local identity in ``place``, made there if there is none; of several processes only one makes it."""
    if not (place / "chain.pem").is_file():
        with (place / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (place / "chain.pem").is_file():
                chain, secret = _made()
                _write(place / "key.pem", secret)
                _write(place / "chain.pem", chain.encode())
    return Identity((place / "chain.pem").read_text("ascii"), (place / "key.pem").read_bytes(), local=True)


@cache
def _passing() -> Identity:
    return Identity(*_made(), local=True)


def _write(file: Path, data: bytes) -> None:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
    part.replace(file)


def _made() -> tuple[str, bytes]:
    """A chain of two certificates and the key of the first; the authority's own key is forgotten."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("talking-head local test authority")
    root = _builder(issuer, issuer, authority.public_key()).add_extension(x509.BasicConstraints(True, 0), critical=True)
    root = root.add_extension(_usage(sign=False), critical=True)
    leaf = _builder(_name("talking-head local test certificate"), issuer, own.public_key())
    leaf = leaf.add_extension(x509.BasicConstraints(False, None), critical=True)
    leaf = leaf.add_extension(_usage(sign=True), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([_EMAIL_PROTECTION]), critical=True)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
    certificates = [each.sign(authority, hashes.SHA256()) for each in (leaf, root)]
    chain = "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return chain, own.private_bytes(serialization.Encoding.PEM, form, plain)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "talking-head"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365 * _YEARS))
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=not sign,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(frozen=True, slots=True)
class Made:
    """What was made under a mark: ``origin`` as text, ``kind`` "film", "live" or "recording" (of the live session of that
    number), the ``presenter`` ("" where the mark is older than its choice), the SHA-256 of the record of consent ("" without
    one), and when (UTC, ISO 8601)."""

    origin: str
    kind: str
    presenter: str
    consent: str = ""
    time: str = ""


def new_origin(server: int) -> Origin:
    """A session's number that cannot be guessed."""
    return Origin(server, secrets.randbits(SESSION_BITS))


def remember(made: Made) -> None:
    """Write a line into the record of what this server made. Texts and names of visitors are not in it."""
    line = json.dumps(asdict(made) | {"time": made.time or datetime.now(UTC).isoformat(timespec="seconds")})
    try:
        with (folder() / "made.jsonl").open("a", encoding="utf-8") as out:
            out.write(line + "\n")
    except OSError as error:  # nobody waits in vain for a film or a face because of it
        log.warning("what is made cannot be recorded: %s", error.strerror)


def given_out(server: int, most: int) -> list[Origin]:
    """The last ``most`` numbers of ``server`` in the record of what was made here, the newest last."""
    file = folder() / "made.jsonl"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8") as lines:
        found = [Origin.of(str(json.loads(line)["origin"])) for line in deque(lines, most)]
    return list(dict.fromkeys(origin for origin in found if origin.server == server))  # a recorded session is there twice


def recall(origin: Origin) -> Made | None:
    """What was made under ``origin`` here, the last of it; None if it was elsewhere."""
    file = folder() / "made.jsonl"
    if not file.is_file():
        return None
    with file.open(encoding="utf-8") as lines:
        found = [values for line in lines if origin.text in line and (values := json.loads(line))["origin"] == origin.text]
    return Made(**found[-1]) if found else None
