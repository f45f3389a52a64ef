"""Every call that takes a file, with files of every kind, whole and spoilt: a status and a sentence, and nothing that stays.

Which calls those are, the description at /openapi.json says; that it forgets none is a test of its own.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import strategies as st

from tests.fuzz.draw import draw_for, told
from tests.fuzz.files import NAMES, spoilt, whole
from tests.fuzz.served import Served

pytestmark = pytest.mark.timeout(1200)
FORM = "multipart/form-data"
FILMS = ('{"text": "Hello."}', '{"scenes": [{"sound": "a.wav"}]}')
WORDS = (
    "",
    "Ann",
    "ann",
    "yes",
    "live",
    "blur",
    "en",
    "2020-01-01",
    "picture",
    '{"text": "Hello."}',
    '{"scenes": [{"sound": "a.wav"}]}',
)


def forms(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Method and path of each call that takes a form, with its parts."""
    return {
        (method, path): call["requestBody"]["content"][FORM]["schema"]["properties"]
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if FORM in call.get("requestBody", {}).get("content", {})
    }


def reads_a_form(route: APIRoute) -> bool:
    """Whether the code of ``route`` opens the form of its request."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(route.endpoint)))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(called & {"request.form", "_form"})


def undescribed(app: FastAPI) -> list[str]:
    """Calls that read a form and do not say so in the description."""
    described = forms(app.openapi())
    return [
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, APIRoute) and reads_a_form(route)
        for method in route.methods
        if (method.lower(), route.path.replace(":path", "")) not in described
    ]


def test_no_call_that_takes_a_file_is_forgotten(served: Served) -> None:
    assert undescribed(served.app) == []
    assert len(forms(served.app.openapi())) >= 9

    bare = FastAPI()

    @bare.post("/new")
    async def new(request: Any) -> None:
        await request.form()

    assert undescribed(bare) == ["POST /new"]


def test_uploads(served: Served, budget_s: float, caplog: pytest.LogCaptureFixture) -> None:
    calls = forms(served.app.openapi())
    files = st.tuples(st.sampled_from(NAMES), spoilt())
    words = st.sampled_from(WORDS) | st.text(max_size=30)
    statuses: dict[tuple[str, str], set[int]] = {call: set() for call in calls}

    def draft(http: httpx.Client) -> str:
        answer = http.post("/drafts", files={"photo": ("me.png", whole()[0])})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    with served.http() as http:
        now = draft(http)

        def send(call: tuple[str, str], parts: dict[str, tuple[str, bytes]], texts: dict[str, str], raw: bytes | None) -> None:
            nonlocal now
            if http.get(f"/drafts/{now}").status_code != 200:
                now = draft(http)
            path = call[1].format(name="ann", draft=now)
            if raw is not None:
                answer = http.request(call[0], path, content=raw, headers={"content-type": f"{FORM}; boundary=x"})
            else:
                answer = http.request(call[0], path, data=texts, files=parts or {"nothing": ("", b"")})
            statuses[call].add(answer.status_code)
            if answer.status_code not in (429, 503):
                told(answer)

        def draw(share: float) -> None:
            # Each call is met in its own time, so that none is forgotten for want of it.
            for call, parts in calls.items():
                binary = [name for name, part in parts.items() if part.get("format") == "binary"]
                texts = [name for name in parts if name not in binary]
                whichever = st.dictionaries(st.sampled_from([*binary, "a.wav"]), files, min_size=1, max_size=3)
                some = st.dictionaries(st.sampled_from([*texts, "x"]), words, max_size=6)
                example = st.tuples(st.just(call), whichever, some, st.none() | st.binary(max_size=300))
                draw_for(budget_s * share / len(calls), example, lambda each: send(*each), least=3)

        # What the first files take once, and keep, is no leak. Each kind is met, however slow the machine is.
        for call, parts in calls.items():
            for data in whole():
                send(call, {name: ("a", data) for name, part in parts.items() if part.get("format") == "binary"}, {}, None)
        draw(1 / 4)
        with served.unharmed(caplog):
            draw(3 / 4)
    assert all(min(seen, default=599) < 500 for seen in statuses.values()), statuses
