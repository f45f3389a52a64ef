"""How well the server listens: words, ends of turns, false interrupts and barge-in, on sounds made by the project's voices.

Time is counted in samples: the models' own time does not pass (`bench pipeline --voice` measures that). The classes are those
that serve; only the event loop between them is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talking_head.evaluate.listening.recordings import Recording
from talking_head.evaluate.listening.sounds import noise, room
from talking_head.evaluate.speech.words import word_errors
from talking_head.listen.barge_in import BargeIn, Move, is_hum
from talking_head.listen.draft import Draft
from talking_head.listen.ear import Ear
from talking_head.listen.echo import CHUNK
from talking_head.listen.turns import MADE_S, Sign, doubted
from talking_head.protocols import EndOfTurn, Recognizer, VoiceDetector
from talking_head.types import F32, VOICE_RATE

LATE_S = 1.5
NOTICED_S = 0.1  # after which somebody who goes on turns the answer down
OWN_VOICE_DB = -10.0
ECHO_S = 0.2  # from the loudspeaker back into the microphone


@dataclass(frozen=True, slots=True)
class Models:
    """``voice`` makes a detector for one microphone; ``ends`` as in ``ListenStages``."""

    voice: Callable[[], VoiceDetector]
    end_of_turn: EndOfTurn | None
    recognizer: Recognizer
    ends: Callable[[str], float] | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was heard of a turn, the second of its end, and the one before which no answer to it is heard."""

    text: str
    end: float
    opens: float

    @property
    def answered(self) -> float:
        """The second at which a quick machine's answer is heard: who goes on before that was not cut off, both parts become one
        message."""
        return max(self.end + MADE_S, self.opens)


@dataclass(slots=True)
class Heard:
    """What came of one microphone: each utterance, (move, second) of the presenter's sound, and the second of the first partial
    words after each beginning."""

    turns: list[Utterance] = field(default_factory=list)
    moves: list[tuple[Move, float]] = field(default_factory=list)
    first_words_s: list[float] = field(default_factory=list)


def follow(models: Models, mic: F32, presenter: F32 | None = None, echo: F32 | None = None) -> Heard:
    """Listen to ``mic`` f32[n] at 16 kHz. ``presenter`` f32[n]: what is sent meanwhile, as if it never ended. ``echo`` f32[n]:
    what of it comes into the microphone :data:`ECHO_S` later, as long as the presenter is not turned down."""
    ear, policy, heard = Ear(models.voice()), BargeIn(), Heard()
    delay, returned = round(ECHO_S * VOICE_RATE), np.ones(len(mic) + CHUNK, np.float32)
    draft, began, opinion, before = Draft(), 0.0, None, ""
    for start in range(0, len(mic) - CHUNK + 1, CHUNK):
        now = (start + CHUNK) / VOICE_RATE
        signs: list[Sign] = [] if opinion is None else ear.judged(opinion)
        opinion = None
        if presenter is not None:
            gain = {Move.RELEASE: 1.0, Move.DUCK: 0.12}.get(policy.state, 0.0)
            ear.played(presenter[start : start + CHUNK] * np.float32(gain), start)
            returned[start + delay : start + delay + CHUNK] = gain
        chunk = mic[start : start + CHUNK]
        if echo is not None:
            chunk = chunk + echo[start : start + CHUNK] * returned[start : start + CHUNK]
        for sign in signs + ear.push(chunk):
            move: Move | None = None
            if sign is Sign.SUSPECTED:
                move = policy.suspected()
            elif sign is Sign.DROPPED:
                move = policy.dropped()
            elif sign is Sign.BEGAN:
                draft, began, move = Draft(), now, policy.began()
                last = heard.turns[-1] if heard.turns else None
                before = f"{before} {last.text}".strip() if last is not None and now < last.answered else ""
            elif sign is Sign.PAUSED and models.end_of_turn is not None:
                words = models.recognizer.recognize(ear.utterance(), VOICE_RATE).text
                words = f"{before} {words}".strip() if words else ""
                opinion = doubted(models.end_of_turn.finished(ear.utterance()), words, models.ends)
            elif sign is Sign.ENDED:
                said = models.recognizer.recognize(ear.utterance(), VOICE_RATE)
                text = said.text
                move = policy.words(text, ended=True, confidence=said.confidence, seconds=ear.turns.voiced_s)
                policy.over()
                if not is_hum(text) and (presenter is None or move is Move.CUT):
                    heard.turns.append(Utterance(text, now, now + ear.turns.unheard_s))
            _note(heard, move, now, presenter)
        if ear.turns.speaking and not ear.turns.pausing and (hearing := draft.due(ear.utterance())) is not None:
            so_far = draft.heard(hearing, models.recognizer.recognize(hearing.pcm, VOICE_RATE))
            if so_far.text and began:
                heard.first_words_s.append(now - began)
                began = 0.0
            if presenter is not None and policy.state is not Move.RELEASE:
                sure, settled = draft.latest.confidence, so_far.text[: so_far.settled]
                move = policy.words(so_far.text, ended=False, confidence=sure, seconds=ear.turns.voiced_s, settled=settled)
                _note(heard, move, now, presenter)
    return heard


def _note(heard: Heard, move: Move | None, now: float, presenter: F32 | None) -> None:
    if move is not None and presenter is not None:
        heard.moves.append((move, now))


def evaluate(models: Models, recordings: Sequence[Recording], tick: Callable[[int, int], None]) -> dict[str, Any]:
    """Words right, and turns that were ended ``early`` (an answer could be heard before the speaker went on), in a pause and
    ``joined`` again, ``late`` or rightly; what was heard where nobody spoke."""
    errors = words = early = joined = late = ends = false_turns = 0
    delays: list[float] = []
    answers: list[float] = []
    rows: list[dict[str, Any]] = []
    for number, recording in enumerate(recordings):
        heard = follow(models, recording.pcm)
        if not recording.turns:
            false_turns += len(heard.turns)
        else:
            said = " ".join(turn.text for turn in recording.turns)
            wrong, count = word_errors(said, " ".join(each.text for each in heard.turns))
            errors, words, ends = errors + wrong, words + count, ends + len(recording.turns)
            for turn in recording.turns:
                after = [each for each in heard.turns if turn.start < each.end <= turn.end + 3.5]
                for each in (each for each in after if each.end < turn.end - 0.1):
                    resumed = next((start for start in turn.resumes if start > each.end - 0.25), turn.end)
                    cut_off = each.answered < resumed + NOTICED_S
                    joined, early = joined + (not cut_off), early + cut_off
                finished = [each for each in after if each.end >= turn.end - 0.1][:1]
                delays += [each.end - turn.end for each in finished]
                answers += [each.answered - turn.end for each in finished]
                late += not finished or finished[0].end - turn.end > LATE_S
        rows.append({"name": recording.name, "heard": [each.text for each in heard.turns]})
        tick(number + 1, len(recordings))
    return {
        "recordings": len(recordings),
        "words": words,
        "word_error_rate": round(errors / max(1, words), 4),
        "turns": ends,
        "early": early,
        "joined": joined,
        "late": late,
        "end_of_turn_s": _spread(delays),
        "answer_s": _spread(answers),
        "heard_in_noise": false_turns,
        "rows": rows,
    }


def own_voice(models: Models, presenter: F32, minutes: float, tick: Callable[[int, int], None]) -> dict[str, Any]:
    """The presenter's own sound comes back at −10 dB through ten rooms with delays of 60 to 600 ms: how often does it stop?"""
    count = max(1, round(minutes))
    ducks = holds = cuts = 0
    for number in range(count):
        sent = np.resize(np.roll(presenter, -number * 17 * VOICE_RATE), 60 * VOICE_RATE).astype(np.float32)
        delay = round((0.06 + 0.06 * (number % 10)) * VOICE_RATE)
        echo = np.pad(sent, (delay, 0))[: len(sent)] * 10 ** (OWN_VOICE_DB / 20)
        mic = room(echo, (0.4, 1.0, 2.0)[number % 3], number) + noise(60.0, 0.001, number)[: len(sent)]
        moves = [move for move, _ in follow(models, mic.astype(np.float32), sent).moves]
        ducks, holds, cuts = ducks + moves.count(Move.DUCK), holds + moves.count(Move.HOLD), cuts + moves.count(Move.CUT)
        tick(number + 1, count)
    return {"minutes": count, "cuts": cuts, "holds": holds, "ducks": ducks}


def barge_in(models: Models, presenter: F32, visitors: Sequence[F32], tick: Callable[[int, int], None]) -> dict[str, Any]:
    """Visitors speak over the presenter, whose echo is in their microphone as well (−20 dB, as a browser leaves of it): seconds
    from their first sound until it is turned down, silent, and cut."""
    times: dict[Move, list[float]] = {Move.DUCK: [], Move.HOLD: [], Move.CUT: []}
    for number, voice in enumerate(visitors):
        moves, at = over(models, presenter, voice, number)
        for move, seconds in times.items():
            quieter = {Move.DUCK: (Move.DUCK, Move.HOLD)}.get(move, (move,))
            seconds += [second - at for made, second in moves if second > at and made in quieter][:1]
        tick(number + 1, len(visitors))
    return {
        "voices": len(visitors),
        "turned_down_s": _spread(times[Move.DUCK]),
        "silent_s": _spread(times[Move.HOLD]),
        "cut_s": _spread(times[Move.CUT]),
    }


def backchannels(models: Models, presenter: F32, sounds: Sequence[F32]) -> dict[str, Any]:
    """Hums and coughs over the presenter: how many cut it, and of how many that held it back it went on."""
    every = [over(models, presenter, sound, number)[0] for number, sound in enumerate(sounds)]
    held = [moves for moves in every if any(move is Move.HOLD for move, _ in moves)]
    return {
        "sounds": len(sounds),
        "cuts": sum(any(move is Move.CUT for move, _ in moves) for moves in every),
        "held": len(held),
        "went_on": sum(moves[-1][0] is Move.RELEASE for moves in held),
    }


def over(models: Models, presenter: F32, voice: F32, seed: int) -> tuple[list[tuple[Move, float]], float]:
    """What the presenter does while ``voice`` f32[n] sounds over it from the returned second on."""
    sent = np.resize(np.roll(presenter, -seed * 7 * VOICE_RATE), 10 * VOICE_RATE).astype(np.float32)
    echo = room(np.pad(sent, (round(ECHO_S * VOICE_RATE), 0))[: len(sent)] * np.float32(10 ** (-20 / 20)), 1.0, seed)
    at = 4 * VOICE_RATE
    mic = np.zeros(len(sent), np.float32)
    mic[at : at + len(voice)] += voice[: len(mic) - at]
    return follow(models, mic, sent, echo).moves, at / VOICE_RATE


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {
        "p50": round(float(np.percentile(values, 50)), 3),
        "p95": round(float(np.percentile(values, 95)), 3),
        "n": len(values),
    }
