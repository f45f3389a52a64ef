"""The head: nods on stressed syllables, turns and tilts that mean something, and back to where the head sways by itself.

Sizes, lengths and rests are those of lively speakers (:mod:`.style`); the head rises before a stressed syllable and comes
down with it (pitch × loudness: r −0.26 a quarter of a second before, +0.14 after).
"""

from __future__ import annotations

from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import PEAK, Strokes

_FASTEST = 32.0  # degrees a second at the middle of a stroke
# Who listens nods where the other one pauses, 6 to 15 times a minute, and hardly where nothing is heard: chance of a nod at a
# pause, of another after a nod, and seconds without any until one comes by itself.
_HEEDS, _AGAIN, _BY_ITSELF = 0.5, 0.35, 25.0
_NOD, _NOD_S = 2.4, 0.34  # of a listener, in degrees and seconds


def react(strokes: Strokes, scene: Scene) -> None:
    """Start what this frame's sound, words and state of the session call for."""
    heard, sense = scene.heard, scene.sense
    if heard.stress and scene.chance(0.35 + 0.5 * heard.stress + 0.2 * sense.emphasis):
        _nod(strokes, scene, (0.6 + 0.9 * heard.stress) * (1 + 0.4 * sense.emphasis))
        if scene.chance(0.3):
            _turn(strokes, scene, 1.0)
    if heard.ends:
        if sense.question or heard.rising:
            _tilt(strokes, scene, 1.4, -1.2)
        elif scene.chance(0.6):
            _nod(strokes, scene, 1.0, slow=1.5, rest=scene.rng.uniform(0.1, 0.5))
    if scene.new_clause:
        if sense.greeting:
            _nod(strokes, scene, 1.5, slow=1.3)
        elif sense.listing and scene.chance(0.7):
            _turn(strokes, scene, 1.4)
        elif sense.denial and scene.chance(0.6):
            _turn(strokes, scene, 1.6)
    if scene.changed:
        _change(strokes, scene)
    elif scene.paused and strokes.target(Channel.PITCH) < 0.5 * _NOD and scene.chance(_HEEDS):
        _assent(strokes, scene)


def go_on(strokes: Strokes, channel: int, scene: Scene) -> bool:
    """``channel`` has come to the end of its rest: what it does next. False when it is none of the head's."""
    habits = scene.style.habits
    if channel == Channel.PITCH:
        _beat(strokes, scene)
    elif channel in (Channel.YAW, Channel.ROLL):
        _go(strokes, scene, channel, 0.0, habits.back_s, 60.0)
    elif channel == Channel.BOB:
        strokes.wait(channel, 60.0)
    elif channel in (Channel.SWING_YAW, Channel.SWING_ROLL):
        strokes.go(channel, habits.swing * scene.normal(), 0.3, scene.about(1.0, 0.5))
    elif channel == Channel.VIGOUR:
        strokes.go(channel, habits.moods * scene.normal(), 0.4, scene.about(habits.moods_s, 0.5))
    else:
        return False
    return True


def _go(strokes: Strokes, scene: Scene, channel: int, target: float, seconds: float, rest: float) -> float:
    """A stroke that takes ``seconds`` for two degrees, longer for more, and is never faster than a calm person's; its
    length."""
    far = abs(target - strokes.target(channel))
    pace = scene.mood.pace * scene.style.tempo
    length = scene.about(seconds, scene.style.habits.spread) * float(max(far / 2, 0.1) ** 0.5) / pace
    length = max(length, PEAK * far / _FASTEST, 0.13)
    strokes.go(channel, target, length, rest / pace)
    return length


def _beat(strokes: Strokes, scene: Scene) -> None:
    """Up and down with the rhythm of speech; a listener's nods; in silence mostly nothing."""
    if scene.activity == "listening":
        _listen(strokes, scene)
    elif scene.chance(0.5 * scene.style.habits.pauses + 0.5 * (1 - scene.heard.talking)):
        strokes.wait(Channel.PITCH, scene.about(0.35, 0.5))
    else:
        habits = scene.style.habits
        size = scene.about(habits.beat, habits.tail) * scene.lively * scene.mood.head
        rest = scene.about(habits.beat_rest, 0.7) if scene.chance(0.5) else 0.0
        up = strokes.target(Channel.PITCH) > 0
        _rock(strokes, scene, -1.1 * size if up else size, habits.beat_s, rest / scene.lively)


def _nod(strokes: Strokes, scene: Scene, size: float, *, slow: float = 1.0, rest: float = 0.0) -> None:
    habits = scene.style.habits
    down = scene.about(habits.nod, 0.35) * size * scene.mood.head * scene.vigour**0.5
    _rock(strokes, scene, min(down, 6.5), habits.nod_s * slow, rest)


def _rock(strokes: Strokes, scene: Scene, pitch: float, seconds: float, rest: float) -> None:
    """Up or down, and the trunk takes its share in it, now this and now that."""
    habits = scene.style.habits
    frames = _go(strokes, scene, Channel.PITCH, pitch, seconds, rest)
    strokes.go(Channel.BOB, pitch * habits.bob * (0.5 + scene.normal()), frames, 60.0)


def _turn(strokes: Strokes, scene: Scene, size: float) -> None:
    """A small turn with the tilt that goes with it."""
    habits = scene.style.habits
    yaw = max(-6.0, min(6.0, habits.turn * scene.normal(habits.tail) * size * scene.mood.head))
    rest = scene.about(habits.turn_rest, 0.8)
    _go(strokes, scene, Channel.YAW, yaw, habits.turn_s, rest)
    if scene.chance(0.5):
        _go(strokes, scene, Channel.ROLL, scene.style.tilt * yaw + 0.6 * habits.roll * scene.normal(), habits.roll_s, rest)


def _tilt(strokes: Strokes, scene: Scene, roll: float, pitch: float) -> None:
    side = 1 if scene.chance(0.5) else -1
    _go(strokes, scene, Channel.ROLL, side * scene.about(roll, 0.3), 0.5, scene.rng.uniform(0.3, 0.9))
    _go(strokes, scene, Channel.PITCH, pitch, 0.4, scene.rng.uniform(0.2, 0.6))


def _change(strokes: Strokes, scene: Scene) -> None:
    """The session has changed its state."""
    if scene.activity == "listening":
        side = 1 if scene.chance(0.5) else -1
        _go(strokes, scene, Channel.ROLL, 1.6 * side, 0.9, scene.rng.uniform(2, 5))
        _go(strokes, scene, Channel.PITCH, 0.0, 0.5, scene.about(_BY_ITSELF, 0.5))
    elif scene.activity == "thinking":
        _tilt(strokes, scene, 1.2, -1.5)
    elif scene.activity == "speaking":
        _nod(strokes, scene, 0.8)


def _listen(strokes: Strokes, scene: Scene) -> None:
    """Back from a nod, now and then into another one; then still, until the other one pauses."""
    if strokes.target(Channel.PITCH) < 0.5 * _NOD:
        _assent(strokes, scene)
    else:
        _go(strokes, scene, Channel.PITCH, -0.3, 0.36, 0.0 if scene.chance(_AGAIN) else scene.about(_BY_ITSELF, 0.5))


def _assent(strokes: Strokes, scene: Scene) -> None:
    _go(strokes, scene, Channel.PITCH, max(scene.about(_NOD, 0.3), 0.6 * _NOD), _NOD_S, 0.0)
