"""Lips in a pause: they stay parted between two phrases, for the breath and the next word, and close when nothing follows.

Measured on ten lively speakers: in pauses of 0.2 to 1 s their lips are as far apart on the mean as while they speak (0.9 to 1.1
of it), after a dip to 0.35 to 0.85. A mouth that shuts in every pause follows the loudness whatever it does in speech (r 0.5);
within speech ours does not (r 0.1).
"""

from __future__ import annotations

from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes

_OPENS, _CLOSES, _OVER = 0.25, 0.55, 0.3  # seconds; the last where the turn is known to be over


def react(strokes: Strokes, scene: Scene) -> None:
    """A phrase has ended: lips part for a while. Or the turn is over: they close."""
    if scene.changed and scene.activity != "speaking":
        if strokes.target(Channel.PARTED) > 0:
            strokes.go(Channel.PARTED, 0.0, _OVER, 60.0)
    elif scene.heard.ends and scene.activity == "speaking":
        habits = scene.style.habits
        strokes.go(Channel.PARTED, min(scene.about(habits.parted, 0.35), 9.0), _OPENS, scene.about(habits.parted_s, 0.3))


def go_on(strokes: Strokes, channel: int, _: Scene) -> bool:
    """The lips have been parted for long enough. False when ``channel`` is another one."""
    if channel != Channel.PARTED:
        return False
    strokes.go(channel, 0.0, _CLOSES, 60.0)
    return True
