"""Items → batches: people in turn rather than by how much they filmed, synthetic speech beside them, and silence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from talking_head.motion.netconfig import KNOT
from talking_head.train.motion.augment import vary
from talking_head.train.motion.data import Item
from talking_head.train.motion.loss import Batch
from talking_head.train.motion.tts import SpeechItem
from talking_head.types import F32

FRAMES = 6 * KNOT  # 72 of a clip's 75
_LEAD = 24  # frames of quiet that may be put before a clip


@dataclass(frozen=True, slots=True)
class Mix:
    """How many of a batch's rows come from where."""

    faces: int = 20
    speech: int = 8
    quiet: int = 4


class Batcher:
    """Endless random batches. ``speech`` may be empty: its rows then hold faces."""

    def __init__(
        self, faces: list[Item], speech: list[SpeechItem], quiet: list[F32], *, mix: Mix, lookahead: int, seed: int
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.speech, self.quiet, self.lookahead = speech, quiet, lookahead
        self.mix = mix if speech else Mix(mix.faces + mix.speech, 0, mix.quiet)
        self.groups: dict[str, list[Item]] = {}
        for item in faces:
            self.groups.setdefault(item.person, []).append(item)
        # Between "every person alike" and "every clip alike": people of one clip would be learned by heart, one man
        # would fill it all.
        sizes = np.array([len(group) for group in self.groups.values()], float)
        self.share = sizes**0.4 / (sizes**0.4).sum()
        self.shape = (faces[0].mouth.shape[1], faces[0].pose.shape[1] + faces[0].upper.shape[1])

    def next(self) -> Batch:
        """A batch of mix.faces + mix.speech + mix.quiet rows."""
        names = list(self.groups)
        picks = self.rng.choice(len(names), self.mix.faces, p=self.share)
        rows = [self._face(self.groups[names[i]][self.rng.integers(len(self.groups[names[i]]))]) for i in picks]
        rows += [self._speech(self.speech[self.rng.integers(len(self.speech))]) for _ in range(self.mix.speech)]
        rows += [self._quiet(self.quiet[self.rng.integers(len(self.quiet))]) for _ in range(self.mix.quiet)]
        return collate(rows)

    def _empty(self) -> dict[str, np.ndarray]:
        mouth, live = self.shape
        flat = {name: np.zeros(FRAMES, np.float32) for name in ("talk", "blink", "weight", "shut", "open", "labial", "round")}
        return {
            "mel": np.zeros((FRAMES + self.lookahead, 4, 80), np.float32),
            "mouth": np.zeros((FRAMES, mouth), np.float32),
            "live": np.zeros((FRAMES, live), np.float32),
            "viseme": np.full(FRAMES, -1, np.int64),
            "face": np.zeros((), np.float32),
            "pseudo": np.zeros((), np.float32),
            **flat,
        }

    def _face(self, item: Item) -> dict[str, np.ndarray]:
        length = FRAMES + self.lookahead
        start = int(self.rng.integers(-_LEAD if self.rng.random() < 0.5 else 0, max(1, len(item.mel) - length + 1)))
        live = np.concatenate([item.pose, item.upper], axis=1)
        row = self._empty()
        row["mel"] = vary(_cut(item.mel, start, length, _quiet_like(item.mel)), self.rng)
        row["mouth"] = _cut(item.mouth, start, FRAMES, np.zeros_like(item.mouth[0]))
        row["live"] = _cut(live, start, FRAMES, live[0] if start < 0 else live[-1])
        for name in ("talk", "blink", "weight"):
            row[name] = _cut(getattr(item, name), start, FRAMES, np.zeros((), np.float32))
        row["face"] = np.ones((), np.float32)
        return row

    def _speech(self, item: SpeechItem) -> dict[str, np.ndarray]:
        length = FRAMES + self.lookahead
        start = int(self.rng.integers(-_LEAD, max(1, len(item.mel) - length + 1 + _LEAD)))
        row = self._empty()
        row["mel"] = vary(_cut(item.mel, start, length, _quiet_like(item.mel)), self.rng)
        for name in ("talk", "shut", "open", "labial", "round"):
            row[name] = _cut(getattr(item, name), start, FRAMES, np.zeros((), np.float32))
        row["viseme"] = _cut(item.viseme, start, FRAMES, np.full((), -1, np.int64))
        if item.mouth is not None:
            row["mouth"] = _cut(item.mouth, start, FRAMES, np.zeros_like(item.mouth[0]))
            row["pseudo"] = np.ones((), np.float32)
            row["weight"] = np.ones(FRAMES, np.float32)
        return row

    def _quiet(self, mel: F32) -> dict[str, np.ndarray]:
        length = FRAMES + self.lookahead
        start = int(self.rng.integers(0, max(1, len(mel) - length + 1)))
        row = self._empty()
        row["mel"] = vary(_cut(mel, start, length, mel[0]), self.rng)
        return row


def _cut(values: np.ndarray, start: int, length: int, fill: np.ndarray) -> np.ndarray:
    """``length`` frames from ``start`` on (which may lie before the first), filled up with ``fill``."""
    index = np.arange(start, start + length)
    inside = (index >= 0) & (index < len(values))
    out = np.broadcast_to(fill, (length, *values.shape[1:])).astype(values.dtype)
    out[inside] = values[index[inside]]
    return out


def _quiet_like(mel: F32) -> F32:
    """What this clip sounds like when nobody speaks, f32[4, 80]: its quietest tenth."""
    level = mel.mean(axis=(1, 2))
    quiet: F32 = mel[level <= np.quantile(level, 0.1)].mean(axis=0)
    return quiet


def collate(rows: list[dict[str, np.ndarray]]) -> Batch:
    """Rows of one length → tensors."""
    return Batch(**{name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in rows[0]})


def whole(item: Item, lookahead: int) -> F32:
    """Log-mel of a whole clip for testing, the quiet of its end appended for the look-ahead, f32[T + lookahead, 4, 80]."""
    return np.concatenate([item.mel, np.repeat(_quiet_like(item.mel)[None], lookahead, axis=0)])
