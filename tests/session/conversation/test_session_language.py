"""What a voice cannot read is refused or told, and another language is told in that language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pytest

from talking_head.errors import TextError
from talking_head.text import language
from talking_head.text.clauses import ClauseSplitter
from talking_head.types import Message
from tests.session.crank import a_session, until
from tests.session.fakes import FakeReply, SineSpeech


class Says(FakeReply):
    """Answers with ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        yield from self.text


async def test_a_text_in_another_writing_is_refused_at_once() -> None:
    async with a_session() as (session, _, log):
        with pytest.raises(TextError, match="cannot read “你好，世界”"):
            session.say("你好，世界。")
        with pytest.raises(TextError, match="这位主持人只会说英语"):
            session.chat("你好，世界。")
        with pytest.raises(TextError, match="Этот ведущий"):
            session.chat("Привет!")
        assert session.turn == 0
        assert not log.events


async def test_a_part_that_cannot_be_read_is_told_and_the_rest_is_spoken() -> None:
    async with a_session(splitter=ClauseSplitter) as (session, crank, log):
        session.say("Hello. 你好，世界。 How are you?")
        await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end") == [("turn_end", 1, "done", "Hello. … How are you?")]
    assert log.of("error") == [("error", "unread", "This voice reads English; it cannot read “你好，世界”.")]


async def test_an_answer_of_which_nothing_can_be_spoken_is_no_silence() -> None:
    async with a_session(Says("你好。"), splitter=ClauseSplitter) as (session, crank, log):
        session.chat("Say hello in Chinese.")
        await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end")[0][2] == "error"
    assert "你好" in log.of("error")[0][2]


async def test_who_writes_another_language_is_told_once_in_it_and_answered() -> None:
    async with a_session() as (session, crank, log):
        for turn in (1, 2):
            session.chat("¿Cómo estás? Quiero hablar con usted.")
            await until(lambda turn=turn: len(log.of("turn_end")) == turn, crank)  # type: ignore[misc]
    assert log.of("error") == [("error", "language", "Este presentador solo habla inglés.")]


async def test_a_mandarin_session_reads_mandarin() -> None:
    zh = language.get("zh")
    async with a_session(language=zh, splitter=partial(ClauseSplitter, language=zh)) as (session, crank, log):
        session.say("你好，世界。今天是2024年。")
        await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end")[0][3].replace(" ", "") == "你好，世界。今天是2024年。"
    assert [text for _, _, _, text, *_ in log.of("caption")] == ["你好，", "世界。", "今天是2024年。"]


async def test_a_visitors_pronunciations_stand_beside_the_configurations() -> None:
    speech, zh = SineSpeech(), language.get("zh")
    own = {"SQL": "sequel", "HeyGen": "hay jen"}
    async with a_session(speech=speech, splitter=ClauseSplitter, pronunciations=own) as (session, crank, log):
        for turn, words in enumerate(({}, {"HeyGen": "high jen", "GIF": "jif"}, {"GIF": "gift"}), 1):
            session.pronounce(words)
            session.say("HeyGen SQL GIF.")
            await until(lambda turn=turn: len(log.of("turn_end")) == turn, crank)  # type: ignore[misc]
        with pytest.raises(TextError, match="cannot be written"):
            session.pronounce({"a": "\x02b"})
    assert speech.spoken == ["hay jen sequel GIF.", "high jen sequel jif.", "hay jen sequel gift."]
    assert log.of("caption")[0][3] == "HeyGen SQL GIF."

    async with a_session(speech=speech, language=zh, splitter=partial(ClauseSplitter, language=zh)) as (session, crank, log):
        session.pronounce({"重庆": "崇庆"})  # no space stands beside a word
        session.say("我在重庆住。")
        await until(lambda: log.of("turn_end"), crank)
    assert speech.spoken[-1] == "我在崇庆住。"


async def test_a_pause_in_the_text_is_a_silence_without_a_caption() -> None:
    async with a_session(splitter=ClauseSplitter) as (session, crank, log):
        session.say("One. [pause 400 ms] Two.")
        await until(lambda: log.of("turn_end"), crank)
    assert [text for _, _, _, text, *_ in log.of("caption")] == ["One.", "Two."]
    heard = np.abs(np.concatenate(crank.heard)) > 1e-3
    inside = heard[np.flatnonzero(heard)[0] : np.flatnonzero(heard)[-1]]
    assert np.count_nonzero(~inside) > 0.38 * 48_000
