"""What all sessions share, built once from the configuration: models on their executors, the inference loop, the faces."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from talking_head import device, folders, registry
from talking_head.config import Config
from talking_head.errors import ConfigError
from talking_head.face import avatars
from talking_head.loop import AudioChunk, InferenceLoop, MediaFrame, Slot
from talking_head.memory import store as memories
from talking_head.protocols import Animator, Brief, CallsTools, Landmarker, MotionModel
from talking_head.server import admission
from talking_head.server.listening import listening
from talking_head.server.presenter.additions import Additions
from talking_head.server.presenter.faces import Face, Faces
from talking_head.server.presenter.presenters import Presenters, mood_to_answer
from talking_head.server.presenter.prompting import system_prompt
from talking_head.server.presenter.remembering import SHARE, RememberingBrief
from talking_head.server.presenter.using_tools import ToolUsingReply
from talking_head.session.stages import MakeSplitter, Stages
from talking_head.speech.voices import Voice, Voices
from talking_head.system.fair_executor import FairExecutor
from talking_head.system.thread_names import name_all, name_thread
from talking_head.text import language as languages
from talking_head.text.clauses import ClauseSplitter
from talking_head.types import FRAME_TICKS, Manner, Message

log = logging.getLogger(__name__)

# Politeness of the models towards the picture, on Linux: reply writes ahead of the voice, the voice ahead of the mouth.
# A heavy voice (seconds of a core a clause) goes behind them, in an executor of its own: nobody waits for one of its clauses.
REPLY_NICE, SPEECH_NICE, FACE_NICE, HEAVY_SPEECH_NICE = 3, 1, 10, 6


class AppContainer:
    """What all sessions share. Construction loads the models (seconds; MissingModelError says how to fetch them);
    :meth:`start` warms up and runs.

    May be used from any thread.
    """

    def __init__(
        self, config: Config, build: Callable[[Config, str], Any] = registry.live, splitter: MakeSplitter = ClauseSplitter
    ) -> None:
        """``build(config, stage)`` makes the parts (tests give their own)."""
        self.config = config
        self.awaited = self.behind = False  # somebody waits for words or voice, pictures are late: what can wait should
        self.reply_executor = FairExecutor("reply", nice=REPLY_NICE, hang_s=120)
        self.speech_executor = FairExecutor("speech", nice=SPEECH_NICE, hang_s=60)
        self.heavy_speech_executor = FairExecutor("heavy-speech", nice=HEAVY_SPEECH_NICE, hang_s=60)
        self._face_executor = FairExecutor("face", nice=FACE_NICE, hang_s=60)
        self.animator: Animator = build(config, "animator")  # loads in the background from now on
        # One after the other: packages that are imported on two threads at once have deadlocked and failed here.
        # The reply model first: its workers warm up by themselves meanwhile. Made on its executor, they inherit its priority.
        reply = self.reply_executor.submit("build", partial(_build_reply, build, config)).result()
        self.motion: MotionModel = build(config, "motion")
        landmarker: Landmarker = build(config, "landmarks")
        self.voices = Voices(config, build)
        self.voice = voice = self.voices.choose("", avatars.voice_of(config.avatar.name, config.avatar.folder))
        self.voices.load(voice)  # here a missing model is told
        speech = self.voices.synthesizer(voice)
        self.stages = Stages(
            reply=reply,
            reply_executor=self.reply_executor,
            speech=speech,
            speech_executor=self.executor_of(voice),
            splitter=splitter if splitter is not ClauseSplitter else self._splitter(voice.language),
            language=languages.get(voice.language),
            pronunciations=config.speech.pronunciations,
            system_prompt=config.reply.system_prompt,
            history_tokens=config.reply.history_tokens,
            max_chars=config.limits.text_chars,
            max_pieces=config.limits.reply_tokens,
            turn_timeout_s=config.session.turn_timeout_s,
            barge_in=config.session.barge_in,
            mood_of=mood_to_answer,
            calm=lambda: not self.awaited,
        )
        self.listen = listening(config, build, self.stages.language, lambda: not (self.awaited or self.behind), reply)
        self.loop = InferenceLoop(
            self.motion,
            self.animator,
            capacity=device.capacity(device.resolve(config.device.name), config.loop.capacity),
            overload=config.loop.when_full,
        )
        self.animator.wait()  # here a missing model is told
        self.faces = Faces(config, landmarker, self.animator, self._face_executor)
        self.default = self.faces.default
        self.presenters = Presenters(config)
        self.memory = _memory(config)
        self.additions = Additions(lambda name: self.presenters.library.store(name), self.presenters.forget)

    # Presenters

    def forget(self, name: str) -> None:
        """The folder of ``name`` has changed: its face and what is known of it are made anew for the next session."""
        self.faces.forget(name)
        self.presenters.forget(name)

    def remove_avatar(self, name: str) -> None:
        """Delete an avatar that was stored. Raises PhotoError for an unknown one, ConfigError for one that may not go."""
        if name == self.default:
            raise ConfigError(f"“{name}” is the face that this server starts with; it cannot be removed while it runs.")
        avatars.remove(name)
        self.additions.drop(name)
        self.presenters.library.forget(name)
        if self.memory is not None:
            self.memory.forget_presenter(name)
        else:
            memories.forget_presenter(folders.home() / memories.FILE, name)  # kept while the memory was on
        self.faces.drop(name)
        self.presenters.forget(name)

    def stages_for(self, name: str, voice: str = "", speed: float = 1.0) -> Stages:
        """What answers and speaks in a session that wears the face ``name``: its own voice, or the one called ``voice``.

        May wait for a disk: not for the event loop. Raises ConfigError for an unknown voice, MissingModelError for one whose
        models are not here.
        """
        name = name or self.default
        stages = self._spoken(name, voice, speed)
        presenter = self.presenters.get(name)
        stages = replace(stages, brief=self.presenters.brief(name))
        if presenter.tools and isinstance(stages.reply, CallsTools):
            stages = replace(stages, reply=ToolUsingReply(stages.reply, presenter.tools))
        prompt = system_prompt(presenter.persona, self.config.reply, stages.language, stages.reply.count_tokens)
        return stages if prompt == stages.system_prompt else replace(stages, system_prompt=prompt)

    def voice_of(self, name: str, voice: str = "") -> Voice:
        """What speaks for the face ``name``: its own voice, or the one called ``voice``. Raises ConfigError: there is none."""
        return self.voices.choose(voice, avatars.voice_of(name or self.default, self.config.avatar.folder))

    def executor_of(self, voice: Voice) -> FairExecutor:
        """Where ``voice`` is at work."""
        return self.heavy_speech_executor if voice.heavy else self.speech_executor

    def remembers(self, name: str) -> bool:
        """Whether the presenter ``name`` may keep what a visitor allows."""
        persona = self.presenters.get(name).persona if self.memory is not None else None
        return persona is not None and persona.facts.memory

    def brief_for(self, stages: Stages, name: str, visitor: str) -> Brief | None:
        """``stages.brief`` of the presenter ``name``, that knows ``visitor`` (an id); None where nobody is known."""
        if self.memory is None or stages.brief is None:
            return None
        fits = round(SHARE * stages.history_tokens)
        return RememberingBrief(stages.brief, self.memory, visitor, name, fits=fits, count_tokens=stages.reply.count_tokens)

    def _spoken(self, name: str, voice: str, speed: float) -> Stages:
        """The stages with the voice that speaks."""
        chosen = self.voice_of(name, voice)
        if voice:
            chosen.check()
        self.voices.load(chosen)  # here, where nobody else's voice waits for it
        if chosen == self.voice and speed == 1.0:
            return self.stages
        return replace(
            self.stages,
            speech=self.voices.synthesizer(chosen, speed),
            speech_executor=self.executor_of(chosen),
            splitter=self._splitter(chosen.language),
            language=languages.get(chosen.language),
        )

    def _splitter(self, language: str) -> MakeSplitter:
        return partial(ClauseSplitter, language=languages.get(language), pronunciations=self.config.speech.pronunciations)

    # Life

    def start(self, media_ms: admission.MediaCost | None = None) -> None:
        """Warm every model up, so that the first answer is as fast as the tenth, measure the capacity, start the loop.

        ``media_ms``: what sending costs, for the capacity.
        """
        stages, config = self.stages, self.config
        messages = [Message("system", config.reply.system_prompt), Message("user", "Hello, who are you?")]

        def write() -> None:
            pieces = stages.reply.stream(messages)
            for count, _ in enumerate(pieces):
                if count >= 12:
                    break
            pieces.close()

        def speak() -> None:
            for _ in stages.speech.synthesize("Hello, I am here."):
                pass

        warm = [self.reply_executor.submit("warm", write), stages.speech_executor.submit("warm", speak)]
        self.presenters.get(self.default)  # with what tells meanings apart, which the first visitor would wait for
        face = self.faces.get()
        state = self.motion.open(seed=0)
        for _ in range(10):
            motion = self.motion.step([state], np.zeros((1, FRAME_TICKS), np.float32))
            self.animator.render([face.avatar], face.portrait.place(motion))
        for job in warm:
            job.result()
        if not config.loop.capacity:
            self.loop.capacity = admission.measure(self, face, media_ms).sessions
        self.loop.start()
        name_all()

    def manner(self, name: str) -> Manner:
        """How the face ``name`` performs until it is asked for something else: as configured, in its avatar's own mood."""
        return self.config.motion.manner(avatars.mood_of(name, self.config.avatar.folder))

    def join(
        self,
        face: Face,
        source: Callable[[], AudioChunk],
        deliver: Callable[[MediaFrame], None],
        failed: Callable[[Exception], None],
    ) -> Slot:
        """A slot in the loop for a session. Raises CapacityError when full."""
        seed = self.config.motion.seed
        return self.loop.join(
            face.avatar,
            face.portrait,
            source,
            deliver,
            seed=random.getrandbits(31) if seed < 0 else seed,
            manner=self.manner(face.portrait.name),
            failed=failed,
        )

    def close(self) -> None:
        """Stop the loop and the executors."""
        self.loop.stop()
        self.additions.close()
        self.presenters.close()
        if self.memory is not None:
            self.memory.close()
        self.animator.close()
        for executor in (self.reply_executor, self.speech_executor, self.heavy_speech_executor, self._face_executor):
            executor.close()
        if self.listen is not None:
            self.listen.close()


def _memory(config: Config) -> memories.MemoryStore | None:
    """Where it is kept what visitors allow; None where nothing is."""
    wanted = config.memory
    if not wanted.enabled:
        return None
    return memories.MemoryStore(folders.home() / memories.FILE, items=wanted.items, visitors=wanted.visitors, days=wanted.days)


def _build_reply(build: Callable[[Config, str], Any], config: Config) -> Any:
    name_thread("reply")
    return build(config, "reply")
