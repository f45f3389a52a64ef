"""A session with a microphone: loud is voice, words are numbered, and the loop is turned by hand."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame

from talking_head.errors import BackendError
from talking_head.listen.ear import Ear
from talking_head.session.hearing import MicrophoneHearing
from talking_head.session.stages import ListenStages
from talking_head.session.state import SessionState
from talking_head.system.fair_executor import FairExecutor
from talking_head.text import language as languages
from talking_head.text.clauses import ClauseSplitter
from talking_head.types import F32, Transcript
from tests.session.client import WhepClient
from tests.session.conftest import Running
from tests.session.crank import a_session, until
from tests.session.fakes import FakeRecognizer, FakeReply, SineSpeech
from tests.session.microphone import RATE, Ears, a_microphone, speak, wav


async def test_what_is_said_is_answered_like_what_is_typed() -> None:
    reply = FakeReply()
    async with a_session(reply) as (session, crank, log), a_microphone(session) as (hearing, ears):
        await speak(hearing, 2.0, 0.1)
        assert session.state is SessionState.LISTENING
        await speak(hearing, 0.6, 0.0)
        await until(lambda: log.of("turn_end"), crank)
    assert ears.final == ["heard0 heard1 heard2 heard3"]
    assert reply.seen[0][-1].content == ears.final[0]
    partial = [words for words in ears.words if not words[3]]
    assert partial
    assert partial[0][1].startswith("heard0")
    assert session.trace.voice is not None
    assert session.trace.voice < session.trace.text


async def test_silence_and_clicks_say_nothing() -> None:
    async with a_session() as (session, _, log), a_microphone(session) as (hearing, ears):
        for _ in range(5):
            await speak(hearing, 0.04, 0.1)
            await speak(hearing, 0.3, 0.0)
        assert not ears.words
        assert not log.events


async def test_words_cut_the_presenter_and_are_answered() -> None:
    async with a_session(FakeReply(30), SineSpeech(seconds=0.3)) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        async with a_microphone(session) as (hearing, ears):
            await speak(hearing, 2.0, 0.1, crank)
            assert ears.gains[:2] == [pytest.approx(0.12), 0.0]
            await speak(hearing, 0.6, 0.0, crank)
            await until(lambda: session.turn == 2 and ears.gains[-1] == 1.0, crank)
    assert log.of("turn_end")[0][2] == "interrupted"
    assert len(ears.final) == 1


async def test_a_hum_holds_the_presenter_back_for_a_moment_only() -> None:
    speech = SineSpeech(seconds=0.3)
    async with a_session(FakeReply(6), speech) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        for _ in range(5):
            crank.turn()
        async with a_microphone(session, FakeRecognizer("mm hm mm")) as (hearing, ears):
            await speak(hearing, 0.5, 0.1, crank)
            await speak(hearing, 0.5, 0.0, crank)
            await until(lambda: ears.final, crank)
            assert session.playout.held or ears.gains[-1] == 1.0
            await until(lambda: log.of("turn_end"), crank)
            assert ears.gains[0] < 1
            assert ears.gains[-1] == 1.0
    assert ears.final == [""]
    assert log.of("turn_end")[0][1:3] == (1, "done")
    assert log.of("turn_end")[0][3] == "word0 word1 word2. word3 word4 word5."


async def test_what_was_taken_back_is_said_again_and_counted_once() -> None:
    """The presenter is held while sound is on its way: all of it is heard in the end, in order, none of it twice."""
    async with a_session(FakeReply(6), SineSpeech(seconds=0.3)) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING and len(log.of("reply")) == 6, crank)
        for _ in range(4):
            crank.turn()
        heard_before = sum(np.abs(pcm).max() > 0 for pcm in crank.heard)
        session.hold()
        held = [crank.turn() for _ in range(10)]
        lost = sum(np.abs(pcm).max() > 0 for pcm in held)  # whoever sends does not let it be heard
        assert lost == crank.lookahead
        session.release()
        await until(lambda: log.of("turn_end"), crank)
        heard = heard_before + sum(np.abs(pcm).max() > 0 for pcm in crank.heard) - heard_before - lost
    total = 6 * 0.3 * 25
    assert heard == pytest.approx(total, abs=1)
    assert log.of("turn_end")[0][2] == "done"


async def test_without_barge_in_a_voice_waits_for_its_turn() -> None:
    async with a_session(FakeReply(3), SineSpeech(seconds=0.5), barge_in=False) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        async with a_microphone(session, barge_in=False) as (hearing, ears):
            await speak(hearing, 1.5, 0.1, crank)
            await speak(hearing, 0.6, 0.0, crank)
            await until(lambda: len(log.of("turn_end")) == 2, crank)
            assert not ears.gains
    assert [reason for _, _, reason, _ in log.of("turn_end")] == ["done", "done"]


class NeverFinished:
    def finished(self, pcm: F32) -> float:
        return 0.0


async def test_the_face_learns_of_each_pause_once() -> None:
    async with a_session() as (session, crank, _), a_microphone(session, end_of_turn=NeverFinished()) as (hearing, _):
        heeded = list[int]()
        for number, level in enumerate((0.1, 0.0, 0.1, 0.0, 0.1)):
            for _ in range(50 if level else 25):
                await speak(hearing, 0.04 if level else 0.02, level, crank)
                heeded += [number] * bool((cue := crank.line[-1].cue) and cue.paused and cue.activity == "listening")
    assert heeded == [1, 3]


async def test_a_button_that_is_held_ends_what_is_said() -> None:
    async with a_session() as (session, crank, log), a_microphone(session, end_of_turn=NeverFinished()) as (hearing, ears):
        hearing.switch(True, True)
        await speak(hearing, 1.0, 0.1)
        await speak(hearing, 2.0, 0.0)
        await speak(hearing, 0.5, 0.1)
        assert not ears.final
        hearing.switch(False, False)
        await until(lambda: ears.final)
        assert ears.final == ["heard0 heard1 heard2"]
        await until(lambda: log.of("turn_end"), crank)


async def test_a_pressed_button_alone_lets_the_presenter_go_on() -> None:
    async with a_session(FakeReply(6), SineSpeech(seconds=0.3)) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        async with a_microphone(session) as (hearing, ears):
            hearing.switch(True, True)
            assert ears.gains == [0.0]
            await speak(hearing, 0.3, 0.0, crank)
            hearing.switch(False, True)
            await until(lambda: log.of("turn_end"), crank)
            assert ears.gains[-1] == 1.0
    assert log.of("turn_end")[0][2] == "done"


async def test_a_microphone_that_is_off_is_not_listened_to() -> None:
    async with a_session() as (session, _, _log), a_microphone(session) as (hearing, ears):
        hearing.switch(False, False)
        await asyncio.sleep(0.3)
        await speak(hearing, 1.5, 0.1)
        await speak(hearing, 0.6, 0.0)
        assert not ears.words
        hearing.switch(True, False)
        await speak(hearing, 1.0, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: ears.final)
    assert ears.final == ["heard0 heard1"]


class DeadVoice:
    def probability(self, chunk: F32) -> float:
        raise RuntimeError("a bug in the detector")


async def test_an_ear_that_breaks_is_told() -> None:
    async with a_session() as (session, _, _log):
        stages = ListenStages(
            make_ear=lambda: Ear(DeadVoice()),
            ear_executor=FairExecutor("ear"),
            recognizer=FakeRecognizer(),
            recognizer_executor=FairExecutor("listen"),
            end_of_turn=None,
            turn_executor=FairExecutor("turn"),
        )
        ears = Ears()
        hearing = MicrophoneHearing(stages, session, ears)
        await speak(hearing, 0.2, 0.1)
        await until(lambda: ears.errors)
        await hearing.close()
        stages.close()
    assert "type" in ears.errors[0]


class BrokenRecognizer(FakeRecognizer):
    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        raise BackendError("The recogniser failed on purpose.")


async def test_a_recogniser_that_fails_is_told_and_the_presenter_goes_on() -> None:
    async with a_session(FakeReply(6), SineSpeech(seconds=0.3)) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        async with a_microphone(session, BrokenRecognizer()) as (hearing, ears):
            await speak(hearing, 0.6, 0.1, crank)
            await speak(hearing, 0.6, 0.0, crank)
            await until(lambda: log.of("turn_end"), crank)
    assert ears.errors == ["The recogniser failed on purpose."]
    assert ears.gains[-1] == 1.0
    assert log.of("turn_end")[0][2] == "done"


async def test_a_microphone_that_falls_dry_ends_the_sentence() -> None:
    async with a_session() as (session, _, _log), a_microphone(session) as (hearing, ears):
        await speak(hearing, 1.0, 0.1)
        await until(lambda: ears.final)
    assert ears.final == ["heard0 heard1"]


@pytest.mark.parametrize(("text", "reason"), [("Do you like it very much indeed?", "interrupted"), ("I like it.", "done")])
async def test_okay_answers_a_question_and_lets_a_statement_go_on(text: str, reason: str) -> None:
    async with a_session(speech=SineSpeech(seconds=0.4), splitter=ClauseSplitter) as (session, crank, log):
        session.say(text)
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        async with a_microphone(session, FakeRecognizer("okay")) as (hearing, ears):
            await speak(hearing, 0.5, 0.1, crank)
            await speak(hearing, 0.6, 0.0, crank)
            await until(lambda: ears.final and log.of("turn_end"), crank)
    assert log.of("turn_end")[0][2] == reason


class Doubtful(FakeRecognizer):
    """Not sure of its words; ``language``: what it takes them for."""

    def __init__(self, language: str = "", sure: float = 0.0) -> None:
        super().__init__()
        self.language, self.sure = language, sure
        self.may_load = threading.Event()
        self.may_load.set()

    def load(self) -> None:
        assert self.may_load.wait(30)

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        self.load()  # as one that is made at its first word
        heard = super().recognize(pcm, sample_rate)
        return replace(heard, confidence=-1.4, language=self.language, sure=self.sure)


@pytest.mark.parametrize(
    ("recognizer", "detector"),
    [(Doubtful("zh", 0.95), None), (Doubtful(), Doubtful("zh", 0.95))],
    ids=["a recogniser that knows", "one that is asked"],
)
async def test_who_speaks_another_language_is_told_so_in_it(recognizer: Any, detector: Any) -> None:
    async with a_session() as (session, _, log), a_microphone(session, recognizer, detector=detector) as (hearing, ears):
        await speak(hearing, 1.5, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: ears.final)
        assert ears.errors == ["这位主持人只会说英语。"]
        assert ears.final == [""]
        assert session.turn == 0
        assert not log.of("turn_end")


async def test_while_the_model_that_tells_languages_is_loaded_others_are_heard() -> None:
    words, detector = FairExecutor("listen"), Doubtful("zh", 0.95)
    detector.may_load.clear()
    async with (
        a_session() as (session, _, _log),
        a_microphone(session, Doubtful(), detector=detector, recognizer_executor=words) as (hearing, ears),
        a_session() as (another, _, _other_log),
        a_microphone(another, recognizer_executor=words) as (other_hearing, other_ears),
    ):
        for each in (hearing, other_hearing):
            await speak(each, 1.5, 0.1)
            await speak(each, 0.6, 0.0)
        await until(lambda: other_ears.final and another.turn)
        assert not ears.final
        detector.may_load.set()
        await until(lambda: ears.final)
        assert ears.errors == ["这位主持人只会说英语。"]


@pytest.mark.parametrize(
    ("presenter", "spoken", "sentence"),
    [
        ("en", "fr", "Ce présentateur ne parle que l’anglais."),
        ("en", "de", "Diese Person spricht nur Englisch."),
        ("en", "es", "Este presentador solo habla inglés."),
        ("en", "sv", "This presenter speaks English only."),
        ("zh", "en", "This presenter speaks Chinese only."),
        ("zh", "fr", "Ce présentateur ne parle que le chinois."),
    ],
)
async def test_whatever_is_spoken_the_sentence_is_theirs_or_english(presenter: str, spoken: str, sentence: str) -> None:
    heard = Doubtful(spoken, 0.95)
    language = languages.get(presenter)
    async with a_session(language=language) as (session, _, _log), a_microphone(session, heard, language=language) as both:
        hearing, ears = both
        await speak(hearing, 1.5, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: ears.final)
        assert ears.errors == [sentence]
        assert session.turn == 0


@pytest.mark.parametrize(
    ("recognizer", "detector"),
    [(Doubtful("zh", 0.5), None), (Doubtful("en", 0.99), None), (Doubtful(), Doubtful("en", 0.99)), (Doubtful(), None)],
    ids=["not sure", "the presenter's", "the presenter's, asked", "nobody to ask"],
)
async def test_words_that_are_only_doubtful_are_answered(recognizer: Any, detector: Any) -> None:
    async with a_session() as (session, _, _log), a_microphone(session, recognizer, detector=detector) as (hearing, ears):
        await speak(hearing, 1.5, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: ears.final)
        assert ears.errors == []
        assert session.turn == 1


class Voice(AudioStreamTrack):
    """Nothing; from :meth:`speak` on a second of it, a second and a half of a hum, then nothing again."""

    def __init__(self) -> None:
        super().__init__()
        self._sent, self._hum = 0, range(0)

    def speak(self) -> None:
        """Begin: a hum that began by itself was over before a busy server let the second visitor in."""
        self._hum = range(self._sent + 48_000, self._sent + 120_000)

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(0.02)
        start, self._sent = self._sent, self._sent + 960
        loud = start in self._hum
        wave = 0.3 * np.sin(2 * np.pi * 300 * np.arange(start, start + 960) / 48_000) * loud
        frame = AudioFrame.from_ndarray((wave * 32_767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        return frame


async def test_over_the_network(running: Running) -> None:
    voice = Voice()
    async with WhepClient(running.http, microphone=voice) as client:
        hello = await client.wait("hello")
        assert hello["listens"] is True
        assert hello["tone"] is True
        client.send("microphone", active=True)
        voice.speak()
        final = await client.wait("transcript", final=True)
        assert final["text"].startswith("heard0")
        assert any(event["type"] == "transcript" and not event["final"] for event in client.events)
        states = [event["state"] for event in client.events if event["type"] == "state"]
        assert "listening" in states
        await client.wait("turn_end")
        stats = await client.wait("stats", turn=1)
        assert stats["voice_ms"] > 0
        voice.stop()


async def test_recordings_of_programs(running: Running) -> None:
    async with WhepClient(running.http) as client:
        url = f"/sessions/{client.session}/audio"

        async def post(data: bytes, kind: str = "audio/wav") -> Any:
            return await running.http.post(url, content=data, headers={"content-type": kind})

        answer = await post(wav(np.full(RATE, 0.2)))
        assert (answer.status_code, answer.json()) == (202, {"turn": 1, "text": "heard0 heard1", "subdued": False})
        await client.wait("turn_end", turn=1)
        for data, kind, status in (
            (wav(np.zeros(RATE)), "audio/wav", 422),
            (b"no sound at all", "audio/wav", 400),
            (wav(np.zeros(61 * RATE)), "audio/wav", 413),
            (wav(np.full(RATE, 0.2)), "audio/mpeg", 415),
        ):
            refused = await post(data, kind)
            assert refused.status_code == status
            assert refused.json()["error"]["message"]
