"""Which offers are taken, and to which addresses the server sends anything.

An offer is one sound, one picture and one data section, bundled. Whatever else it holds would be received, decoded and read by
nobody; so it is refused before aiortc sees it. Candidates are addresses that the server is asked to send packets to: it does so
only where the policy allows, else anybody could have it send to addresses of their choice.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from talking_head.errors import InputError

MAX_BYTES = 32 * 1024
MAX_CANDIDATES = 32  # of one session, those that trickle in included
# Kind → the directions that a section may have, seen from the browser. A kind comes once. Sound may be sent where somebody
# listens (``sendrecv``: a microphone); a picture is never received.
SECTIONS: dict[str, tuple[str, ...]] = {
    "audio": ("recvonly", "sendrecv"),
    "video": ("recvonly", "sendrecv"),
    "application": ("sendrecv",),
}
CandidatePolicy = Literal["visitor", "private", "any", "none"]

_SECTION = re.compile(r"^m=(\w+) (\d+) ", re.MULTILINE)
_DIRECTION = re.compile(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", re.MULTILINE)
# Line ends that RFC 8866 does not know and aiortc, like str.splitlines, does: behind one it would see sections unchecked here.
_ODD_END = re.compile("\r(?!\n)|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CANDIDATE = re.compile(
    r"a=candidate:(\S{1,32}) (\d) (\w{3,4}) (\d{1,10}) (\S{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)\b"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """To whom the server of a session may send: ``policy``, the ``address`` that the offer came from (empty: unknown), ``own``
    addresses of this machine (where the visitor sits at it), ``relays``: addresses of the TURN servers of the configuration.
    """

    policy: CandidatePolicy = "visitor"
    address: str = ""
    own: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()

    def allows(self, address: str) -> bool:
        """Whether packets may go to ``address``; a name is nobody's address."""
        found = _ip(address)
        if found is None or found.is_multicast or found.is_unspecified:
            return False
        if self.policy == "any":
            return True
        if self.policy == "none":
            return False
        if self.policy == "private" and (found.is_private or found.is_loopback):
            return True
        visitor = _ip(self.address)
        allowed = {visitor, *map(_ip, self.relays)}
        if visitor is not None and (visitor.is_loopback or self.address in self.own):
            allowed |= {*map(_ip, self.own)}
            if found.is_loopback:
                return True
        return found in allowed


def check(sdp: str) -> None:
    """Raise InputError unless ``sdp`` is an offer of exactly the sections that are served, in one bundle."""
    if len(sdp.encode("utf-8", "replace")) > MAX_BYTES:
        raise InputError(f"The offer is larger than the {MAX_BYTES // 1024} KiB that are taken.")
    if _ODD_END.search(sdp):
        raise InputError("The offer holds line ends that SDP does not know: its lines end with CR LF.")
    sections = re.split(r"^(?=m=)", sdp, flags=re.MULTILINE)
    head, sections = sections[0], sections[1:]
    kinds = [match[1] if (match := _SECTION.match(section)) else "" for section in sections]
    if sorted(kinds) != sorted(SECTIONS):
        raise InputError("The offer must hold an audio stream, a video stream and a data channel, each of them once.")
    if sdp.count("a=candidate:") > MAX_CANDIDATES:
        raise InputError(f"The offer names more than {MAX_CANDIDATES} candidates.")
    default = _direction(head, "sendrecv")
    mids = []
    for kind, section in zip(kinds, sections, strict=True):
        if len(_DIRECTION.findall(section)) > 1 or len(re.findall(r"^a=mid:", section, re.MULTILINE)) > 1:
            raise InputError(f"The offer's {kind} stream says its direction or its name twice.")  # aiortc takes the last one
        direction = _direction(section, default)
        if kind != "application" and direction not in SECTIONS[kind]:
            raise InputError(f"The offer's {kind} stream is “{direction}”; this server sends it: offer “recvonly”.")
        mid = re.search(r"^a=mid:(\S{1,32})\s*$", section, re.MULTILINE)
        mids.append(mid[1] if mid else "")
    bundle = re.search(r"^a=group:BUNDLE ([^\r\n]*)", head, re.MULTILINE)
    if "" in mids or len(set(mids)) != len(mids) or bundle is None or set(bundle[1].split()) != set(mids):
        raise InputError("The offer must carry its streams over one connection (a=group:BUNDLE with all of them).")


def filtered(sdp: str, reach: Reach) -> str:
    """``sdp`` with the candidates that ``reach`` allows. Where none is left, the visitor's own address takes the place of the
    first: without any, the connection would be given up before the browser's own checks arrive.
    """
    lines, kept, first = [], 0, None
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            candidate = with_address(line, reach.address)
            if not allowed(candidate, reach):
                first = first or candidate
                continue
            line, kept = candidate, kept + 1
        lines.append(line)
    if not kept and first is not None and _ip(reach.address) is not None and (match := _CANDIDATE.match(first)):
        stand_in = f"a=candidate:{match[1]} 1 udp {match[4]} {reach.address} {match[6]} typ host"
        at = next((number + 1 for number, line in enumerate(lines) if line.startswith("m=")), len(lines))
        while at < len(lines) and not lines[at].startswith("a="):  # c=, b= come before
            at += 1
        lines.insert(at, stand_in)
    return "\r\n".join(lines) + "\r\n"


def allowed(line: str, reach: Reach) -> bool:
    """Whether an ``a=candidate:`` line is one over UDP to an address within ``reach``."""
    match = _CANDIDATE.match(line)
    return match is not None and match[3].lower() == "udp" and 0 < int(match[6]) < 65536 and reach.allows(match[5])


def with_address(line: str, address: str) -> str:
    """The line with ``address`` in the place of an mDNS name (``….local``), behind which browsers hide the address that their
    offer came from: nobody here can resolve it.
    """
    if not address:
        return line
    return re.sub(r"^(a=candidate:\S+ \d+ \S+ \d+ )\S+\.local ", lambda match: f"{match[1]}{address} ", line)


def relays(urls: Iterable[str], resolve: Collection[tuple[str, str]] = ()) -> tuple[str, ...]:
    """Addresses in ``turn:`` urls: those that are addresses, and of ``resolve`` (name, address) those of the names."""
    known = dict(resolve)
    found = []
    for url in urls:
        match = re.fullmatch(r"turns?:(?:\[([^\]]+)\]|([^:?]+))(?::\d+)?(?:\?.*)?", url)
        if match:
            name = match[1] or match[2]
            found.append(name if _ip(name) else known.get(name, ""))
    return tuple(address for address in found if address)


def _direction(part: str, default: str) -> str:
    match = _DIRECTION.search(part)
    return match[1] if match else default


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found
