"""Addresses that a person types: what is not there, or not so, is told in a sentence."""

from __future__ import annotations

import pytest

from tests.session.conftest import ONE_PROCESS, Running

pytestmark = ONE_PROCESS


async def test_what_is_not_there_is_told_in_a_sentence(running: Running) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("GET", "/studio/nothing.js", 404), ("PUT", "/config", 405)):
        answer = await running.http.request(method, path)
        assert answer.status_code == status
        assert "/docs" in answer.json()["error"]["message"]


async def test_a_face_that_is_not_there_has_a_code_that_pages_have_words_for(running: Running) -> None:
    told = (await running.http.get("/avatars/somebody-else")).json()["error"]
    assert told["code"] == "avatar"
    assert "“somebody-else”" in told["message"]


@pytest.mark.parametrize("path", ["/avatars/clara.png", "/docs", "/verify", "/verify/", "/favicon.ico"])
async def test_what_can_be_read_can_be_asked_for_without_its_body(running: Running, path: str) -> None:
    """As programs do that look whether a link leads anywhere."""
    name = running.container.default
    asked, read = [await running.http.request(method, path.replace("clara", name)) for method in ("HEAD", "GET")]
    assert asked.status_code == read.status_code < 400
    assert asked.headers.get("content-type") == read.headers.get("content-type")


@pytest.mark.parametrize("path", ["/verify", "/verify/"])
async def test_the_page_that_asks_a_file_has_a_short_address(running: Running, path: str) -> None:
    answer = await running.http.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, "/verify.html")


async def test_a_page_that_names_no_icon_finds_ours(running: Running) -> None:
    answer = await running.http.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text == (await running.http.get("/icon.svg")).text
