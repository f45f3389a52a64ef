"""Lips where nothing is said: parted for the breath before the first word and between two phrases, slow to close after the
last.

Measured on ten lively speakers, 55 pauses of 0.3 to 1.4 s: their lips are as far apart on the mean as while they speak (median
1.0 of it), often wider for a breath (1.5 and more in a quarter of pauses), after a dip to 0.35 to 0.85. A mouth that shuts
wherever it says nothing follows the loudness whatever it does in speech (r 0.5); within speech ours does not (r 0.1). An answer
of ten seconds with a second of silence on either side is all ends: there it counts most.
"""

from __future__ import annotations

from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes

_OPENS, _CLOSES = 0.25, 0.55  # seconds
_WIDEST = 11.0  # % of the eyes' distance
_BREATHES, _WAITS = 0.4, 1.6  # seconds: lips part for an answer that is being thought of, and close when it does not come
_READY, _LINGERS = 0.85, 0.3  # of a pause's opening before the first word; seconds that lips stay parted after the last


def react(strokes: Strokes, scene: Scene) -> None:
    """A phrase has ended, an answer is on its way, or all is said: lips part for a while."""
    habits = scene.style.habits
    if scene.changed and scene.activity == "thinking":
        _part(strokes, scene.about(_READY * habits.parted, 0.3), _BREATHES, scene.about(_WAITS, 0.2))
    elif scene.heard.ends and scene.activity == "speaking":
        _part(strokes, scene.about(habits.parted, 0.3), _OPENS, scene.about(habits.parted_s, 0.3))
    elif scene.heard.ends or (scene.changed and scene.before == "speaking" and strokes.target(Channel.PARTED) > 0):
        # Where no session says that the turn is over, seconds have passed when the sound does: then they need not stay.
        _part(strokes, _READY * habits.parted, _OPENS, scene.heard.talking * scene.about(_LINGERS, 0.3))


def _part(strokes: Strokes, opening: float, seconds: float, rest: float) -> None:
    strokes.go(Channel.PARTED, min(opening, _WIDEST), seconds, rest)


def go_on(strokes: Strokes, channel: int, _: Scene) -> bool:
    """The lips have been parted for long enough. False when ``channel`` is another one."""
    if channel != Channel.PARTED:
        return False
    strokes.go(channel, 0.0, _CLOSES, 60.0)
    return True
