"""Whatever comes in, there is a status and a sentence: no 5xx, no traceback, nothing that stays.

Each test draws for its share of ``--fuzz-seconds``; what fails is shrunk and printed by hypothesis.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies as st

from talking_head.errors import InputError, TextError
from talking_head.text.clauses import LONGEST_SPOKEN, ClauseSplitter, check, check_spoken, split
from talking_head.types import TextSpan
from talking_head.webrtc import events
from talking_head.webrtc.offers import check as offer_check
from tests.fuzz.draw import draw_for, told
from tests.fuzz.served import Served
from tests.session.client import browsers_offer
from tests.unit.webrtc.offers.test_check import candidate

pytestmark = pytest.mark.timeout(1200)


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def _as_it_is(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def refusal(call: Callable[[], object], kind: type[Exception]) -> str:
    """The sentence with which ``call`` is refused; empty where it is not."""
    try:
        call()
    except kind as error:
        return str(error)
    return ""


def test_calls_of_the_description(served: Served, budget_s: float, caplog: pytest.LogCaptureFixture) -> None:
    with served.http() as http:
        assert http.get("/docs").status_code == 200
        document = http.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    calls = [found.ok() for found in schema.get_all_operations()]
    assert {"/whep", "/avatars", "/sessions/{session}/say", "/auth/tokens"} <= {call.path for call in calls}
    with served.unharmed(caplog):
        for call in calls:

            def send(case: Any) -> None:
                case.headers = {**(case.headers or {}), "Host": served.url.removeprefix("http://")}
                try:
                    answer = case.call(base_url=served.url, timeout=60)
                except (ValueError, UnicodeError, TypeError, OSError):
                    return  # the client itself cannot send this
                assert answer.status_code < 500 or answer.status_code == 503, f"{case.method} {case.path}: {answer.text}"

            draw_for(budget_s / len(calls), call.as_strategy(), send)


@st.composite
def spoilt(draw: st.DrawFn, good: str) -> str:
    """The offer of a browser, spoilt in a few places."""
    lines = (good + candidate("127.0.0.1") * draw(st.integers(0, 3))).split("\r\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("drop", "twice", "cut", "noise", "number", "value", "other", "swap"))):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "noise":
                lines[at] += draw(st.text(max_size=20))
            case "number":
                number = str(draw(st.integers(-1, 70_000) | st.just(2**64)))
                lines[at] = re.sub(r"\d+", number, lines[at], count=draw(st.integers(1, 3)))
            case "value":
                lines[at] = lines[at].partition(":")[0] + ":" + draw(st.text(max_size=20) | st.sampled_from(VALUES))
            case "other":
                lines[at] = draw(st.sampled_from(LINES))
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    return "\r\n".join(lines)


VALUES = ("active", "passive", "actpass", "holdconn", "sha-256 00", "sha-1 AB:CD", "0", "96 VP8/90000", "96 apt=97", "*", "1 2")
LINES = (
    *("a=mid:x", "m=video 9 X 0", "a=sendonly", "a=inactive", "a=rtpmap:96 VP8/90000", "a=rtpmap:111 opus/8000/9"),
    *("a=fmtp:96 x", "a=fingerprint:sha-256 00", "a=ice-ufrag:x", "a=ice-lite", "a=ice-options:trickle", "a=bundle-only"),
    *("a=extmap:15 urn:x", "a=ssrc:1 cname:x", "a=ssrc-group:FID 1 2", "a=rtcp:9 IN IP6 ::", "a=sctp-port:0", "a=crypto:1 x y"),
    *(
        "a=max-message-size:0",
        "a=simulcast:send 1",
        "a=rid:1 send",
        "a=rtcp-fb:* nack",
        "c=IN IP4 127.0.0.1",
        "b=AS:0",
        "a=group:LS 0",
    ),
)


def test_offers(served: Served, budget_s: float, caplog: pytest.LogCaptureFixture) -> None:
    good = asyncio.run_coroutine_threadsafe(browsers_offer(), served.loop).result(60)
    opened = refused = 0
    with served.http() as http:

        def send(offer: str) -> None:
            nonlocal opened, refused
            answer = http.post("/whep", content=offer.encode("utf-8", "replace"), headers={"content-type": "application/sdp"})
            if answer.status_code == 201:
                opened += 1
                fragment = "a=mid:0\r\n" + candidate("127.0.0.1")
                told(http.patch(answer.headers["location"], content=fragment))
                assert http.delete(answer.headers["location"]).status_code == 200
            elif answer.status_code != 503:
                refused += 1
                told(answer)

        send(good)
        assert opened == 1
        draw_for(budget_s / 4, spoilt(good), send)  # what the first sessions take once, and keep, is no leak
        with served.unharmed(caplog):
            draw_for(budget_s * 3 / 4, spoilt(good), send)
    assert opened > 5  # they reach the connection
    assert refused > 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
EVENTS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200),
    JSON.map(json.dumps),
    st.fixed_dictionaries(
        {"type": st.sampled_from(("chat", "say", "typing", "ping", "stats", "bye", "interrupt", "perform", "x"))},
        optional={"text": JSON, "t": JSON, "active": JSON, "fps": JSON, "mood": JSON},
    ).map(json.dumps),
    st.fixed_dictionaries({"type": st.sampled_from(("chat", "say")), "text": st.text(max_size=200)}).map(json.dumps),
    st.fixed_dictionaries({"type": st.sampled_from(("typing", "microphone", "record")), "active": st.booleans()}).map(
        json.dumps
    ),
    st.fixed_dictionaries({"type": st.just("memory"), "token": st.text(max_size=120)}).map(json.dumps),
    st.fixed_dictionaries(
        {"type": st.just("pronounce"), "words": st.dictionaries(st.text(max_size=61), st.text(max_size=61), max_size=4)}
    ).map(json.dumps),
    st.fixed_dictionaries(
        {
            "type": st.just("perform"),
            "mood": st.sampled_from(("neutral", "happy", "sad", "x")),
            "expressiveness": st.floats(),
            "articulation": st.floats(),
        }
    ).map(json.dumps),
    st.fixed_dictionaries(
        {"type": st.just("stats")},
        optional={
            "fps": st.floats(),
            "bitrate_kbps": st.floats(),
            "frames_decoded": st.integers(),
            "packets_lost": st.integers(),
        },
    ).map(json.dumps),
    st.fixed_dictionaries({"type": st.just("ping"), "t": st.floats()}).map(json.dumps),
    st.integers(1, 70_000).map(lambda depth: "[" * depth),
)


def test_events(budget_s: float) -> None:
    def read(message: str | bytes) -> None:
        refused = refusal(lambda: events.parse_client(message), InputError)
        assert refused == "" or refused.endswith(".")
        assert "pydantic" not in refused

    assert draw_for(budget_s, EVENTS, read) > 10


def test_events_of_a_session(served: Served, budget_s: float, caplog: pytest.LogCaptureFixture) -> None:
    offer = asyncio.run_coroutine_threadsafe(browsers_offer(), served.loop).result(60)
    taken = 0
    with served.http() as http:

        def send(message: str | bytes) -> None:
            nonlocal taken
            if not served.server.peers:  # the last one said good-bye
                answer = http.post("/whep", content=offer, headers={"content-type": "application/sdp"})
                assert answer.status_code in (201, 503), answer.text

            async def hand_over() -> int:
                peers = list(served.server.peers.values())
                for peer in peers:
                    peer.received(message)
                return len(peers)

            taken += asyncio.run_coroutine_threadsafe(hand_over(), served.loop).result(60)

        draw_for(budget_s / 4, EVENTS, send)  # what the first session takes once, and keeps, is no leak
        with served.unharmed(caplog):
            draw_for(budget_s * 3 / 4, EVENTS, send)
        assert taken > 10


def test_texts(budget_s: float) -> None:
    texts = st.text(max_size=400) | st.lists(
        st.sampled_from(("12:30", "$5.99", "1,234,567", "**bold**", "[x](y)", "<b>", "`code`", "😀", "\n\n", "| a | b |"))
        | st.text(max_size=8),
        max_size=60,
    ).map(" ".join)  # fmt: skip

    def read(text: str) -> None:
        spans: list[TextSpan] = []

        def take() -> None:
            check_spoken(check(text, 4000), ClauseSplitter(0), 4000)
            spans.extend(split(text.strip()))

        if refused := refusal(take, TextError):
            assert refused.endswith((".", "…"))
            return
        kept = text.strip()
        assert max(len(span.spoken) for span in spans) <= 2 * LONGEST_SPOKEN
        pieces = ClauseSplitter(0)
        again = [span for character in kept for span in pieces.push(character)] + pieces.flush()
        assert [span.spoken for span in again] == [span.spoken for span in spans]

    assert draw_for(budget_s, texts, read) > 10


def test_the_suite_notices_a_failure() -> None:
    def never(number: int) -> None:
        assert number < 3

    with pytest.raises(AssertionError):
        draw_for(5, st.integers(0, 10), never)
    with pytest.raises(InputError):
        offer_check.check("v=0")
