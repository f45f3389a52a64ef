"""What a presenter knows, over HTTP: added with progress, listed, asked, removed; and what may not be done."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from talking_head.face import avatars
from talking_head.knowledge import documents
from talking_head.knowledge.library import Library
from talking_head.server.presenter import additions as waiting
from tests.session.conftest import ONE_PROCESS, Running
from tests.unit.knowledge.test_knowledge import HANDBOOK, Bags

pytestmark = ONE_PROCESS

PERSONA = '+++\nname = "Anna"\nstrict = true\nsubjects = "boats"\n+++\n'
PRICE = "What does a sailing boat cost?"


@pytest.fixture
def anna(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A presenter's folder, on a server that knows by bags of words."""
    monkeypatch.setenv("TALKING_HEAD_HOME", str(tmp_path))
    folder = avatars.user_folder() / "anna"
    (folder / "knowledge").mkdir(parents=True)
    (folder / "portrait.png").write_bytes(b"no picture is needed here")
    (folder / "avatar.toml").write_text('title = "Anna"\n')
    (folder / "persona.md").write_text(PERSONA)
    running.container.presenters.library = Library(Bags)
    return folder


async def known(running: Running) -> dict[str, Any]:
    """The list, once nothing is being read any more."""
    for _ in range(200):
        listed: dict[str, Any] = (await running.http.get("/avatars/anna/knowledge")).json()
        if all(each["problem"] for each in listed["reading"]):
            return listed
        await asyncio.sleep(0.02)
    raise AssertionError("still reading")


async def test_added_listed_asked_and_removed(running: Running, anna: Path) -> None:
    http = running.http
    assert (await http.get("/avatars/anna/knowledge")).json()["documents"] == []
    answer = await http.post("/avatars/anna/knowledge", files={"file": ("../boats.md", HANDBOOK.encode())})
    assert answer.status_code == 202, answer.text
    assert answer.json()["name"] == "boats.md"
    listed = await known(running)
    assert [(d["name"], d["title"], d["passages"], d["own"]) for d in listed["documents"]] == [("boats.md", "Boats", 3, False)]
    assert listed["reading"] == []
    assert listed["limit"]["bytes"] == documents.MAX_BYTES
    found = (await http.post("/avatars/anna/knowledge/ask", json={"text": PRICE})).json()
    assert found["answered"]
    assert "twenty euros" in found["answer"]
    assert found["hits"][0]["heading"] == "Boats › Prices"
    assert (await http.delete("/avatars/anna/knowledge/boats.md")).status_code == 204
    assert (await http.delete("/avatars/anna/knowledge/boats.md")).status_code == 404
    assert (await known(running))["documents"] == []


async def test_a_session_knows_what_was_added_after_it_began(running: Running, anna: Path) -> None:
    brief = running.container.stages_for("anna").brief
    assert brief is not None
    assert not (await asyncio.to_thread(brief, PRICE)).sources
    await running.http.post("/avatars/anna/knowledge", files={"file": ("boats.md", HANDBOOK.encode())})
    await known(running)
    assert "twenty euros" in (await asyncio.to_thread(brief, PRICE)).text


async def test_an_edited_folder_counts_from_the_next_message_on(running: Running, anna: Path) -> None:
    brief = running.container.stages_for("anna").brief
    assert brief is not None
    assert not (await asyncio.to_thread(brief, PRICE)).sources
    (anna / "knowledge" / "boats.md").write_text(HANDBOOK)
    await asyncio.to_thread(running.container.presenters.refresh)  # as the server does every two seconds
    assert "twenty euros" in (await asyncio.to_thread(brief, PRICE)).text
    (anna / "knowledge" / "boats.md").write_text(HANDBOOK.replace("twenty", "thirty"))
    (anna / "persona.md").write_text(PERSONA.replace('subjects = "boats"', 'subjects = "sails"'))
    os.utime(anna / "persona.md", ns=(1, 1))
    await asyncio.to_thread(running.container.presenters.refresh)  # as the server does every two seconds
    assert running.container.presenters.refresh() == []
    assert "thirty euros" in (await asyncio.to_thread(brief, PRICE)).text
    assert "sails" in (await asyncio.to_thread(brief, "Who wrote Hamlet?")).text
    assert (await running.http.delete("/avatars/anna/knowledge/knowledge/boats.md")).status_code == 403


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("boats.exe", b"MZ", 415),
        ("boats.md", b"", 422),
        ("x" * 130 + ".md", b"text", 422),
        ("boats.md", b"x" * (documents.MAX_BYTES + 1), 413),
    ],
)
async def test_what_cannot_be_added_is_a_sentence(running: Running, anna: Path, name: str, data: bytes, status: int) -> None:
    answer = await running.http.post("/avatars/anna/knowledge", files={"file": (name, data)})
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"].endswith(".")


async def test_a_document_that_turns_out_unreadable_is_told_in_the_list(running: Running, anna: Path) -> None:
    await running.http.post("/avatars/anna/knowledge", files={"file": ("boats.pdf", b"no pdf")})
    (failed,) = (await known(running))["reading"]
    assert failed["name"] == "boats.pdf"
    assert "PDF" in failed["problem"]
    assert (await running.http.delete("/avatars/anna/knowledge/boats.pdf")).status_code == 204
    assert (await known(running))["reading"] == []


async def test_no_more_documents_than_can_wait(running: Running, anna: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "WAITING", 0)
    answer = await running.http.post("/avatars/anna/knowledge", files={"file": ("boats.md", b"text")})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["error"]["message"].endswith(".")


async def test_faces_without_a_folder_and_empty_questions(running: Running, anna: Path) -> None:
    assert (await running.http.get("/avatars/nobody/knowledge")).status_code == 404
    assert (await running.http.post("/avatars/anna/knowledge", data={"file": "words"})).status_code == 422
    assert (await running.http.post("/avatars/anna/knowledge/ask", json={"text": "  "})).status_code == 422
    assert (await running.http.post("/avatars/anna/knowledge/ask", json={"text": "x" * 600})).status_code == 413
