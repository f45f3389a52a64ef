"""How often a client may ask. A client is a key, or the visitor of a token, or an address.

Counting is that of the ``limits`` package: a moving window in memory, for reads a fixed one. What one session sends is counted
by ``webrtc/rate.py``.
"""

from __future__ import annotations

import ipaddress
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from talking_head.errors import LimitError
from talking_head.system.network import is_loopback

READS = "reads"
_LOCAL = "loopback"
MOST_LOCAL_STREAMS = 64  # of all on this machine together: half of the connections that one address may hold


class RateLimits:
    """``rates``: what is counted → how often, as the package writes it ("20/minute"). ``local_factor``: how many times as much
    all of this very machine that hold no key may ask for. They are one client: there are millions of loopback addresses, and a
    program may send from any of them. ``streams``: of events that a client may have open at a time; each holds a connection.
    """

    def __init__(self, rates: Mapping[str, str], *, local_factor: int = 1, streams: int = 32) -> None:
        self._streams, self._open = streams, Counter[str]()
        self._rates: dict[str, RateLimitItem] = {kind: parse(rate) for kind, rate in rates.items()}
        self._local = {
            kind: type(rate)(rate.amount * local_factor, rate.multiples, rate.namespace) for kind, rate in self._rates.items()
        }
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._reads = FixedWindowRateLimiter(MemoryStorage())  # a number for a client, not the moment of each of thousands

    @contextmanager
    def stream(self, client: str, address: str) -> Iterator[None]:
        """While a stream of events of ``client`` is open. Raises LimitError where it has as many as it may."""
        who, most = self._who(client, address), self._streams
        if who == _LOCAL:
            most = max(most, MOST_LOCAL_STREAMS)
        if self._open[who] >= most:
            raise LimitError(f"Too many pages listen already: at most {most} of {_whose(who)}.", retry_after_s=30)
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    def hit(self, kind: str, client: str, address: str) -> None:
        """Count one ``kind`` of ``client`` (see Visitor; empty: the address). Raises LimitError with the seconds to wait."""
        who = self._who(client, address)
        rate = (self._local if who == _LOCAL else self._rates).get(kind)
        if rate is None:
            return
        window = self._reads if kind == READS else self._window
        if not window.hit(rate, kind, who):
            again = max(1, round(window.get_window_stats(rate, kind, who).reset_time - time.time()))
            raise LimitError(
                f"Too many {kind}: at most {rate} from {_whose(who)}. Try again in {again} s.", retry_after_s=again
            )

    def _who(self, client: str, address: str) -> str:
        return client or (_LOCAL if is_loopback(address) else _network(address))


def _whose(who: str) -> str:
    return "this machine" if who == _LOCAL else "one visitor"


def _network(address: str) -> str:
    """An IPv6 visitor has a whole /64 to choose addresses from."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
