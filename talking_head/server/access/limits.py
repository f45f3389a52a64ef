"""How often a client may ask. A client is a key, or the visitor of a token, or an address.

Counting is that of the ``limits`` package: a moving window in memory. What one session sends is counted by ``webrtc/rate.py``.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from talking_head.errors import LimitError
from talking_head.system.network import is_loopback


class RateLimits:
    """``rates``: what is counted → how often, as the package writes it ("20/minute"). ``local_factor``: how many times as much
    all of this very machine that hold no key may ask for. They are one client: there are millions of loopback addresses, and a
    program may send from any of them.
    """

    def __init__(self, rates: Mapping[str, str], *, local_factor: int = 1) -> None:
        self._rates: dict[str, RateLimitItem] = {kind: parse(rate) for kind, rate in rates.items()}
        self._local = {
            kind: type(rate)(rate.amount * local_factor, rate.multiples, rate.namespace) for kind, rate in self._rates.items()
        }
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, kind: str, client: str, address: str) -> None:
        """Count one ``kind`` of ``client`` (see Visitor; empty: the address). Raises LimitError with the seconds to wait."""
        local = not client and is_loopback(address)
        rate = (self._local if local else self._rates).get(kind)
        if rate is None:
            return
        who = client or ("loopback" if local else _network(address))
        if not self._window.hit(rate, kind, who):
            again = max(1, round(self._window.get_window_stats(rate, kind, who).reset_time - time.time()))
            whose = "this machine" if local else "one visitor"
            raise LimitError(f"Too many {kind}: at most {rate} from {whose}. Try again in {again} s.", retry_after_s=again)


def _network(address: str) -> str:
    """An IPv6 visitor has a whole /64 to choose addresses from."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
