"""A visitor whose voice sounds subdued: the face that listens, and the mood of the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from talking_head.listen.tone.subdued import Habits
from talking_head.persona.mood import answering_mood
from talking_head.session.hearing import MicrophoneHearing
from talking_head.session.session import Session
from talking_head.types import F32, Speech
from tests.session.client import WhepClient
from tests.session.conftest import Running
from tests.session.crank import Crank, a_session, until
from tests.session.fakes import FakeRecognizer
from tests.session.microphone import RATE, a_microphone, wav
from tests.voices import voice

ORDINARY: list[dict[str, Any]] = [{"hertz": 180.0 + 6 * n, "swing": 4.0 + 0.4 * n, "level": 0.3, "seed": n} for n in range(3)]
# Pauses that do not end a turn.
SUBDUED: dict[str, Any] = {"seconds": 4.5, "hertz": 155.0, "swing": 0.8, "level": 0.16, "pause": 0.16}


def moods_of(session: Session) -> list[str]:
    """What is put into the playout from now on says its mood here."""
    moods, put = list[str](), session.playout.put

    def listed(speech: Speech) -> bool:
        moods.append(speech.span.mood)
        return put(speech)

    session.playout.put = listed  # type: ignore[method-assign]
    return moods


async def play(hearing: MicrophoneHearing, pcm: F32, crank: Crank) -> list[str]:
    """Speak ``pcm`` in packets of 20 ms and be silent for 0.6 s; the moods of the listening face meanwhile."""
    faces = list[str]()
    whole = np.concatenate([pcm, np.zeros(RATE * 6 // 10, np.float32)])
    for number, start in enumerate(range(0, len(whole) - 319, 320)):
        hearing.push(whole[start : start + 320])
        if number % 2 == 0:
            crank.turn()
            cue = crank.line[-1].cue
            faces.append(cue.mood if cue is not None and cue.activity == "listening" else "")
        await asyncio.sleep(0.003)
    return faces


async def test_who_sounds_subdued_is_listened_to_softly_and_answered_in_sympathy() -> None:
    words = FakeRecognizer("so the bus came late again and then I walked all of the way " * 9)
    async with (
        a_session(mood_of=answering_mood) as (session, crank, log),
        a_microphone(session, words, habits=Habits()) as (hearing, ears),
    ):
        moods, faces = moods_of(session), list[list[str]]()
        for number, sound in enumerate([*ORDINARY, SUBDUED, ORDINARY[0]], 1):
            faces.append(await play(hearing, voice(**sound), crank))
            await until(lambda number=number: len(log.of("turn_end")) == number, crank)  # type: ignore[misc]
            faces[-1].append("|".join(sorted(set(moods))))
            moods.clear()
    assert [face[-1] for face in faces] == ["", "", "", "sympathetic", ""]
    assert ["sympathetic" in face[:-1] for face in faces] == [False, False, False, True, False]
    assert session.playout.mood == ""
    assert not ears.errors


async def test_where_nobody_asks_a_voice_changes_nothing() -> None:
    async with a_session(mood_of=answering_mood) as (session, crank, log), a_microphone(session) as (hearing, _):
        moods = moods_of(session)
        for number, sound in enumerate([*ORDINARY[:2], SUBDUED], 1):
            assert set(await play(hearing, voice(**sound), crank)) == {""}
            await until(lambda number=number: len(log.of("turn_end")) == number, crank)  # type: ignore[misc]
    assert set(moods) == {""}


async def test_recordings_that_a_program_sends_are_answered_as_they_sound(running: Running) -> None:
    async with WhepClient(running.http) as client:
        peer = running.server.peers[client.session]
        moods = moods_of(peer.session)

        async def told(sound: dict[str, Any], turn: int) -> tuple[bool, set[str]]:
            moods.clear()
            url, kind = f"/sessions/{client.session}/audio", {"content-type": "audio/wav"}
            answer = await running.http.post(url, content=wav(voice(**sound)), headers=kind)
            assert answer.status_code == 202
            await client.wait("turn_end", turn=turn)
            return answer.json()["subdued"], set(moods)

        answers = [await told(sound, turn) for turn, sound in enumerate([*ORDINARY, SUBDUED, ORDINARY[1]], 1)]
    usual = answers[0][1]
    assert "sympathetic" not in usual
    assert answers == [(False, usual)] * 3 + [(True, {"sympathetic"}), (False, usual)]


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("What time is it?", "sympathetic"),
        ("I won the lottery!", "excited"),
        ("My order never arrived and I want a refund.", "serious"),
        ("I am lonely.", "sympathetic"),
        ("Thank you, that was lovely.", ""),
    ],
)
def test_words_go_before_the_voice(text: str, mood: str) -> None:
    assert answering_mood(text, subdued=True) == mood
