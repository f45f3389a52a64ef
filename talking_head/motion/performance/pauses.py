"""Lips where nothing is said: parted for the breath before the first word and between two phrases, shut after the last.

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
_READY = 0.85  # of a pause's opening, before the first word
# Seconds from its end in which the last clause falls silent: all is said, and the rest is the voice's own silence. Lips settle
# then, from what a pause would part them to nothing, and are shut 0.44 s after the last loud sound (people: 0 to 0.4): the end
# of a phrase is heard 160 ms after it. Where the sounds are known their last one is seen coming, and lips shut sooner.
_SAID, _SETTLES, _AT_ONCE = 0.7, 0.9, 0.12


def react(strokes: Strokes, scene: Scene) -> None:
    """A phrase has ended, an answer is on its way, or all is said: lips part for a while, or settle."""
    habits = scene.style.habits
    if scene.changed and scene.activity == "thinking":
        _part(strokes, scene.about(_READY * habits.parted, 0.3), _BREATHES, scene.about(_WAITS, 0.2))
    elif scene.ending:
        _part(strokes, scene.about(_SETTLES * habits.parted, 0.3), _AT_ONCE, 0.0)
    elif scene.heard.ends and scene.over:
        return  # they are settling
    elif scene.heard.ends and _said(scene):
        _part(strokes, scene.about(_SETTLES * habits.parted, 0.3), _AT_ONCE, 0.0)
    elif scene.heard.ends:
        _part(strokes, scene.about(habits.parted, 0.3), _OPENS, scene.about(habits.parted_s, 0.3))
    elif scene.changed and scene.before == "speaking" and strokes.target(Channel.PARTED) > 0:
        strokes.go(Channel.PARTED, 0.0, _CLOSES, 60.0)


def _said(scene: Scene) -> bool:
    """Nothing more comes, as far as is known: lips that part again now would look as if more did."""
    return scene.activity != "speaking" or (scene.last and scene.ends_in < _SAID)


def _part(strokes: Strokes, opening: float, seconds: float, rest: float) -> None:
    strokes.go(Channel.PARTED, min(opening, _WIDEST), seconds, rest)


def go_on(strokes: Strokes, channel: int, _: Scene) -> bool:
    """The lips have been parted for long enough. False when ``channel`` is another one."""
    if channel != Channel.PARTED:
        return False
    strokes.go(channel, 0.0, _CLOSES, 60.0)
    return True
