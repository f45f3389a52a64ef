"""Who plays in a film: the models that a configuration names, each made at its first use and kept for the next scene."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path

from talking_head import registry
from talking_head.audio.recital import recite
from talking_head.config import Config
from talking_head.errors import WeightsError
from talking_head.face import avatars
from talking_head.face.portrait import Portrait
from talking_head.film.consent import agreed, voice_agreed
from talking_head.film.narration import Narration, listen, speak, speak_at
from talking_head.film.spec import Scene
from talking_head.film.subtitles import read_srt
from talking_head.film.words import Reader
from talking_head.media_files.pictures import Tell
from talking_head.protocols import Aligns, Animator, Landmarker, MotionModel, Recognizer
from talking_head.speech.voices import Voice, Voices
from talking_head.text import language as languages
from talking_head.types import F32, TICKS_PER_SECOND, Manner, Transcript


class Cast:
    """What :func:`producer.make` needs of ``config``."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._portraits: dict[tuple[str, int], Portrait] = {}

    def portrait(self, name: str, side: int) -> Portrait:
        """The presenter ``name`` ("": the configured one), ``side`` pixels square.

        Raises PhotoError for an unknown one. Whether it may be filmed says :meth:`agreed`.
        """
        ref = name or self.config.avatar.name
        if (ref, side) not in self._portraits:
            landmarker: Landmarker = registry.configured(self.config, "landmarks")
            found = avatars.resolve(ref, landmarker, size=side, folder=self.config.avatar.folder)
            self._portraits = {key: kept for key, kept in self._portraits.items() if key[1] == side}
            self._portraits[ref, side] = found
        return self._portraits[ref, side]

    def agreed(self, name: str) -> str:
        """The SHA-256 of the record by which the presenter ``name`` ("": the configured one) agreed to films.

        Raises ConfigError where there is none, or it was forged, has ended or is for other uses; PhotoError: an unknown name.
        """
        return agreed(name or self.config.avatar.name, self.config, "films")

    def voice_agreed(self, scene: Scene) -> str:
        """The same of a voice of one's own that speaks in ``scene``; "" for other voices and for recordings."""
        return "" if scene.sound else voice_agreed(self._voice(scene), "films")

    def manner(self, scene: Scene) -> Manner:
        """How the presenter of ``scene`` performs in it."""
        ref = scene.presenter or self.config.avatar.name
        return scene.manner(self.config.motion.manner(avatars.mood_of(ref, self.config.avatar.folder)))

    def narrate(self, scene: Scene, sound: Path | None, subtitles: Path | None, *, words: bool, tell: Tell) -> Narration:
        """What is said in ``scene``; ``sound``, ``subtitles``: its files; ``words``: those of a recording are wanted, too.

        Raises TextError, AudioError, ConfigError (voice), WeightsError.
        """
        if sound is not None:
            known = self._recognized if words else None
            return listen(sound, scene.text, self.config.limits, known, tell, self.reader(words))
        if subtitles is not None:
            return speak_at(read_srt(subtitles), lambda text: self.say(text, scene, tell), tell)
        return self.say(scene.text, scene, tell)

    def say(self, text: str, scene: Scene, tell: Tell) -> Narration:
        """``text`` in the voice of ``scene``."""
        voice = self._voice(scene)
        if scene.voice:
            voice.check()
        speaker = self.voices.synthesizer(voice, scene.speed or 1.0)
        return speak(
            text,
            partial(recite, speaker),
            self.config.limits,
            language=languages.get(voice.language),
            pronunciations=self.config.speech.pronunciations,
            tell=tell,
        )

    @property
    def models(self) -> list[str]:
        """Their names, as a manifest says them."""
        return [f"{stage}: {getattr(self.config, stage).backend}" for stage in ("speech", "motion", "animator")]

    def _voice(self, scene: Scene) -> Voice:
        ref = scene.presenter or self.config.avatar.name
        return self.voices.choose(scene.voice, avatars.voice_of(ref, self.config.avatar.folder))

    def reader(self, words: bool) -> Reader | None:
        """What reads a recording along, if its models are here. A service hears it only where its ``words`` are wanted."""
        voice = next((v for v in self.voices.all() if v.language == "en" and v.models and not v.heavy and v.here), None)
        if voice is None or not isinstance(self.motion, Aligns):
            return None
        if not words:
            if self.config.listen.backend != "whisper":
                return None
            try:
                _ = self.recognizer
            except WeightsError:
                return None
        return Reader(self._heard, partial(recite, self.voices.synthesizer(voice, 1.0)), self.motion.align)

    def _heard(self, pcm: F32) -> Transcript:
        return self.recognizer.recognize(pcm, TICKS_PER_SECOND)

    def _recognized(self, pcm: F32) -> str:
        return self.recognizer.transcribe(pcm, TICKS_PER_SECOND)

    @cached_property
    def voices(self) -> Voices:
        """All voices."""
        return Voices(self.config)

    @cached_property
    def motion(self) -> MotionModel:
        """Sound to motion."""
        model: MotionModel = registry.configured(self.config, "motion")
        return model

    @cached_property
    def animator(self) -> Animator:
        """Motion to pictures."""
        model: Animator = registry.configured(self.config, "animator")
        return model

    @cached_property
    def recognizer(self) -> Recognizer:
        """Sound to words."""
        model: Recognizer = registry.configured(self.config, "listen")
        return model
