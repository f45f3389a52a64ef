"""What an invisible watermark says, as bits that survive noise: which server and which session a picture or a sound came from.

40 bits (16 name the server, 24 the session) and a check sum of 16 become 256 signs by a convolutional code of rate 1/4 and
constraint length 9 (generators 765, 671, 513, 473: Larsen, "Short convolutional codes with maximal free distance", IEEE Trans.
Inf. Theory 1973), which is decoded softly: what counts is how sure each sign is, and many weak ones make a sure word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from talking_head.types import F32

SERVER_BITS, SESSION_BITS, _CHECK_BITS = 16, 24, 16
_GENERATORS = (0o765, 0o671, 0o513, 0o473)
_MEMORY = 8
_MESSAGE = SERVER_BITS + SESSION_BITS + _CHECK_BITS
SIGNS = (_MESSAGE + _MEMORY) * len(_GENERATORS)  # 256


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was made: ``server`` 0..65 535, ``session`` 0..16 777 215."""

    server: int
    session: int

    def __post_init__(self) -> None:
        if not (0 <= self.server < 1 << SERVER_BITS and 0 <= self.session < 1 << SESSION_BITS):
            raise ValueError(f"server {self.server} has {SERVER_BITS} bits, session {self.session} has {SESSION_BITS}")

    @property
    def text(self) -> str:
        """As people read and write it: ``4f2a-00c3d1``."""
        return f"{self.server:04x}-{self.session:06x}"

    @classmethod
    def of(cls, text: str) -> Origin:
        """What :attr:`text` gave. Raises ValueError for other texts."""
        server, _, session = text.partition("-")
        return cls(int(server, 16), int(session, 16))


def encode(origin: Origin) -> F32:
    """f32[256] of ±1."""
    word = origin.server << SESSION_BITS | origin.session
    message = word << _CHECK_BITS | _check(word)
    bits = [(message >> place) & 1 for place in range(_MESSAGE - 1, -1, -1)] + [0] * _MEMORY
    state, signs = 0, []
    for bit in bits:
        window = bit << _MEMORY | state
        signs += [1 - 2 * ((window & generator).bit_count() & 1) for generator in _GENERATORS]
        state = window >> 1
    return np.array(signs, np.float32)


def decode(soft: F32, server: int | None = None) -> Origin | None:
    """The most likely word for ``soft`` f32[256], the sign and certainty of each; None if its check sum is wrong.

    ``server``: only words of that server are thought of, so that 24 bits are to be found instead of 40. Pure noise
    passes the check once in 65 536 times: whoever decodes also asks how well the word explains what was seen.
    """
    steps = soft.reshape(-1, len(_GENERATORS))
    before, expected = _trellis()
    score = np.full(1 << _MEMORY, -1e9)
    score[0] = 0.0
    came = np.empty((len(steps), 1 << _MEMORY), np.uint8)
    for index, step in enumerate(steps):
        reached = score[before] + expected @ step.astype(np.float64)  # [state, which of its two predecessors]
        came[index] = reached.argmax(1)
        score = reached.max(1)
        if server is not None and index < SERVER_BITS:
            score[_newest() != (server >> (SERVER_BITS - 1 - index) & 1)] = -1e9
    state, message = 0, 0  # the last eight bits are zeros
    for index in range(len(steps) - 1, -1, -1):
        bit = state >> (_MEMORY - 1)
        if index < _MESSAGE:
            message |= bit << (_MESSAGE - 1 - index)
        state = int(before[state, came[index, state]])
    word = message >> _CHECK_BITS
    if _check(word) != message & ((1 << _CHECK_BITS) - 1):
        return None
    return Origin(word >> SESSION_BITS, word & ((1 << SESSION_BITS) - 1))


@cache
def _trellis() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The two predecessors of each state, i64[256, 2], and the four signs on the way from them, f64[256, 2, 4]."""
    states = np.arange(1 << _MEMORY)
    before = np.stack([(states << 1 & 0xFF) | low for low in (0, 1)], axis=1)
    windows = (states >> (_MEMORY - 1))[:, None] << _MEMORY | before
    parity = [[[(int(w) & g).bit_count() & 1 for g in _GENERATORS] for w in row] for row in windows]
    return before, 1.0 - 2.0 * np.array(parity)


@cache
def _newest() -> NDArray[np.int64]:
    """The bit that led to each state, i64[256]."""
    return np.arange(1 << _MEMORY) >> (_MEMORY - 1)


def _check(word: int) -> int:
    """CRC-16/CCITT of the word's five bytes."""
    crc = 0xFFFF
    for byte in word.to_bytes(5):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc
