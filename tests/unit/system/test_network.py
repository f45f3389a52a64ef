"""Addresses: which belong to the whole internet, whatever they are wrapped in."""

from __future__ import annotations

import pytest

from talking_head.system.network import among, is_public

PUBLIC = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1")
OTHERS = (
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "224.0.0.1", "240.0.0.1"),
    *("::", "::1", "fe80::1%eth0", "fec0::1", "fd00::1", "ff0e::1", "100::1", "2001::1", "2001:db8::1", "4000::1"),
    *("::ffff:10.0.0.1", "::ffff:0.0.0.0", "::ffff:224.0.0.1", "::10.0.0.1", "::8.8.8.8"),  # mapped; the old way
    *("64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b:1::10.0.0.1"),  # NAT64
    *("2002:a00:1::1", "2002:7f00:1::1", "2002:a9fe:a9fe::", "2002:6440:1::1"),  # 6to4
    *("2001:0:808:808::f5ff:fffe", "", "localhost", "example.com"),  # Teredo; names
)


@pytest.mark.parametrize(("address", "public"), [*[(each, True) for each in PUBLIC], *[(each, False) for each in OTHERS]])
def test_what_the_whole_internet_knows(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("address", "places", "inside"),
    [
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("10.1.2.3", ["10.1.2.3"], True),
        ("fd00::7", ["fd00::/8"], True),
        ("203.0.113.9", ["*"], True),
        ("203.0.113.9", ["10.0.0.0/8", "10.1.2.3", "proxy.example"], False),
        ("", ["10.0.0.0/8"], False),
        ("10.1.2.3", [], False),
    ],
)
def test_an_address_is_among_addresses_and_networks(address: str, places: list[str], inside: bool) -> None:
    assert among(address, places) is inside
