"""The trained predictor: motion net, motion space and performance put together as a ``MotionModel``.

Sound decides the mouth. Head, gaze, lids, brows and smile come from :mod:`.performance`, which hears the same sound and is
drawn from the stream's seed. Speech and silence are one process, so there is nothing to switch and nothing to jump.
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
from talking_head.motion.netconfig import MEET, NetConfig
from talking_head.motion.performance import performer
from talking_head.motion.space import MotionSpace
from talking_head.motion.stream import StreamNet, StreamState
from talking_head.types import F32, Cue, Manner, Motion

# In speech the net is sure (activity 1 at 99 of 100 open-mouthed frames); breath and clicks leave it in doubt: stay shut then.
_SURE = (0.4, 0.8)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measured after training on the training clips: ``pose`` f32[6], ``upper`` f32[U]: gains that give samples the
    clips' spread; ``hazard``: mean logit of a blink's beginning; ``articulation``: gain of the mouth; ``closing``: how far
    the lips go together where the net hears p, b or m (0 for a net that never learned to tell)."""

    pose: F32
    upper: F32
    hazard: float = -3.0
    articulation: float = 1.0
    closing: float = 0.0


@dataclass(slots=True)
class TrainedState:
    """One stream: what the net and the performance remember of it."""

    net: StreamState
    performer: performer.PerformerState
    mel: MelState = field(default_factory=MelState)


class TrainedMotion:
    """A ``MotionModel``. ``folder``: weights made by ``talking-head train motion`` (default: the shipped ones)."""

    def __init__(self, *, folder: str | Path | None = None) -> None:
        if folder is None:
            from talking_head.models import manifest

            folder = manifest.path("motion")
        config, self._space, self._calibration, tensors = read_folder(Path(folder))
        self._net = StreamNet(config, tensors)
        self._gain = np.float32(self._calibration.articulation)
        self._gap = self._space.gap
        self.lookahead = config.lookahead

    @property
    def space(self) -> MotionSpace:
        """The shapes that the net's numbers stand for."""
        return self._space

    def open(self, *, seed: int, manner: Manner | None = None) -> TrainedState:
        """Start a stream."""
        return TrainedState(self._net.start(), performer.start(np.random.default_rng(seed), manner or Manner()))

    def step(self, states: Sequence[TrainedState], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        """``pcm`` f32[B, 1920] at 48 kHz → one frame of motion a stream, for the sound given ``lookahead`` steps earlier.

        Raises AudioError for NaN or another shape.
        """
        mel = mel_step([s.mel for s in states], pcm)
        latent = np.zeros((len(states), self._net.config.latent), np.float32)
        token = self._net.step([s.net for s in states], mel, latent)
        # minimum and maximum: np.clip is a slow wrapper around them.
        sure = np.minimum(np.maximum((token.activity - _SURE[0]) / (_SURE[1] - _SURE[0]), 0), 1)[:, None]
        alive = performer.step([s.performer for s in states], mel, pcm, cues)
        clear = np.array([[s.performer.manner.articulation] for s in states], np.float32)
        mouth = self._meet(token.mouth * (self._gain * clear * sure), token.visemes)
        offsets = self._space.decode(mouth, np.zeros_like(token.live[:, 6:]), alive.lids, alive.gaze)
        offsets += alive.offsets
        return Motion(offsets, alive.pose)

    def _meet(self, mouth: F32, visemes: F32) -> F32:
        """Take as much of the opening out of ``mouth`` f32[B, M] as the net is sure to hear p, b or m.

        A mean over what speakers do is never quite shut there; the viseme head (``visemes`` f32[B, V], logits) knows better.
        """
        if self._calibration.closing == 0:
            return mouth
        share = np.exp(visemes - visemes.max(axis=1, keepdims=True))
        sure = np.minimum(1, self._calibration.closing * share[:, MEET] / share.sum(axis=1))
        surplus = sure * np.maximum(mouth @ self._gap, 0)
        return np.asarray(mouth - surplus[:, None] * self._gap / (self._gap @ self._gap), np.float32)


def read_folder(folder: Path) -> tuple[NetConfig, MotionSpace, Calibration, dict[str, F32]]:
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
        measured = config["calibration"]
        calibration = Calibration(
            np.array(measured["pose"], np.float32),
            np.array(measured["upper"], np.float32),
            float(measured["hazard"]),
            float(measured["articulation"]),
            float(measured.get("closing", 0.0)),
        )
    except (KeyError, TypeError) as error:
        raise WeightsError(f"{folder / 'config.json'} does not describe a motion net: {error}.") from error
    if len(space.mouth) != net.mouth or tensors["mouth2.weight"].shape[0] != net.mouth + 1:
        raise WeightsError(f"The motion weights in {folder} do not fit their own config.json.")
    return net, space, calibration, tensors
