"""Brows and smile: raised on emphasis and questions, drawn together now and then, a smile that comes and goes with the
phrases."""

from __future__ import annotations

from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import PEAK, Strokes
from talking_head.types import FPS

_LOWEST, _HIGHEST = -2.0, 3.5  # % of the eyes' distance
_FASTEST = 0.8  # % a frame at the middle of a stroke


def react(strokes: Strokes, scene: Scene) -> None:
    """Start what this frame's sound, words and state of the session call for."""
    heard, sense = scene.heard, scene.sense
    gain = scene.mood.brow * scene.style.habits.brow_flash
    asks = sense.question or heard.rising
    if scene.new_clause and sense.greeting:
        _raise(strokes, scene.about(1.6, 0.2) * gain, 0.22, 0.25)  # the flash that greets
        smile(strokes, scene, 0.22)
    elif asks and (heard.ends or 0.5 < scene.ends_in < 0.56):
        _raise(strokes, scene.about(1.4, 0.25) * gain, 0.3, max(0.6, min(scene.ends_in, 1.0) + 0.3))
    elif scene.asked:
        _raise(strokes, scene.about(1.2, 0.3) * gain, 0.25, 0.4)  # understood: a question has come
    elif heard.stress and scene.chance(0.10 + 0.28 * heard.stress + 0.3 * sense.emphasis):
        _raise(strokes, scene.about(1.0, 0.4) * gain, 0.2, scene.about(0.1, 0.6))
    if heard.stress > 0.6 and scene.chance(0.08):
        strokes.go(Channel.LOWER, scene.about(0.14, 0.3) * gain, 0.25, scene.about(0.4, 0.4))
    if heard.ends:
        smile(strokes, scene, 0.09 * scene.normal() + 0.05)


def go_on(strokes: Strokes, channel: int, scene: Scene) -> bool:
    """``channel`` has rested long enough: what it does next. False when it is none of these."""
    if channel == Channel.BROWS:
        _raise(strokes, 0.0, scene.about(0.3, 0.3), 60.0)  # back to where they sway by themselves
    elif channel == Channel.LOWER:
        drawn = 0.08 * abs(scene.normal()) if scene.chance(0.2) else 0.0
        strokes.go(channel, drawn, scene.about(0.5, 0.3), scene.about(1.2, 0.5))
    elif channel == Channel.SMILE:
        smile(strokes, scene, 0.09 * scene.normal())
    else:
        return False
    return True


def smile(strokes: Strokes, scene: Scene, change: float) -> None:
    """More (or less) of a smile than the mood's own for a while."""
    strokes.go(Channel.SMILE, max(-0.12, change) * scene.mood.vary, scene.about(0.7, 0.25), scene.about(1.0, 0.5))


def _raise(strokes: Strokes, target: float, seconds: float, rest: float) -> None:
    """Brows go to ``target`` in ``seconds``, or in as long as that takes them."""
    target = max(_LOWEST, min(_HIGHEST, target))
    far = abs(target - float(strokes.at[Channel.BROWS]))
    strokes.go(Channel.BROWS, target, max(seconds, PEAK * far / _FASTEST / FPS), rest)
