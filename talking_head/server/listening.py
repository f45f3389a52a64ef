"""What hears visitors, made from ``[listen]`` of the configuration."""

from __future__ import annotations

import io
import logging
import threading
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from fastapi import Request

from talking_head.audio.pcm import resample
from talking_head.config import Config
from talking_head.errors import AudioError, WeightsError
from talking_head.listen.ear import Ear
from talking_head.listen.recognizers import Recognizers
from talking_head.listen.tone.prosody import Prosody
from talking_head.protocols import EndOfTurn, KnowsEnds
from talking_head.server import http
from talking_head.session.stages import ListenStages
from talking_head.session.steps import step
from talking_head.system.fair_executor import FairExecutor
from talking_head.system.scheduling import BETWEEN_NICE, be_nice
from talking_head.system.thread_names import name_thread
from talking_head.text.language import Language
from talking_head.types import F32, VOICE_RATE

log = logging.getLogger(__name__)

# A voice must be noticed at once (1 ms a chunk, most of it with the interpreter's lock). What is being said may not hold the
# picture up, but goes before the replies, one of which is begun while it is judged whether that was all.
EAR_NICE, LISTEN_NICE = BETWEEN_NICE, -2
RECORDING_S = 60.0  # of one recording that a program sends: nobody's microphone waits longer for it than some seconds
RECORDING_BYTES = 24 << 20


class Listening:
    """What hears the visitors of one server, each in the language of their presenter. Made by :func:`listening`."""

    def __init__(self, stages: ListenStages, recognizers: Recognizers, language: Language, reply: object) -> None:
        self._stages, self._recognizers, self._reply = stages, recognizers, reply
        self._made = {language.code: stages}
        self._lock = threading.Lock()

    def of(self, language: Language) -> ListenStages | None:
        """What hears ``language``; None, with a word in the log, where its models are not on this machine.

        Loads them at the first call: not for the event loop, and not on the executor where others are heard.
        """
        with self._lock:
            if language.code not in self._made:
                try:
                    self._recognizers.load(language)
                except WeightsError as error:
                    log.warning("%s is not heard: %s", language.name, error)
                    return None
                self._made[language.code] = self._for(language)
            return self._made[language.code]

    def _for(self, language: Language) -> ListenStages:
        recognizer = self._recognizers.of(language)
        ends = _ends(self._reply, language)
        detector = self._recognizers.detector(language)
        return replace(self._stages, recognizer=recognizer, language=language, detector=detector, ends=ends)

    def close(self) -> None:
        """Stop the executors."""
        self._stages.close()


def listening(
    config: Config,
    build: Callable[[Config, str], Any],
    language: Language,
    calm: Callable[[], bool] = lambda: True,
    reply: object = None,
) -> Listening | None:
    """The models on executors of their own; None where ``listen.enabled`` is false; ``calm`` as in ``ListenStages``. Raises
    MissingModelError. ``reply``: what answers, and may know half a message from a whole one.

    ``build(config, stage)`` makes the parts; the recogniser of ``language`` at once, others when they are spoken to, each on a
    thread of its own from which those that it starts inherit priority and name. Close the stages when they are not needed.
    """
    wanted = config.listen
    if not wanted.enabled:
        return None
    ears = FairExecutor("ear", nice=EAR_NICE, limit=2, hang_s=10)
    words = FairExecutor("listen", nice=LISTEN_NICE, hang_s=60)

    recognizers = Recognizers(config, partial(_apart, build))
    recognizer = recognizers.load(language)
    if wanted.backend == "whisper":  # a service is asked when somebody speaks
        words.submit("warm", lambda: recognizer.recognize(np.full(VOICE_RATE, 1e-3, np.float32), VOICE_RATE))
    end_of_turn: EndOfTurn | None = None
    if wanted.end_of_turn != "silence":
        end_of_turn = build(config, "end_of_turn")
    build(config, "voice")  # a missing model is told now
    ends = _ends(reply, language)
    if ends is not None:
        words.submit("warm", partial(ends, "Hello"))  # its first call looks through all words that it knows
    stages = ListenStages(
        make_ear=lambda: Ear(build(config, "voice")),
        ear_executor=ears,
        recognizer=recognizer,
        recognizer_executor=words,
        end_of_turn=end_of_turn,
        turn_executor=words,  # one worker for all that can wait: two at once make the picture late, and it waits for the words
        language=language,
        detector=recognizers.detector(language),
        calm=calm,
        ends=ends,
        tone=wanted.tone,
    )
    return Listening(stages, recognizers, language, reply)


def _apart(build: Callable[[Config, str], Any], config: Config, stage: str) -> Any:
    """``build(config, stage)`` as the executor of words would do it, but beside it: others are heard meanwhile."""
    with ThreadPoolExecutor(1, initializer=_as_words) as one:
        return one.submit(build, config, stage).result()


def _as_words() -> None:
    name_thread("listen")
    be_nice(LISTEN_NICE)


def _ends(reply: object, language: Language) -> Callable[[str], float] | None:
    """What ``reply`` knows of where messages in ``language`` end. English alone: the limit was taken there."""
    return reply.ends if isinstance(reply, KnowsEnds) and language.code == "en" else None


async def spoken(stages: ListenStages | None, request: Request, session: str) -> tuple[str, Prosody | None]:
    """What is said in the WAV file that a program sends, and how it sounds (None where nobody asks, or no voice is found).
    Raises Refused (403, 413, 415, 422) and AudioError."""
    if stages is None:
        raise http.Refused(403, "This server does not listen (listen.enabled is false in its configuration).")
    if request.headers.get("content-type", "").partition(";")[0].strip() not in ("audio/wav", "audio/x-wav", "audio/wave"):
        raise http.Refused(415, "Post a WAV file (16-bit PCM) as audio/wav.")
    pcm, rate = read_wav(await http.read_body(request, RECORDING_BYTES))
    if len(pcm) > RECORDING_S * rate:
        raise http.Refused(413, f"This recording lasts {len(pcm) / rate:.0f} s; at most {RECORDING_S:.0f} s are taken at once.")
    heard = await step(stages.recognizer_executor, session, lambda: stages.recognizer.recognize(pcm, rate))
    if not heard.text:
        raise http.Refused(422, "There are no words in this recording, or none that were understood.")
    if not stages.tone:
        return heard.text, None
    # On the executor of words, not of ears: a minute takes half a second, and others' voices must be noticed at once.
    return heard.text, await step(stages.recognizer_executor, session, lambda: _prosody(stages.make_ear(), pcm, rate))


def _prosody(ear: Ear, pcm: F32, rate: int) -> Prosody | None:
    ear.turns.held = True  # one utterance, whatever pauses are in it
    ear.push(resample(pcm, rate, VOICE_RATE))
    ear.finish()
    return ear.prosody


def read_wav(data: bytes) -> tuple[F32, int]:
    """Mono f32[n] in −1..1 and the sample rate of a 16-bit PCM file of one or more channels. Raises AudioError."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            body = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError) as error:
        raise AudioError(f"This is no WAV file that can be read ({error}); send 16-bit PCM.") from error
    if width != 2 or not 8_000 <= rate <= 192_000 or not 1 <= channels <= 8:
        raise AudioError(f"This WAV file has {8 * width} bits, {channels} channels, {rate} Hz; send 16-bit PCM, 8 to 192 kHz.")
    samples = np.frombuffer(body[: len(body) // (2 * channels) * 2 * channels], "<i2").reshape(-1, channels)
    return samples.mean(axis=1, dtype=np.float32) / np.float32(32_768), rate
