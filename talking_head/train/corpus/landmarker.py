"""The face detector that preparing uses. A module function, so that it can be sent to worker processes."""

from __future__ import annotations

from talking_head import registry
from talking_head.protocols import Landmarker


def make_landmarker() -> Landmarker:
    """MediaPipe's, on which all training data rests."""
    landmarker: Landmarker = registry.build("landmarks", "mediapipe")
    return landmarker
