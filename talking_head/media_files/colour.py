"""Colours of videos: HDR (HLG and PQ, BT.2020) to what every screen shows (BT.709 primaries, the curve of sRGB).

Transfer functions: ITU-R BT.2100-2. Diffuse white lies at 203 cd/m² (ITU-R BT.2408-7), or lower where the recording's first
picture stays below: files that were made out of ordinary ones have it at 100. What is brighter is rolled off smoothly on the
largest component, so that a hue stays what it is. Matrix BT.2020 → BT.709: ITU-R BT.2087-0.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from talking_head.types import F32, U8

if TYPE_CHECKING:
    import av

PEAK_NITS = 1000.0  # the display that HLG is graded for, and where a phone's PQ ends
WHITE_NITS = (100.0, 203.0)  # where diffuse white may lie
_KNEE = 0.8  # of diffuse white, linear: below, nothing is changed
_LONGEST = 1920  # pixels a side: no portrait needs more, and the conversion costs a third of a second at that size
_STEPS = 4096  # of the table that puts the curve of the screen on again
_TO_709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]], np.float32
)
_LUMA_2020 = np.array([[0.2627, 0.6780, 0.0593]], np.float32)


class Transfer(IntEnum):
    """The code points of ITU-T H.273 that mean HDR."""

    PQ = 16
    HLG = 18


def hdr(frame: av.VideoFrame) -> Transfer | None:
    """Which HDR curve ``frame`` was recorded with; None for an ordinary picture."""
    code = int(frame.color_trc)
    return Transfer(code) if code in (Transfer.PQ, Transfer.HLG) else None


class ToScreen:
    """Frames of one video to RGB for an ordinary screen. Its first picture says where white lies: the rest keeps to that."""

    def __init__(self) -> None:
        self._white: float | None = None

    def __call__(self, frame: av.VideoFrame) -> U8:
        """A decoded frame as u8[H, W, 3] RGB. HDR pictures are reduced to 1 920 pixels a side."""
        curve = hdr(frame)
        if curve is None:
            return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
        factor = min(1.0, _LONGEST / max(frame.width, frame.height))
        width, height = round(frame.width * factor / 2) * 2, round(frame.height * factor / 2) * 2
        how = "AREA" if factor < 1 else "BILINEAR"
        deep = frame.reformat(width, height, "rgb48le", src_colorspace="BT2020", interpolation=how)
        light = nits(deep.to_ndarray(), curve)
        if self._white is None:
            self._white = float(np.clip(np.percentile(light[::4, ::4].max(axis=2), 99.9), *WHITE_NITS))
        return to_sdr(light, self._white)


def nits(rgb: np.ndarray, curve: Transfer) -> F32:
    """``rgb`` u16[H, W, 3], full range BT.2020 in the signal of ``curve`` → light in cd/m² on a display, f32[H, W, 3]."""
    light: F32 = _linear(curve)[rgb]
    if curve is Transfer.HLG:  # the OOTF of BT.2100: the display's gamma of 1.2 acts on luminance
        scene = cv2.transform(light, _LUMA_2020).reshape(*light.shape[:2], 1)
        light *= PEAK_NITS * np.power(np.maximum(scene, 1e-6), 0.2)
    return light


def to_sdr(light: F32, white: float) -> U8:
    """``light`` in cd/m², BT.2020, f32[H, W, 3] → u8[H, W, 3] sRGB. ``white`` cd/m² becomes 243, what is brighter more."""
    screen = np.maximum(cv2.transform(light, _TO_709 / np.float32(white)), 0)
    most = screen.max(axis=2, keepdims=True)
    screen *= _rolled(most, PEAK_NITS / white) / np.maximum(most, 1e-6)
    index = np.clip(np.sqrt(screen) * (_STEPS - 1) + 0.5, 0, _STEPS - 1).astype(np.uint16)
    return np.asarray(_screen()[index], np.uint8)


@cache
def _linear(curve: Transfer) -> F32:
    """The inverse of the camera's curve for every 16-bit value: HLG to scene light 0..1, PQ to cd/m²."""
    signal = np.arange(65536, dtype=np.float64) / 65535
    if curve is Transfer.HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    else:
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        power = signal ** (1 / m2)
        light = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return light.astype(np.float32)


def _rolled(light: F32, peak: float) -> F32:
    """Extended Reinhard above the knee: ``peak`` becomes 1."""
    most = (peak - _KNEE) / (1 - _KNEE)
    over = np.maximum(light - _KNEE, 0) / np.float32(1 - _KNEE)
    rolled = _KNEE + (1 - _KNEE) * np.minimum(over * (1 + over / most**2) / (1 + over), 1)
    return np.where(light <= _KNEE, light, rolled).astype(np.float32)


@cache
def _screen() -> U8:
    """sRGB's curve for the squares of 4 096 even steps."""
    light = (np.arange(_STEPS) / (_STEPS - 1)) ** 2
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * shown), np.uint8)
