"""The trained predictor: motion net, motion space and performance put together as a ``MotionModel``.

What is said decides the mouth: the phonemes that came with the sound, or what the recogniser hears where nobody said.
Head, gaze, lids, brows and smile come from :mod:`.performance`, which hears the same sound, about a posture from the prior of
a VAE (:mod:`.sway`); both are drawn from the stream's seed. Speech and silence are one process, so there is nothing to switch
and nothing to jump.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from talking_head.audio.mel import MelState, mel_step
from talking_head.errors import MissingModelError, WeightsError
from talking_head.motion.alignment import align
from talking_head.motion.articulation import Articulator
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.performance import performer
from talking_head.motion.performance.expressions import NAMES, shapes
from talking_head.motion.recogniser import Recogniser, StreamState
from talking_head.motion.space import MotionSpace, lip_mask
from talking_head.motion.sway import Sway
from talking_head.motion.tongue import Tongue
from talking_head.motion.visemes import released, shares
from talking_head.types import F32, Aligned, Cue, Manner, Motion, Phoneme

# Smile that an open mouth loses, 1 for an opening of an eye distance: in lively speakers corners sink while lips open (by 0.13
# of the opening); without it every opening is the same broad smile.
_SINKS = 0.85
# How far the upper lip rises beyond what the net says, the lower one with it: in lively speakers it takes a quarter of an
# opening (0.16 to 0.38), a picture showed a tenth to a fifth of ours.
_LIFTS = 0.08
# What a mood's smile keeps on talking lips, the most that it keeps, and how fast they take it off and put it on again, shares
# a frame. Lively people's mouths are 0.009 eye distances wider in speech than shut; with all of a smile ours were 0.04
# (friendly) and 0.08 (happy) wider, so that an "oo" was as wide as the photo and every word a row of teeth. Cheeks and lids go
# on smiling.
_KEPT, _MOST_KEPT = 0.3, 0.08
_TAKES_OFF, _PUTS_ON = 0.25, 0.1
# How fast they then let go of the photo's own smile, a share a frame (two thirds in a third of a second), how much they must
# talk for all of it, and what a mood keeps of it that smiles (times its cube) or holds the corners down itself.
_LETS_GO, _SURELY, _SMILES, _HOLDS_DOWN = 0.25, 1.25, 6.0, 3.0
_TALKS = 0.04  # opening in eye distances that is surely speech
# How far the chin drops, beyond what the net says, for each bit of an opening wider than lips make alone (eye distances). In
# lively speakers the chin hardly goes with narrow openings (slope 0.05) and with wide ones by 0.73 of them; over all, as the
# speeds of both go together, by 0.45 (0.28 to 0.61). With 0.25 here five films had 0.65, and a row outside its band.
_DROPS, _LIPS_ALONE = 0.10, 0.03


@dataclass(slots=True)
class TrainedState:
    """One stream: what recogniser, mouth and performance remember of it; ``window`` f32[W, 2, V]: visemes, oldest first;
    ``talks``: how much its lips have been at it, ``lets_go``: and of how much of the photo's smile they have let go, 0..1."""

    hearing: StreamState
    window: F32
    performer: performer.PerformerState
    mel: MelState = field(default_factory=MelState)
    talks: float = 0.0
    lets_go: float = 0.0


class TrainedMotion:
    """A ``MotionModel``. ``folder``: weights made by ``talking-head train motion`` (default: the shipped ones). ``pauses``
    False: lips stay shut where nothing is said, where people part theirs."""

    def __init__(self, *, folder: str | Path | None = None, pauses: bool = True) -> None:
        if folder is None:
            from talking_head.models import manifest

            folder = manifest.path("motion")
        config, self._space, tensors = read_folder(Path(folder))
        self._recogniser = Recogniser(config, tensors)
        self._sway = Sway.load(Path(folder))
        self._articulate = Articulator(config, tensors, self._space)
        self._tongue = Tongue(config)
        self._pauses = np.float32(pauses)
        self._upper = np.zeros((1, len(self._space.upper)), np.float32)
        sinks = -shapes()[NAMES.index("smile")]
        lips = sinks * np.repeat(lip_mask().ravel(), 3)
        lifts = np.tensordot(self._space.moving(np.array([0, 0, -_LIFTS, 0, 0], np.float32)), self._space.mouth, 1)
        opens = np.float32(_SINKS) * sinks + lifts.ravel()
        self._opened = np.stack([opens, np.float32(_DROPS) * self._space.jaw.ravel(), lips])
        self.lookahead = config.lookahead

    @property
    def space(self) -> MotionSpace:
        """The shapes that the net's numbers stand for."""
        return self._space

    def open(self, *, seed: int, manner: Manner | None = None) -> TrainedState:
        """Start a stream."""
        alive = performer.start(np.random.default_rng(seed), manner or Manner(), sway=self._sway)
        return TrainedState(self._recogniser.start(), self._articulate.start(), alive)

    def step(self, states: Sequence[TrainedState], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        """``pcm`` f32[B, 1920] at 48 kHz → one frame of motion a stream, for the sound given ``lookahead`` steps earlier.

        Raises AudioError for NaN or another shape.
        """
        mel = mel_step([s.mel for s in states], pcm)
        alive = performer.step([s.performer for s in states], mel, pcm, cues, sway=self._sway)
        mouth, tongue = self._mouth(states, mel, cues, self._pauses * alive.parted)
        offsets = self._space.decode(mouth, np.repeat(self._upper, len(states), axis=0), alive.lids, alive.gaze)
        offsets += alive.offsets
        gap = mouth @ self._space.gap
        worn = np.maximum(alive.smile, 0)  # corners that a mood holds down stay down in speech
        talks = _talk(states, gap)
        off = talks * (worn - np.minimum(np.float32(_KEPT) * worn, np.float32(_MOST_KEPT)))
        wide = np.stack([np.maximum(gap, 0), np.maximum(gap - np.float32(_LIPS_ALONE), 0), off], axis=1)
        offsets += (wide @ self._opened).reshape(offsets.shape)
        return Motion(offsets, alive.pose, tongue, _let_go(states, talks, alive.smile))

    def align(self, pcm: F32, sounds: Sequence[Phoneme]) -> Aligned | None:
        """See :class:`talking_head.protocols.Aligns`."""
        return align(sounds, self._recogniser.whole(pcm))

    def _mouth(
        self, states: Sequence[TrainedState], mel: F32, cues: Sequence[Cue | None] | None, parted: F32
    ) -> tuple[F32, F32]:
        """Mouth coefficients f32[B, M], ``parted`` f32[B] in pauses, and the tongue f32[B, 2]. Streams whose phonemes are known
        need no recogniser."""
        windows = np.stack([s.window for s in states])
        windows[:, :-1] = windows[:, 1:]
        said = [None if cue is None else cue.phonemes for cue in cues or [None] * len(states)]
        heard = [row for row, phonemes in enumerate(said) if phonemes is None]
        if heard:
            sound = mel if len(heard) == len(states) else mel[heard]
            windows[heard, -1 - self.lookahead :] = self._recogniser.step([states[row].hearing for row in heard], sound)
        for row, state in enumerate(states):
            phonemes = said[row]
            if phonemes is not None:
                windows[row, -1] = shares(released(phonemes), 2)
            state.window = windows[row]
        known = np.array([phonemes is not None for phonemes in said])
        gain = np.array([s.performer.manner.articulation for s in states], np.float32)
        return self._articulate(windows, known, gain, parted), self._tongue(windows)


def _talk(states: Sequence[TrainedState], gap: F32) -> F32:
    """How much the lips of each stream are talking, f32[B] 0..1, by their ``gap`` f32[B] now and before."""
    now = np.clip(gap / np.float32(_TALKS), 0, 1)
    for state, opened in zip(states, now.tolist(), strict=True):
        state.talks += (_TAKES_OFF if opened > state.talks else _PUTS_ON) * (opened - state.talks)
    return np.array([state.talks for state in states], np.float32)


def _let_go(states: Sequence[TrainedState], talks: F32, smile: F32) -> F32:
    """Of how much of the smile that a photo wears each stream's lips have let go, f32[B] 0..1: the less the more its mood
    smiles, ``smile`` f32[B], or holds the corners down itself; ``talks`` f32[B]: how much they have been talking."""
    for state, talking in zip(states, talks.tolist(), strict=True):
        state.lets_go += _LETS_GO * (min(_SURELY * talking, 1) - state.lets_go)
    share = np.where(smile > 0, 1 - np.float32(_SMILES) * smile**3, 1 + np.float32(_HOLDS_DOWN) * smile)
    return np.asarray(share * np.array([state.lets_go for state in states], np.float32), np.float32)


def read_folder(folder: Path) -> tuple[NetConfig, MotionSpace, dict[str, F32]]:
    """Weights as ``train motion`` writes them: config.json, motion.safetensors, space.safetensors.

    Raises MissingModelError and WeightsError.
    """
    for name in ("config.json", "motion.safetensors", "space.safetensors"):
        if not (folder / name).is_file():
            raise MissingModelError(f"{folder / name} is missing; `talking-head pull` restores the shipped weights.")
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text())
        space = MotionSpace.load(folder / "space.safetensors")
        tensors = {name: value.astype(np.float32) for name, value in load_file(folder / "motion.safetensors").items()}
    except (SafetensorError, ValueError, KeyError) as error:
        raise WeightsError(f"The motion weights in {folder} cannot be read: {error}.") from error
    try:
        net = NetConfig(**config["net"])
    except (KeyError, TypeError) as error:
        raise WeightsError(
            f"{folder / 'config.json'} does not describe a motion net of this version: {error}. Train it again."
        ) from error
    if len(space.mouth) != net.mouth or "known.weight" not in tensors or len(tensors["known.weight"]) != net.mouth:
        raise WeightsError(f"The motion weights in {folder} do not fit their own config.json.")
    return net, space, tensors
