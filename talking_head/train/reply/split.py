"""Chats for training and for testing, so that near-duplicates lie on one side.

Two chats are near-duplicates when they share half of their runs of three words (Broder 1997, "On the resemblance and
containment of documents"; candidates by MinHash in bands). Numbers count as one word; the prompt of the presenter, which many
chats share, does not count. A group of them goes where the hash of its first member says, whatever else is in the file.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from talking_head.train.reply.chats import Chat

TEST_SHARE = 0.07
ALIKE = 0.5
_BANDS, _ROWS = 32, 3  # a pair at 0.5 is found with 98.6 %
_FRAME = re.compile(r".*?<passages>", re.S)  # what goes before every passage


def split(chats: Sequence[Chat], share: float = TEST_SHARE) -> tuple[list[Chat], list[Chat]]:
    """``chats`` for training and those for testing, about ``share`` of them; both in their order."""
    sides: tuple[list[Chat], list[Chat]] = ([], [])
    groups = duplicates(chats)
    keys: dict[int, float] = {}
    for chat, group in zip(chats, groups, strict=True):
        key = keys.setdefault(group, _unit(_said(chat)))
        sides[key < share].append(chat)
    return sides


def lacking(train: Sequence[Chat], test: Sequence[Chat]) -> str:
    """What is missing where one side is empty, in a sentence; "" else."""
    if train and test:
        return ""
    what = "none tests, so nothing will say how well it learns" if train else "all of them test, so none is left to learn from"
    alike = "Chats that share half of their runs of three words lie on one side; write others"
    return f"These chats are too few or too much alike: {what}. {alike}."


def duplicates(chats: Sequence[Chat]) -> list[int]:
    """For each chat the number of its group of near-duplicates: the place of the group's first member."""
    marks = [runs(_said(chat)) for chat in chats]
    signs = np.stack([_signature(r) for r in marks]) if marks else np.zeros((0, _BANDS * _ROWS), np.uint64)
    parent = list(range(len(chats)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for band in range(_BANDS):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for i, sign in enumerate(signs):
            buckets[sign[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(i)
        for members in buckets.values():
            for other in members[1:]:
                a, b = root(members[0]), root(other)
                if a != b and _alike(marks[members[0]], marks[other]):
                    parent[max(a, b)] = min(a, b)
    return [root(i) for i in range(len(chats))]


def plain(text: str) -> list[str]:
    """The words of ``text``, small, without signs; every number is "0"."""
    return re.sub(r"\d+", "0", text.lower().replace("’", "'")).translate(_SIGNS).split()


_SIGNS = str.maketrans(dict.fromkeys(".,;:!?\"'()[]{}<>‹›–—-_*/\\|#“”", " "))


def _said(chat: Chat) -> str:
    skip = 1 if chat.messages[0].role == "system" and "<passages>" not in chat.messages[0].content else 0
    return "\n".join(_FRAME.sub("", message.content) for message in chat.messages[skip:])


def runs(text: str) -> set[int]:
    """The runs of three words in ``text``, as 32-bit hashes."""
    words = plain(text)
    threes = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))}
    return {int.from_bytes(hashlib.blake2b(three.encode(), digest_size=4).digest()) for three in threes}


_PRIME = np.uint64(2**31 - 1)
_RNG = np.random.default_rng(20_231)
_A = _RNG.integers(1, 2**31 - 1, _BANDS * _ROWS, np.uint64)
_B = _RNG.integers(0, 2**31 - 1, _BANDS * _ROWS, np.uint64)


def _signature(marks: set[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    values = np.fromiter(marks, np.uint64, len(marks))
    return np.asarray(((values[:, None] % _PRIME * _A + _B) % _PRIME).min(0))


def _alike(a: set[int], b: set[int]) -> bool:
    return len(a & b) >= ALIKE * len(a | b)


def _unit(text: str) -> float:
    return int.from_bytes(hashlib.sha256(" ".join(plain(text)).encode()).digest()[:8]) / 2**64
