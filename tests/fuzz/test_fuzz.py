"""Whatever comes in, there is a status and a sentence: no 5xx, no traceback, nothing that stays.

Each test draws for its share of ``--fuzz-seconds``; what fails is shrunk and printed by hypothesis.
"""

from __future__ import annotations

import asyncio
import json
import string
import time
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from talking_head.errors import InputError, TextError
from talking_head.text.clauses import LONGEST_SPOKEN, ClauseSplitter, check, check_spoken, split
from talking_head.types import TextSpan
from talking_head.webrtc import events, offer_check
from tests.fuzz.served import Served
from tests.session.client import browsers_offer
from tests.unit.webrtc.test_offer_check import GOOD, candidate

pytestmark = pytest.mark.timeout(1200)


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def _as_it_is(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


TELLING = (400, 401, 403, 404, 405, 406, 409, 411, 413, 415, 421, 422, 429, 431)


def draw_for(seconds: float, strategy: st.SearchStrategy[Any], check_one: Callable[[Any], None]) -> int:
    """Check examples of ``strategy`` for so long; how many there were."""
    deadline, count = time.monotonic() + seconds, 0

    @settings(
        max_examples=100_000,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(example: Any) -> None:
        nonlocal count
        if time.monotonic() > deadline:
            raise _TimeIsUp
        check_one(example)
        count += 1

    try:
        one()
    except _TimeIsUp:
        pass
    except BaseExceptionGroup as group:  # hypothesis shows what failed beside the end of the time
        rest = group.split(_TimeIsUp)[1]
        if rest is not None:
            raise rest from None
    return count


class _TimeIsUp(Exception):
    """The budget is spent."""


def refusal(call: Callable[[], object], kind: type[Exception]) -> str:
    """The sentence with which ``call`` is refused; empty where it is not."""
    try:
        call()
    except kind as error:
        return str(error)
    return ""


def told(answer: Any) -> None:
    """A refusal is one of ours: a status that says what was wrong, and a sentence."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.status_code in TELLING, answer.status_code
        message = answer.json()["error"]["message"]
        assert message
        assert "Traceback" not in message
        assert "pydantic" not in message


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
def offers(draw: st.DrawFn) -> str:
    """A good offer, spoilt in a few places."""
    lines = (GOOD + candidate("127.0.0.1") * draw(st.integers(0, 3))).split("\r\n")
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("drop", "twice", "cut", "noise", "other", "swap"))):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "noise":
                lines[at] += draw(st.text(max_size=20))
            case "other":
                names = (
                    "a=mid:x",
                    "m=video 9 X 0",
                    "a=sendonly",
                    "a=rtpmap:96 VP8/90000",
                    "a=fingerprint:sha-256 00",
                    "a=ice-ufrag:x",
                )
                lines[at] = draw(st.sampled_from(names))
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    return "\r\n".join(lines)


def test_offers(served: Served, budget_s: float, caplog: pytest.LogCaptureFixture) -> None:
    with served.unharmed(caplog), served.http() as http:

        def send(offer: str) -> None:
            answer = http.post("/whep", content=offer.encode("utf-8", "replace"), headers={"content-type": "application/sdp"})
            if answer.status_code == 201:
                assert http.delete(answer.headers["location"]).status_code == 200
            elif answer.status_code != 503:
                told(answer)

        assert draw_for(budget_s, offers(), send) > 10


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


def test_uploads(served: Served, budget_s: float, caplog: pytest.LogCaptureFixture) -> None:
    starts = (
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"BM",
        b"II*\x00",
        b"%PDF",
    )
    photos = st.tuples(st.sampled_from(starts), st.binary(max_size=2000)).map(b"".join)
    names = st.text(string.printable, max_size=30)
    with served.unharmed(caplog), served.http() as http:

        def send(form: tuple[bytes, str, bytes]) -> None:
            photo, name, rest = form
            told(http.post("/avatars", files={"photo": ("x", photo)}, data={"name": name}))
            told(http.post("/avatars", content=rest, headers={"content-type": "multipart/form-data; boundary=x"}))

        assert draw_for(budget_s, st.tuples(photos, names, st.binary(max_size=500)), send) > 10


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
