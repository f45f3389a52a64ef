"""The predictor with a dozen coefficients: how loud, how bright, how voiced → jaw, width, rounding.

Articulation by rule in the manner of the first audio-driven faces (McAllister et al., "Lip synchronization of speech",
AVSP 1997): the jaw follows the energy of the first formant's region, spread lips follow energy around the second formant
of front vowels, rounding its absence. It stays selectable and is what the trained model is measured against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from talking_head.audio.mel import MELS, MelState, mel_step
from talking_head.motion.performance import performer
from talking_head.motion.space import IRISES
from talking_head.types import F32, Cue, Manner, Motion

LOOKAHEAD = 2  # frames
_EDGES = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8_000 / 700), MELS + 2) / 2595) - 1)
_CENTRES = _EDGES[1:-1]
# Regions of the spectrum, Hz: voice, first formant of open vowels, second formant of back and of front vowels, hiss.
_REGIONS = ((90, 500), (550, 1_000), (850, 1_400), (1_800, 2_900), (3_800, 7_800))
_BANDS = np.stack([((lo <= _CENTRES) & (hi >= _CENTRES)) / ((lo <= _CENTRES) & (hi >= _CENTRES)).sum() for lo, hi in _REGIONS])
_OPEN_MAX = 0.15  # lip gap of a wide open vowel, in eye distances (95th centile of GRID's speakers)
# Slope of lip gap and lip width over the five regions (relative to the speaker’s level) and an offset: least squares
# over GRID clips, with the # spread that a mean-seeking fit loses given back (× 1.7).
_GAP = np.array([-0.24, 0.18, -0.13, 0.12, 0.02, 0.175], np.float32)
_WIDTH = np.array([-0.15, 0.08, -0.065, 0.042, 0.035, 0.034], np.float32)


@dataclass(slots=True)
class BaselineState:
    """One stream: ``shape`` f32[k + 1, 2] the last targets (gap, width), ``loud`` the speaker's level, ``talk`` 0..1."""

    performer: performer.PerformerState
    mel: MelState = field(default_factory=MelState)
    shape: F32 = field(default_factory=lambda: np.zeros((2 * LOOKAHEAD + 1, 2), np.float32))
    loud: float = -0.05
    talk: float = 0.0


class BaselineMotion:
    """A ``MotionModel`` by rule. Silence closes the mouth exactly; the same seed gives the same motion."""

    lookahead = LOOKAHEAD

    def __init__(self) -> None:
        self._basis = load_file(Path(__file__).with_name("basis.safetensors"))
        weights = np.array([0.1, 0.24, 0.32, 0.24, 0.1], np.float32)
        self._smooth = weights / weights.sum()

    def open(self, *, seed: int, manner: Manner | None = None) -> BaselineState:
        """Start a stream."""
        return BaselineState(performer.start(np.random.default_rng(seed), manner or Manner()))

    def step(self, states: Sequence[BaselineState], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        """``pcm`` f32[B, 1920] at 48 kHz → one frame of motion a stream, for the sound given two steps earlier."""
        mel = mel_step([s.mel for s in states], pcm)  # [B, 4, 80]
        shapes = np.stack([s.shape for s in states])
        loud, talk = (np.array([getattr(s, name) for s in states], np.float32) for name in ("loud", "talk"))
        target, loud, talk = articulate(mel, loud, talk)
        shapes = np.concatenate([shapes[:, 1:], target[:, None]], axis=1)
        for row, state in enumerate(states):
            state.shape, state.loud, state.talk = shapes[row], float(loud[row]), float(talk[row])
        clear = np.array([s.performer.manner.articulation for s in states], np.float32)
        gap, width = (shapes * self._smooth[:, None]).sum(1).T * clear
        alive = performer.step([s.performer for s in states], mel, pcm, cues)
        offsets = (
            gap[:, None, None] * self._basis["open"]
            + width[:, None, None] * self._basis["wide"]
            + alive.lids[:, None, None] * self._basis["blink"]
            + alive.offsets
        )
        offsets[:, IRISES, :2] += alive.gaze[:, None]
        return Motion(offsets.astype(np.float32), alive.pose)


def articulate(mel: F32, loud: F32, talk: F32) -> tuple[F32, F32, F32]:
    """One step of the rules. ``mel`` f32[B, 4, 80] → (gap, width change) f32[B, 2], new speaker's level f32[B], talking
    f32[B]."""
    bands = mel @ _BANDS.T.astype(np.float32)  # [B, 4, 5], −1 silent … ~0.5 loud
    voice, first, back, front, hiss = bands.mean(1).T
    level = np.maximum(voice, first)
    loud = np.maximum(level, loud - np.where(level > loud - 0.35, 0.002, 0.0)).clip(-0.45, 0.6)
    talking = ((level - (loud - 0.38)) / 0.12).clip(0, 1)  # 38 hundredths are 30 dB under the loudest vowel
    talk = talk + np.where(talking > talk, 0.35, 0.06) * (talking - talk)
    relative = np.stack([voice, first, back, front, hiss, np.broadcast_to(loud, voice.shape)])
    relative[:5] -= loud
    relative[5] = 1.0
    gap = talking * np.clip(_GAP @ relative, 0, 1.1 * _OPEN_MAX)
    width = talking * np.clip(_WIDTH @ relative, -0.07, 0.06)
    return np.stack([gap, width], axis=1).astype(np.float32), loud.astype(np.float32), talk.astype(np.float32)
