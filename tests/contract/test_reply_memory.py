"""The default reply model itself: which runtime it gets, what each keeps of chats, and for how long."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from talking_head import registry
from talking_head.errors import BackendError, UnknownPartError, WeightsError
from talking_head.reply import prefix_cache
from talking_head.reply.ctranslate2 import CTranslate2Reply
from talking_head.reply.openvino.reply import CHUNK, OpenVINOReply
from talking_head.types import Message
from tests.contract.test_reply import CHAT, LONGER


def test_what_runs_on_a_cpu_is_chosen_by_what_is_asked_for(models: Path, tmp_path: Path) -> None:
    assert isinstance(registry.build("reply", "auto", device="cpu"), OpenVINOReply)
    for options in ({"precision": "float32"}, {"compute_type": "int8"}):
        assert isinstance(registry.build("reply", "auto", device="cpu", parallel=1, **options), CTranslate2Reply)
    with pytest.raises(WeightsError, match="cannot be loaded"):
        registry.build("reply", "auto", device="cpu", model=str(tmp_path))
    with pytest.raises(UnknownPartError, match="loudness"):
        registry.build("reply", "auto", device="cpu", loudness=3)


def test_where_openvino_fails_ctranslate2_takes_its_place(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise BackendError("This CPU is too old.")

    monkeypatch.setattr("talking_head.reply.openvino.reply.OpenVinoNet", fails)
    assert isinstance(registry.build("reply", "auto", device="cpu", parallel=1), CTranslate2Reply)
    with pytest.raises(BackendError, match="too old"):
        registry.build("reply", "openvino")


def test_the_next_question_alone_is_read(models: Path) -> None:
    backend = registry.build("reply", "openvino", max_tokens=30, temperature=0.0, parallel=1)
    backend.prepare(LONGER[:3])
    backend.settle()
    before = backend.kept.tokens
    assert before > 30
    answer = "".join(backend.stream(LONGER))
    assert answer.strip()
    grown = backend.kept.tokens
    assert before < grown < 2 * before  # it went on from what was read
    backend.prepare([*LONGER, Message("assistant", answer)])
    backend.settle()
    assert grown < backend.kept.tokens < grown + 8  # the end of the answer, and how a question begins


def test_what_openvino_keeps_of_chats_stays_within_its_budget(models: Path) -> None:
    backend = registry.build("reply", "openvino", max_tokens=3, keep_tokens=150, parallel=1)
    for number in range(6):
        chat = [CHAT[0], Message("user", f"This is question number {number}. " + "Please go on. " * 10)]
        backend.prepare(chat)
        backend.settle()
        assert 0 < backend.kept.tokens <= 150
        assert "".join(backend.stream([*chat, Message("assistant", "So."), Message("user", "Well?")])).strip()


def test_a_prompt_of_many_chunks_and_none_kept(models: Path) -> None:
    backend = registry.build("reply", "openvino", max_tokens=20, temperature=0.0, keep_tokens=0, parallel=1)
    filler = "The garden is quiet and the tea is warm. " * 20
    chat = [*CHAT[:1], Message("user", filler + "What is the capital of France?")]
    assert backend.count_tokens(filler) > 2 * CHUNK
    assert "".join(backend.stream(chat)).strip()
    assert backend.kept.tokens == 0


# CTranslate2


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
