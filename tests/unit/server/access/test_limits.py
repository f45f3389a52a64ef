"""Counting visitors, and the bucket of one session."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from talking_head.errors import LimitError
from talking_head.server.access.limits import MOST_LOCAL_STREAMS, RateLimits
from talking_head.server.access.slow_clients import PER_ADDRESS
from talking_head.system.network import is_loopback
from talking_head.webrtc.rate import Bucket


def test_a_client_has_its_share_and_is_told_when_to_come_back() -> None:
    limits = RateLimits({"offers": "3/minute"})
    for _ in range(3):
        limits.hit("offers", "", "203.0.113.9")
    with pytest.raises(LimitError, match="offers") as refused:
        limits.hit("offers", "", "203.0.113.9")
    assert 0 < refused.value.retry_after_s <= 60
    limits.hit("offers", "", "203.0.113.10")
    limits.hit("offers", "site", "203.0.113.9")  # a key is counted as such
    limits.hit("uploads", "", "203.0.113.9")  # nothing is said about them


def test_one_network_of_ipv6_is_one_client() -> None:
    limits = RateLimits({"offers": "1/minute"})
    limits.hit("offers", "", "2001:db8::1")
    with pytest.raises(LimitError):
        limits.hit("offers", "", "2001:db8::2")
    limits.hit("offers", "", "2001:db8:0:1::1")


def test_all_of_this_machine_are_one_client_with_a_larger_share() -> None:
    limits = RateLimits({"offers": "2/minute"}, local_factor=3)
    for address in ("127.0.0.1", "127.0.0.1", "127.0.0.2", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
        limits.hit("offers", "", address)
    for address in ("127.0.0.1", "127.77.0.1", "::1"):
        with pytest.raises(LimitError, match="at most 6 per 1 minute from this machine") as refused:
            limits.hit("offers", "", address)
        assert 0 < refused.value.retry_after_s <= 60
    for client, address in (("site", "127.0.0.1"), ("", "203.0.113.9")):  # a key has its own share, and whoever is not here
        for _ in range(2):
            limits.hit("offers", client, address)
        with pytest.raises(LimitError, match="at most 2 per 1 minute from one visitor"):
            limits.hit("offers", client, address)


def test_a_client_has_a_few_streams_open_at_a_time_and_others_have_theirs() -> None:
    limits = RateLimits({}, streams=2)
    with limits.stream("", "203.0.113.9"), limits.stream("", "203.0.113.9"):
        with pytest.raises(LimitError, match="at most 2 of one visitor"), limits.stream("", "203.0.113.9"):
            pytest.fail("a third one was opened")
        with limits.stream("", "203.0.113.10"), limits.stream("site", "203.0.113.9"):
            pass
    with limits.stream("", "203.0.113.9"):  # who has closed one opens another
        pass
    with ExitStack() as held:
        for _ in range(MOST_LOCAL_STREAMS):
            held.enter_context(limits.stream("", "127.0.0.1"))
        with pytest.raises(LimitError, match="of this machine"), limits.stream("", "127.0.0.2"):
            pytest.fail("one more was opened")
    assert MOST_LOCAL_STREAMS < PER_ADDRESS  # who listens leaves connections for whoever talks


def test_a_bucket_empties_and_fills() -> None:
    bucket = Bucket(1000.0, 3)
    assert [bucket.take() for _ in range(3)] == [True] * 3
    slow = Bucket(0.001, 2)
    assert [slow.take() for _ in range(3)] == [True, True, False]
    assert slow.wait_s > 100


@pytest.mark.parametrize(
    ("address", "own"),
    [
        *[(address, True) for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost")],
        *[(address, False) for address in ("0.0.0.0", "10.0.0.1", "", "example.com", "::")],
    ],
)
def test_loopback(address: str, own: bool) -> None:
    assert is_loopback(address) is own
