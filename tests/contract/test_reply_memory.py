"""What the default reply model keeps of chats, and for how long: with the real model."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from talking_head import registry
from talking_head.reply import prefix_cache
from talking_head.types import Message
from tests.contract.test_reply import CHAT, LONGER


def test_what_is_kept_stays_within_its_budget(models: Path) -> None:
    backend = registry.build("reply", "ctranslate2", max_tokens=3, keep_tokens=150, parallel=1)
    for number in range(8):
        chat = [CHAT[0], Message("user", f"This is question number {number}. " + "Please go on. " * 10)]
        backend.prepare(chat)
        backend.prefix_cache.settle()
        assert 0 < backend.prefix_cache.kept_tokens <= 150
        assert "".join(backend.stream([*chat, Message("assistant", "So."), Message("user", "Well?")])).strip()
    assert backend.prefix_cache.generation > 0


def test_an_answer_nobody_has_heard_yet_does_not_keep_the_old_generator(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefix_cache, "OLD_GOES_S", 600.0)
    backend = registry.build("reply", "ctranslate2", temperature=0, max_tokens=60, keep_tokens=150, parallel=1)
    told = "".join(backend.stream(LONGER))
    backend.prepare([CHAT[0], Message("user", "This is the first question. " + "Please go on. " * 15)])
    backend.prefix_cache.settle()
    answer = backend.stream(LONGER)
    heard = next(piece for piece in answer if piece)
    backend.prepare([CHAT[0], Message("user", "This is the second question. " + "Please go on. " * 15)])
    settling = threading.Thread(target=backend.prefix_cache.settle, daemon=True)
    settling.start()
    settling.join(60)
    assert not settling.is_alive()
    assert backend.prefix_cache.generation == 1
    assert heard + "".join(answer) == told
