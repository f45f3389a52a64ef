"""The eyes: they hold the viewer while the head turns, jump a little all the time, and look away to think.

A saccade takes two frames. What turns against the head is added by the performer: it follows the head without delay, as the
reflex that steadies the eyes does (Leigh & Zee, "The Neurology of Eye Movements").
"""

from __future__ import annotations

from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes

_SACCADE = 0.07  # seconds


def react(strokes: Strokes, scene: Scene) -> None:
    """Back to the viewer where the visitor speaks or a phrase ends; away to think."""
    if scene.changed and scene.activity == "thinking":
        _look(strokes, scene.rng.choice((-1.0, 1.0)) * scene.about(1.1, 0.2), -scene.about(0.8, 0.2), scene.about(0.9, 0.3))
    elif scene.changed or (scene.heard.ends and scene.chance(0.7)):
        _look(strokes, 0.0, 0.0, scene.about(0.8, 0.4))
    elif scene.heard.begins and scene.activity != "listening" and scene.chance(0.25):
        glance = scene.style.habits.glance
        _look(strokes, glance * scene.normal(), 0.6 * glance * scene.normal(), scene.about(0.5, 0.4))


def go_on(strokes: Strokes, channel: int, scene: Scene) -> bool:
    """The eyes have rested long enough on one point."""
    if channel == Channel.GLANCE_Y:
        strokes.wait(channel, 60.0)
        return True
    if channel != Channel.GLANCE_X:
        return False
    thinking = scene.activity == "thinking"
    if scene.chance(0.5 if thinking else 0.0 if scene.activity == "listening" else 0.10):
        size = scene.style.habits.glance * (1.6 if thinking else 1.0)
        _look(strokes, size * scene.normal(), 0.6 * size * scene.normal(), scene.about(0.5, 0.4))
    else:
        habits = scene.style.habits
        _look(strokes, habits.dart * scene.normal(), 0.8 * habits.dart * scene.normal(), scene.about(habits.dart_rest, 0.6))
    return True


def _look(strokes: Strokes, x: float, y: float, rest: float) -> None:
    strokes.go(Channel.GLANCE_X, max(-1.6, min(1.6, x)), _SACCADE, rest)
    strokes.go(Channel.GLANCE_Y, max(-1.0, min(1.0, y)), _SACCADE, 60.0)
