"""Which offers are taken, and to whom packets go."""

from __future__ import annotations

import pytest

from talking_head.errors import InputError
from talking_head.webrtc.offers import check as offer_check
from talking_head.webrtc.offers.check import MAX_CANDIDATES, Reach

HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
AUDIO = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=recvonly\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=recvonly\r\n"
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\n"
ODD_ENDS = ("\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")  # str.splitlines knows them, SDP does not
GOOD = HEAD + AUDIO + VIDEO + DATA


def candidate(address: str, port: int = 5000, kind: str = "host", transport: str = "udp") -> str:
    return f"a=candidate:1 1 {transport} 2122260223 {address} {port} typ {kind}\r\n"


def test_ordinary_offers_pass() -> None:
    offer_check.check(GOOD)
    offer_check.check(GOOD.replace("a=recvonly", "a=sendrecv", 1))  # a microphone
    offer_check.check(HEAD + "a=recvonly\r\n" + (AUDIO + VIDEO).replace("a=recvonly\r\n", "") + DATA)


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "v=0",
        HEAD + AUDIO + DATA,
        GOOD + VIDEO.replace("mid:1", "mid:3"),
        GOOD + VIDEO.replace("mid:1", "mid:3").replace("recvonly", "sendonly"),
        GOOD + AUDIO.replace("mid:0", "mid:3"),
        GOOD + DATA.replace("mid:2", "mid:3"),
        GOOD.replace("a=mid:1\r\na=recvonly", "a=mid:1\r\na=sendonly"),
        GOOD.replace("a=mid:0\r\na=recvonly", "a=mid:0\r\na=inactive"),
        GOOD.replace("a=group:BUNDLE 0 1 2\r\n", ""),
        GOOD.replace("BUNDLE 0 1 2", "BUNDLE 0 2"),
        GOOD.replace("a=mid:1", "a=mid:0"),
        GOOD + "m=text 9 RTP/AVP 98\r\na=mid:3\r\n",
        GOOD + candidate("192.0.2.1") * (MAX_CANDIDATES + 1),
        GOOD + "a=x:" + "y" * 40_000 + "\r\n",
        GOOD.replace("a=mid:1\r\na=recvonly", "a=mid:1\r\na=recvonly\r\na=sendonly"),
        GOOD.replace("a=mid:1\r\n", "a=mid:1\r\na=mid:0\r\n"),
        *(GOOD + "a=x" + end + VIDEO.replace("mid:1", "mid:3").replace("\r\n", end) + "\r\n" for end in ODD_ENDS),
    ],
    ids=[
        "empty", "head only", "no video", "two videos", "video sent", "two sounds", "two channels", "the video is sent",
        "inactive sound", "no bundle", "half a bundle", "one mid twice", "text", "many candidates", "large",
        "two directions", "two names", *(f"a section behind {end!a}" for end in ODD_ENDS),
    ],
)  # fmt: skip
def test_others_are_refused_in_a_sentence(offer: str) -> None:
    with pytest.raises(InputError) as refused:
        offer_check.check(offer)
    assert str(refused.value).endswith(".")


OUTSIDE, RELAY = "203.0.113.9", "198.51.100.4"


@pytest.mark.parametrize(
    ("policy", "visitor", "address", "goes"),
    [
        ("visitor", OUTSIDE, OUTSIDE, True),
        ("visitor", OUTSIDE, "203.0.113.10", False),
        ("visitor", OUTSIDE, "10.0.0.5", False),
        ("visitor", OUTSIDE, "127.0.0.1", False),
        ("visitor", OUTSIDE, RELAY, True),
        ("visitor", "127.0.0.1", "127.0.0.1", True),
        ("visitor", "127.0.0.1", "192.168.1.5", True),  # this machine's own, see own=
        ("visitor", "127.0.0.1", "192.168.1.6", False),
        ("visitor", "192.168.1.5", "127.0.0.1", True),  # from this machine, by its address
        ("visitor", "::ffff:203.0.113.9", OUTSIDE, True),
        ("visitor", "", OUTSIDE, False),
        ("private", OUTSIDE, "10.0.0.5", True),
        ("private", OUTSIDE, "8.8.8.8", False),
        ("any", OUTSIDE, "8.8.8.8", True),
        ("any", OUTSIDE, "224.0.0.1", False),
        ("any", OUTSIDE, "evil.example", False),
        ("none", OUTSIDE, OUTSIDE, False),
    ],
)
def test_packets_go_only_where_the_policy_says(
    policy: offer_check.CandidatePolicy, visitor: str, address: str, goes: bool
) -> None:
    reach = Reach(policy, visitor, own=("127.0.0.1", "192.168.1.5"), relays=(RELAY,))
    assert reach.allows(address) is goes
    assert offer_check.allowed(candidate(address), reach) is goes


def test_candidates_of_others_are_taken_out() -> None:
    offer = HEAD + AUDIO + candidate(OUTSIDE) + candidate("10.1.1.1") + candidate(OUTSIDE, transport="tcp") + VIDEO + DATA
    left = offer_check.filtered(offer, Reach("visitor", OUTSIDE))
    assert left.count("a=candidate:") == 1
    assert OUTSIDE in left
    assert "10.1.1.1" not in left


def test_where_none_is_left_the_visitors_own_address_stands_in() -> None:
    offer = HEAD + AUDIO + candidate("10.1.1.1", 4321) + VIDEO + DATA
    left = offer_check.filtered(offer, Reach("visitor", OUTSIDE))
    assert f"{OUTSIDE} 4321 typ host" in left
    assert "10.1.1.1" not in left
    assert left.index("m=audio") < left.index("a=candidate") < left.index("m=video")


def test_names_become_the_address_that_the_offer_came_from() -> None:
    offer = HEAD + AUDIO + candidate("1b9f-3.local") + VIDEO + DATA
    assert f"{OUTSIDE} 5000 typ host" in offer_check.filtered(offer, Reach("visitor", OUTSIDE))


def test_relays_of_the_configuration() -> None:
    urls = ["turn:198.51.100.4:3478?transport=udp", "turns:[2001:db8::1]:5349", "stun:stun.example", "turn:turn.example:3478"]
    assert offer_check.relays(urls, [("turn.example", "203.0.113.77")]) == ("198.51.100.4", "2001:db8::1", "203.0.113.77")
