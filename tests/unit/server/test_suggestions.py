"""What the pages propose to ask first: the shipped presenters have an answer to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from talking_head import registry
from talking_head.config import Config
from talking_head.gradio_ui.live import PROMPTS
from talking_head.persona.doubt import DOUBTED, OF_ITSELF
from talking_head.protocols import ReplyGenerator
from talking_head.server.presenter.presenters import Presenters
from talking_head.session.briefed import briefed
from talking_head.types import Message
from tests.paths import ROOT

CHIP = re.compile(r'<button type="button" class="chip"[^>]*>([^<]+)</button>')


def proposed() -> tuple[str, ...]:
    return tuple(CHIP.findall((ROOT / "web" / "index.html").read_text("utf-8")))


def test_both_pages_propose_the_same() -> None:
    assert proposed() == PROMPTS


@pytest.fixture(scope="module")
def reply(models: Path) -> ReplyGenerator:
    built: ReplyGenerator = registry.build("reply", "auto", device="cpu", max_tokens=60, temperature=0.0)
    return built


@pytest.mark.models
@pytest.mark.parametrize("name", ["clara", "mei", "marcus", "david"])
def test_nobody_says_that_it_does_not_know_what_was_proposed(reply: ReplyGenerator, name: str) -> None:
    presenters = Presenters(Config())
    try:
        presenter = presenters.get(name)
        assert presenter.persona is not None
        for text in proposed():
            told = presenter(text)
            messages = [Message("system", presenter.persona.prompt(100, reply.count_tokens)), Message("user", text)]
            answer = told.text or "".join(briefed(reply, messages, told))
            assert answer
            assert answer not in (*DOUBTED, *OF_ITSELF)
            assert "I don't know" not in answer
    finally:
        presenters.close()
