"""From visemes to the mouth: coarticulation learned from real lips.

A mouth is never one viseme: lips round for the "u" that is still to come and have not left the "o" behind. So the net sees
each viseme's share in a window around the frame, through overlapping time bumps that are narrow near the frame and wide far
from it (the dominance functions of Cohen & Massaro, "Modeling coarticulation in synthetic visual speech", 1993, here as a
basis with learned weights). Two dense layers turn them into coefficients of the motion space. Where the visemes come from
makes no difference: the phonemes that a synthesiser hands over, or what ``recogniser.py`` hears.

Five things are by rule, because a mean over what speakers do is neither quite shut nor quite round nor always open: u and w
round the lips further than the mean, p, b and m take the rest of the opening away, and give some back for a vowel between two
of them, f and v leave no more than the lower lip under the teeth, other sounds keep lips parted, and silence is exactly the
face at rest, or with lips as far parted as ``performance/pauses.py`` says.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talking_head.curves import smoothstep
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.recogniser import Linear, silu
from talking_head.motion.space import MotionSpace
from talking_head.motion.visemes import CLOSED, LABIODENTAL, SILENCE, VISEMES
from talking_head.types import F32

_HALF_MS = 20.0
_CENTRES = np.array([-230, -170, -120, -80, -50, -25, 0, 25, 50, 80, 115], np.float32)  # ms from the middle of the frame
_SPREADS = np.array([50, 40, 32, 25, 20, 18, 18, 18, 20, 25, 30], np.float32)
BUMPS = len(_CENTRES)
# How long before and after its sound a mouth may be open, in ms; the second chosen on 137 takes of GRID that train.
_BEFORE_MS, _AFTER_MS, _SURELY_MS = 150.0, 130.0, 20.0
TALK = (0.25, 0.75)  # shares of speech between which the mouth wakes
# Certain visemes are learned, and shown, with soft edges; edges half as soft made lips quicker than people's.
SOFT = (0.062, 0.128, 0.197, 0.226, 0.197, 0.128, 0.062)
LABIAL_GAP = 0.026  # opening at f and v, in eye distances


def halves(config: NetConfig) -> F32:
    """Place of each half frame of the window, in ms from the middle of the frame that it is for: f32[2 W], oldest first."""
    places = np.arange(2 * (config.past + 1 + config.lookahead), dtype=np.float32) - 2 * config.past
    out: F32 = (places - 0.5) * np.float32(_HALF_MS)
    return out


def bumps(config: NetConfig) -> F32:
    """The time bumps f32[2 W, BUMPS] over the window; each sums to 1."""
    weights = np.exp(-0.5 * ((halves(config)[:, None] - _CENTRES) / _SPREADS) ** 2)
    out: F32 = (weights / weights.sum(axis=0)).astype(np.float32)
    return out


def reach(config: NetConfig) -> F32:
    """How much speech in each half frame keeps this frame's mouth awake, f32[2 W] 0..1."""
    places = halves(config)
    before = (places - _SURELY_MS) / (_BEFORE_MS - _SURELY_MS)
    after = (-places - _SURELY_MS) / (_AFTER_MS - _SURELY_MS)
    ramp = 1 - np.clip(np.maximum(before, after), 0, 1)
    out: F32 = smoothstep(ramp).astype(np.float32)
    return out


# From which share of p and f on lips are on their way, and how much every further share closes, where it is known and where it
# is only heard: there f, whose noise many sounds share, seldom gets more than a third of a share. A heard p is believed as far
# as all the sounds around it agree: the net, which learned from real lips what those do, would leave them nearly shut, too.
# Of places that ears give to a p real lips of people left out were told from others by such a guess in 71 of 100 pairs, by the
# share of p in 63; where the net would open wide, only a sure p shuts.
_RULED = [CLOSED, LABIODENTAL]
_FROM = (np.zeros(2, np.float32), np.array([0.008, 0.02], np.float32))
_FACTORS = (np.array([1.3, 1.2], np.float32), np.array([14.0, 7.7], np.float32))
_DOUBTED = 0.08  # opening in eye distances at which a heard p is believed by half, and hardly at twice that
_MEETING_MS = (70.0, 80.0)  # that lips need to meet, where it is known and where it is only heard: ears waver
# Opening, in eye distances, of a mouth that the net would just shut for a sound that shuts none (w, r, a schwa beside a p); a
# half-open one gets a third of it on top, a wide one hardly anything.
_PARTED = 0.03
# A picture shows 0.73 to 0.81 of what the upper lip is told (Clara, two short answers; heard visemes are trained for that), so
# known visemes move it further; as far up as before in openings, for what is gained there would be teeth.
_UPPER, _UPPER_DOWN = 0.25, 0.005
# A vowel of known sounds between two closures parts lips visibly, however short it is. As slow to come and go as elsewhere, and
# with the net's mean there (-0.05 to 0.02: it learned schwas beside labials from lips that met a little early or late), "some
# of them" was one closure of a third of a second. How fast lips part there, how far those part that the net would just shut,
# how far the others at most, and how much of a closure on either side makes it sure.
_PARTING_MS, _BETWEEN, _LET_GO, _SURELY_BETWEEN = 30.0, 0.05, 0.06, 0.05
# Who has less time parts them less (undershoot; Lindblom, "Spectrographic study of vowel reduction", 1963): between closures
# that are 40 to 80 ms apart lips of lively people part by 0.038 in the median of 18 places, in 11 of 100 to 120 ms by 0.075.
# Time up to which it is the least, time from which it is as above, and the least.
_HASTE_MS, _LEISURE_MS, _HASTY = 80.0, 110.0, 0.03
# A picture swallows narrow openings: where 0.03, 0.04, 0.05 were asked for, a detector (it is what lips were learned by) saw
# 0.012, 0.031, 0.054 in the mean of four presenters. So a slit is told to be wider; lips that meet are told nothing else, and
# from half a lip's width on a picture shows what it is told.
_SWALLOWED, _MET, _SLIT, _PLAIN = 0.011, 0.008, 0.022, 0.055
# Lips opened 1.2 times as fast as lively people's and spread and rounded 0.87 times as fast (six films, ten people): of what a
# mouth opens beyond the first, 1 - the second remains, and it spreads and rounds further by the third.
_NARROW, _CALMER, _BROADER = 0.04, 0.1, 0.2
_WIDE = 0.15  # eye distances: of what a mouth would open beyond that, half remains


# What some visemes add to the net's mean, in eye distances: opening, width, and the upper lip (down, over the teeth); chin and
# corners stay as high. Round ones round; "ee" and "s", which the net opens twice as far as people, open less. On real takes all
# of it makes the width surer (r 0.545 to 0.554, eight speakers), and the opening a little (0.466 to 0.471). What w has left of
# an opening it keeps, or lips would meet.
_SHAPES = {
    "u": (-0.008, -0.045, 0.03),
    "w": (0.0, -0.03, 0.015),
    "o": (0.0, -0.02, 0.01),
    "ch": (-0.01, -0.02, 0.012),
    "r": (0.0, -0.012, 0.006),
    "i": (-0.03, 0.0, 0.008),
    "s": (-0.015, 0.0, 0.006),
}
_SHAPES_MS = 35.0  # spread in time


def shaping(space: MotionSpace) -> F32:
    """What each viseme adds to the mouth coefficients, f32[V, M], by the smallest movement that does."""
    out = np.zeros((len(VISEMES), len(space.mouth)), np.float32)
    for name, lengths in _SHAPES.items():
        out[VISEMES.index(name)] = space.moving(np.array([*lengths, 0, 0], np.float32))
    return out


def near(config: NetConfig) -> F32:
    """How much each half frame of the window counts for what its visemes add, f32[2 W]; sums to 1."""
    weights = np.exp(-0.5 * (halves(config) / _SHAPES_MS) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def approach(config: NetConfig, meeting_ms: float) -> F32:
    """How far lips are on their way to a closure that each half frame of the window asks for, f32[2 W] 0..1: they take time to
    meet and as long to part, as real ones; faster, a viewer sees a flutter."""
    out: F32 = smoothstep(1 - np.clip(_away(config) / meeting_ms, 0, 1)).astype(np.float32)
    return out


def _away(config: NetConfig) -> F32:
    """From the middle of the frame to the nearer end of each half frame of the window, in ms, f32[2 W]."""
    return np.asarray(np.abs(halves(config)) - _HALF_MS / 2, np.float32)


class Articulator:
    """Streams of visemes → mouth coefficients. ``weights``: the ``mouth*`` tensors of a trained net."""

    def __init__(self, config: NetConfig, weights: dict[str, F32], space: MotionSpace) -> None:
        self.config = config
        self._bumps = np.ascontiguousarray(bumps(config).T)
        self._reach = reach(config)
        half = np.float32(0.5)
        self._layers = (Linear.named(weights, "mouth1").scaled(half), Linear.named(weights, "mouth2").scaled(half))
        self._heard = _further(Linear.named(weights, "heard"), space.width, _BROADER, _widening(space))
        known = _further(Linear.named(weights, "known"), space.width, _BROADER, _widening(space))
        self._known = _wider_upper_lip(known, space)
        gap = space.gap
        self._gap, self._close = gap, gap / float(gap @ gap)
        self._approach: tuple[F32, F32] = (approach(config, _MEETING_MS[0])[:, None], approach(config, _MEETING_MS[1])[:, None])
        self._parting = approach(config, _PARTING_MS)[:, None]
        self._near_closure = np.maximum(1 - _away(config) / np.float32(_LEISURE_MS), 0)
        self._middle = 2 * config.past + 1
        self._near, self._shape = near(config), shaping(space)

    def start(self) -> F32:
        """The window of a stream that has said nothing, f32[W, 2, V]."""
        window = np.zeros((self.config.past + 1 + self.config.lookahead, 2, len(VISEMES)), np.float32)
        window[:, :, SILENCE] = 1
        return window

    def __call__(self, windows: F32, known: NDArray[np.bool_], gain: F32, parted: F32 | None = None) -> F32:
        """``windows`` f32[B, W, 2, V], oldest first → mouth coefficients f32[B, M] of the frame ``lookahead`` before the last,
        times ``gain`` f32[B].

        ``known`` bool[B]: the visemes come from phonemes. Then they are certain, and the same net moves more for them than for
        what is only heard: each has a last layer of its own. ``parted`` f32[B]: lip gap in eye distances where nobody speaks.
        """
        flat = windows.reshape(len(windows), -1, len(VISEMES))
        x = (self._bumps @ (_softened(flat, known) if known.any() else flat)).reshape(len(flat), -1)
        for layer in self._layers:
            x = silu(layer(x))
        mouth = self._known(x) if known.any() else self._heard(x)
        if known.any() and not known.all():
            heard = ~known
            mouth[heard] = self._heard(x[heard])
        mouth += (self._near @ flat) @ self._shape
        talks = np.minimum(np.maximum((1 - TALK[0] - flat[:, :, SILENCE]) * np.float32(1 / (TALK[1] - TALK[0])), 0), 1)
        awake = np.maximum.reduce(talks * self._reach, axis=1)
        if parted is not None:
            mouth = awake[:, None] * mouth + ((1 - awake) * parted)[:, None] * self._close
        else:
            mouth *= awake[:, None]
        mouth *= gain[:, None]
        return self.meet(mouth, flat, known, awake, gain)

    def meet(self, mouth: F32, flat: F32, known: NDArray[np.bool_], awake: F32, gain: F32) -> F32:
        """Part the lips of ``mouth`` as far as it is ``awake`` f32[B], and take opening out where they must meet or touch the
        teeth, or are on their way to it or back; ``flat`` f32[B, 2 W, V]: the windows; ``gain`` f32[B]: what the mouth was
        multiplied by."""
        net = mouth @ self._gap
        which = known[:, None, None]
        factors = np.where(known[:, None], *_FACTORS)
        factors[:, 0] /= np.where(known, 1, 1 + np.square(np.square(net / (np.float32(_DOUBTED) * gain))))
        share = (flat[:, :, _RULED] - np.where(which, *_FROM)) * factors[:, None]
        share = np.minimum(np.maximum(share, 0), 1)
        asked = share * np.where(which, *self._approach)
        between = self._between(asked, flat) * known
        most = self._undershot(share.max(axis=2))
        parted = _PARTED + (np.minimum(_BETWEEN, most) - _PARTED) * between
        gap = (net + np.sqrt(net * net + np.square(2 * parted * awake * gain))) / 2
        met = np.maximum.reduce(asked, axis=1)
        surplus = _closing(met, gap)
        parting = _closing(np.maximum.reduce(share * self._parting, axis=1), gap)
        surplus -= between * np.maximum(surplus - np.maximum(parting, gap - most), 0)
        surplus = np.maximum(surplus, 0.5 * (gap - _WIDE))
        surplus += _CALMER * awake * np.maximum(gap - surplus - _NARROW * gain, 0)
        surplus -= _swallowed(gap - surplus) * awake * (1 - met[:, 1])
        surplus += net - gap
        mouth -= surplus[:, None] * self._close
        return mouth

    def _between(self, asked: F32, flat: F32) -> F32:
        """How surely each frame lies between two closures that ``asked`` f32[B, 2 W, 2] for it, and in speech, f32[B] 0..1."""
        strongest = asked.max(axis=2)
        both = np.minimum(strongest[:, : self._middle].max(axis=1), strongest[:, self._middle :].max(axis=1))
        quiet = flat[:, self._middle - 1 : self._middle + 1, SILENCE].mean(axis=1)
        return np.asarray(np.minimum(both * np.float32(1 / _SURELY_BETWEEN), 1) * (1 - quiet), np.float32)

    def _undershot(self, share: F32) -> F32:
        """How far lips part at most between two closures, f32[B] in eye distances; ``share`` f32[B, 2 W] of closures."""
        near = share * self._near_closure
        before, after = near[:, : self._middle].max(axis=1), near[:, self._middle :].max(axis=1)
        apart_ms = np.float32(_LEISURE_MS) * (2 - before - after)
        time = np.clip((apart_ms - _HASTE_MS) * np.float32(1 / (_LEISURE_MS - _HASTE_MS)), 0, 1)
        return np.asarray(_HASTY + (_LET_GO - _HASTY) * time, np.float32)


def _closing(asked: F32, gap: F32) -> F32:
    """What lips ``gap`` f32[B] apart give up, f32[B], where they are asked to meet and to touch the teeth, f32[B, 2]."""
    return np.asarray(np.maximum(asked[:, 0] * gap, asked[:, 1] * np.maximum(gap - LABIAL_GAP, 0)), np.float32)


def _swallowed(gap: F32) -> F32:
    """How much wider lips ``gap`` f32[B] apart are told to be, f32[B], to be seen as far apart."""
    slit = smoothstep(np.clip((gap - _MET) * np.float32(1 / (_SLIT - _MET)), 0, 1))
    plain = smoothstep(np.clip((gap - _SLIT) * np.float32(1 / (_PLAIN - _SLIT)), 0, 1))
    return np.asarray(_SWALLOWED * slit * (1 - plain), np.float32)


def _wider_upper_lip(layer: Linear, space: MotionSpace) -> Linear:
    """``layer`` with the upper lip moving further than it says, and everything else as it says."""
    lift = space.moving(np.array([0, 0, 1, 0, 0], np.float32))
    wider = _further(layer, space.mouth[:, 0, 1], _UPPER, lift)
    return Linear(wider.weight, np.asarray(wider.bias + np.float32(_UPPER_DOWN) * lift, np.float32))


def _widening(space: MotionSpace) -> F32:
    """The smallest coefficients f32[M] that widen the mouth by 1, and leave it as open and as high."""
    return space.moving(np.array([0, 1, 0, 0, 0], np.float32))


def _further(layer: Linear, measure: F32, share: float, move: F32) -> Linear:
    """``layer`` with what ``measure`` f32[M] finds in a mouth larger by ``share``; ``move`` f32[M] changes that by 1."""
    more = np.float32(share) * measure
    weight, bias = layer.weight + np.outer(layer.weight @ more, move), layer.bias + (layer.bias @ more) * move
    return Linear(np.asarray(weight, np.float32), np.asarray(bias, np.float32))


def _softened(flat: F32, known: NDArray[np.bool_]) -> F32:
    """``flat`` f32[B, 2 W, V] with soft edges in time in the ``known`` rows."""
    rows = flat[known]
    reach = len(SOFT) // 2
    wide = np.concatenate([np.repeat(rows[:, :1], reach, axis=1), rows, np.repeat(rows[:, -1:], reach, axis=1)], axis=1)
    out = flat.copy()
    out[known] = sum(share * wide[:, i : i + rows.shape[1]] for i, share in enumerate(SOFT))
    return out
