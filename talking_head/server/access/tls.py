"""A certificate that this machine signs itself, for a phone in the same room: microphones are for secure pages only."""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from talking_head.errors import ConfigError
from talking_head.system.network import own_addresses

DAYS = 90
_RENEW = datetime.timedelta(days=14)


def self_signed(folder: Path, hosts: tuple[str, ...] = ()) -> tuple[Path, Path]:
    """Certificate and key (PEM) in ``folder`` for this machine's addresses and ``hosts``; made where they are missing, old or
    of other addresses.
    """
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    names = sorted({"localhost", socket.gethostname(), *hosts})
    if not _fits(certificate, key, names, own_addresses()):
        folder.mkdir(parents=True, exist_ok=True)
        _make(certificate, key, names, own_addresses())
    return certificate, key


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate, as browsers show it: to be compared by eye on the other device."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return ":".join(f"{byte:02X}" for byte in found)


def check(certificate: Path, key: Path) -> None:
    """Raise ConfigError in a sentence where a pair cannot be used."""
    for file in (certificate, key):
        if not file.is_file():
            raise ConfigError(f"There is no file {file}. Give the certificate and its key as PEM, or use --tls self-signed.")
    try:
        public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{certificate} and {key} are not a certificate and an unencrypted key as PEM: {error}") from error
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if public.public_bytes(*form) != private.public_key().public_bytes(*form):
        raise ConfigError(f"The key {key} does not belong to the certificate {certificate}.")


def _fits(certificate: Path, key: Path, names: list[str], ips: Sequence[str]) -> bool:
    try:
        check(certificate, key)
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ConfigError, x509.ExtensionNotFound):
        return False
    fresh = found.not_valid_after_utc - datetime.datetime.now(datetime.UTC) > _RENEW
    known = {str(ip) for ip in held.get_values_for_type(x509.IPAddress)}
    return fresh and set(names) <= set(held.get_values_for_type(x509.DNSName)) and {_plain(ip) for ip in ips} <= known


def _make(certificate: Path, key: Path, names: list[str], ips: Sequence[str]) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "talking-head on this machine")])
    now = datetime.datetime.now(datetime.UTC)
    held: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    held += [x509.IPAddress(ipaddress.ip_address(_plain(ip))) for ip in ips]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(held), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(private.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    certificate.write_bytes(made.public_bytes(pem))


def _plain(address: str) -> str:
    return str(ipaddress.ip_address(address.partition("%")[0]))
