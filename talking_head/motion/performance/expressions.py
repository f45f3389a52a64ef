"""Seven expressions as landmark offsets, measured on faces, and the face that wears a mixture of them.

Each is a regression of symmetric face-space landmarks on the scores of MediaPipe's expression units, all units at once, so
that what comes with something else is not in it: ``smile`` across 838 photographs, the others within tracks of ten speakers
(``train/motion/expressions.py``). The lips' own opening is taken out of those that move the mouth: no mood keeps it from
closing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from talking_head.types import F32

# 1 of each: a full smile with its cheeks; eyes narrowed by a smile; brows down and together; inner ends of the brows up; lids
# 2 % of the eyes' distance wider; corners of the mouth down; brows 1 % of the eyes' distance up.
NAMES = ("smile", "squint", "lower", "inner", "wide", "frown", "raise")


@cache
def shapes() -> F32:
    """f32[7, 478 · 3] in the order of :data:`NAMES`; unit: distance of the outer eye corners."""
    stored = load_file(Path(__file__).with_name("expressions.safetensors"))
    out = np.stack([stored[name].ravel() for name in NAMES]).astype(np.float32)
    out.setflags(write=False)
    return out
