"""Addresses: which are this machine's own, and by which proxy another one is reached.

Proxy variables are read once and taken out of the environment of a server: libraries that read them by themselves would send
calls to this very machine through the proxy, or fail for want of a package for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
from collections.abc import Callable, Collection, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
# Addresses of IPv6 that everybody's routers know lie in here (RFC 4291); ``is_global`` of Python takes others for such, too.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: its last 32 bits are an address of IPv4
_taken: dict[str, str] = {}


def is_loopback(address: str) -> bool:
    """Whether ``address`` (or name) means this machine alone: 127.0.0.0/8, ::1, one inside the other, or localhost."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address.lower() == "localhost"
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def is_public(address: str) -> bool:
    """Whether ``address`` is one of the whole internet, so that nobody's own network is called by it. One of IPv6 that carries
    one of IPv4 (mapped, 6to4, NAT64 under its well-known prefix) is as public as that one.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        return found in _GLOBAL_UNICAST and found.is_global
    return found.is_global and not found.is_multicast


def among(address: str, places: Collection[str]) -> bool:
    """Whether ``address`` is one of ``places``: addresses, networks such as 10.0.0.0/8, or “*” for all."""
    if "*" in places or address in places:
        return True
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    for place in places:
        with contextlib.suppress(ValueError):  # what is no network was compared as a text
            if found in ipaddress.ip_network(place):
                return True
    return False


def own_addresses() -> tuple[str, ...]:
    """IP addresses of this machine, loopback included."""
    import ifaddr

    found = {"127.0.0.1", "::1"}
    for adapter in ifaddr.get_adapters():
        found |= {ip.ip if isinstance(ip.ip, str) else ip.ip[0] for ip in adapter.ips}
    return tuple(sorted(found))


def proxy_variables() -> dict[str, str]:
    """The proxy variables that are (or, before :func:`take_proxies`, were) set, by name, without login."""
    now = {name: value for name in _names() if (value := os.environ.get(name))}
    return {name: _without_login(value) for name, value in {**_taken, **now}.items()}


def take_proxies() -> None:
    """Remember the proxy variables for :func:`proxy_for` and take them out of this process's environment."""
    for name in _names():
        if value := os.environ.pop(name, ""):
            _taken[name] = value


def proxy_for(url: str) -> str | None:
    """The proxy by which ``url`` is reached, of the environment or as remembered; None for this machine and for hosts of
    NO_PROXY.
    """
    place = urlsplit(url)
    host = (place.hostname or "").lower()
    if is_loopback(host):
        return None
    for rule in (os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or "").split(","):
        rule = rule.strip().lower().lstrip(".")
        if rule == "*" or (rule and (host == rule or host.endswith(f".{rule}"))):
            return None
    known = {**_taken, **os.environ}
    for name in (f"{place.scheme}_proxy", "all_proxy"):
        if value := known.get(name) or known.get(name.upper()):
            return value
    return None


def route(url: str) -> dict[str, Any]:
    """Arguments for an httpx client that reaches ``url``: by the proxy that was set for it; it reads no variables itself."""
    return {"trust_env": False, "proxy": proxy_for(url)}


def _names() -> list[str]:
    return [spelt for name in _PROXIES for spelt in (name, name.lower())]


def _without_login(proxy: str) -> str:
    before, at, host = proxy.rpartition("@")
    return f"{before.partition('://')[0]}://{host}" if at else proxy


def within(seconds: float, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What ``work()`` returns, run on an event loop of its own; for threads that have none. Raises TimeoutError when it is not
    done after so many seconds: then it was cancelled, and its connections are closed.

    The timeouts of HTTPX are for one step each: an answer whose headers come a byte a second never ends by them.
    """

    async def limited() -> T:
        async with asyncio.timeout(seconds):
            return await work()

    return asyncio.run(limited())
