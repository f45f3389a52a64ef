"""Mouth shapes for synthetic speech, learned from real faces: self-training through visemes.

Flags say when lips must meet or part; between those moments a net that knows nothing else of the synthetic voice soon keeps
the mouth shut. So: a net with a viseme head labels the real clips; ridge regression finds which mouth real speakers have for
each run of visemes (coarticulation included: a window of frames); the exact visemes of the synthetic sentences then give each
of them a plausible mouth (after Cohen & Massaro, "Modeling coarticulation in synthetic visual speech", 1993, with fitted
dominance).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from talking_head.motion.net import MotionNet
from talking_head.train.motion.batch import whole
from talking_head.train.motion.data import Item
from talking_head.train.motion.tts import SpeechItem
from talking_head.types import F32

REACH = 4  # frames of visemes on each side that shape a mouth
_RIDGE = 30.0
_LABIAL = 0.02  # lip gap at f and v


def context(visemes: F32) -> F32:
    """Shares of visemes f32[T, V] → windows f32[T, V * (2 REACH + 1) + 1] with a constant; beyond the ends: silence."""
    frames, kinds = visemes.shape
    silence = np.zeros((REACH, kinds), np.float32)
    silence[:, 0] = 1
    padded = np.concatenate([silence, visemes, silence])
    windows = np.stack([padded[i : i + frames] for i in range(2 * REACH + 1)], axis=1).reshape(frames, -1)
    return np.concatenate([windows, np.ones((frames, 1), np.float32)], axis=1)


@torch.inference_mode()
def fit_viseme_map(net: MotionNet, items: list[Item], *, per_person: int = 120) -> tuple[F32, float]:
    """Regression weights f32[features, M] from viseme windows to mouths, and its correlation on the held-out clips (lip gap's
    first coefficient)."""
    device = next(net.parameters()).device
    groups: dict[str, int] = {}
    xtx: np.ndarray | float = 0.0
    xty: np.ndarray | float = 0.0
    tests: list[tuple[F32, F32]] = []
    for item in items:
        groups[item.person] = groups.get(item.person, 0) + 1
        if item.use == "train" and groups[item.person] > per_person:
            continue
        h = net.trunk(torch.from_numpy(whole(item, net.config.lookahead))[None].to(device))
        shares = torch.softmax(net.viseme(h), dim=-1)[0, net.config.lookahead :].cpu().numpy()
        x = context(shares)
        said = (item.talk > 0) & (item.weight > 0)
        if item.use == "train":
            xtx, xty = xtx + x[said].T @ x[said], xty + x[said].T @ item.mouth[said]
        else:
            tests.append((x[said], item.mouth[said]))
    weights = np.linalg.solve(np.asarray(xtx) + _RIDGE * np.eye(len(np.asarray(xtx))), np.asarray(xty)).astype(np.float32)
    scores = [float(np.corrcoef((x @ weights)[:, 0], y[:, 0])[0, 1]) for x, y in tests if len(y) > 10]
    return weights, float(np.mean(scores)) if scores else float("nan")


def add_mouths(speech: list[SpeechItem], weights: F32, visemes: int, gap: F32, *, gain: float = 1.05) -> list[SpeechItem]:
    """``speech`` with made-up mouths; ``gap`` f32[M] as ``MotionSpace.gap``; ``gain`` gives back what a mean loses."""
    out = []
    blur = np.array([0.25, 0.5, 0.25])
    for item in speech:
        exact = np.zeros((len(item.viseme), visemes), np.float32)
        exact[np.arange(len(exact)), item.viseme] = 1
        soft = np.apply_along_axis(lambda column: np.convolve(column, blur, mode="same"), 0, exact).astype(np.float32)
        mouth = gain * (context(soft) @ weights)
        # Where lips must meet they meet, with a frame to come and to go; at f and v the lower lip comes near the teeth. Both by
        # taking opening out along the gap.
        shut = np.clip(np.convolve(item.shut, [0.35, 1.0, 0.35], mode="same"), 0, 1)
        opening = mouth @ gap
        labial = item.labial * np.maximum(opening - _LABIAL, 0)
        surplus = np.maximum(shut * np.maximum(opening, 0), labial) + np.minimum(opening, 0)
        mouth -= surplus[:, None] * gap / float(gap @ gap)
        out.append(replace(item, mouth=(mouth * item.talk[:, None]).astype(np.float32)))
    return out
