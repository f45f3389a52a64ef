"""One scene before the camera: the presenter, moved by its sound, on the canvas with what is behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np

from talking_head.errors import InputError
from talking_head.face.portrait import Portrait
from talking_head.film.narration import Narration
from talking_head.film.picture.scenery import Place, Scenery, Shoulder, behind, shoulders
from talking_head.loop.offline import render
from talking_head.protocols import Animator, LayeredAnimator, MotionModel, with_tongue
from talking_head.provenance.overlay import planes
from talking_head.types import F32, U8, Manner

_FEATHER = 16  # pixels of the canvas: seam of a square that is drawn smaller than it is shown


class Before(Animator):
    """``animator``, with the next piece of ``grounds`` behind the presenter at each picture."""

    def __init__(self, animator: Animator, grounds: Iterator[U8]) -> None:
        self._animator, self._grounds = animator, grounds

    def prepare(self, portrait: Portrait) -> Any:
        """As the animator's."""
        return self._animator.prepare(portrait)

    def render(self, avatars: Sequence[Any], points: F32, tongue: F32 | None = None) -> list[U8]:
        """As the animator's, for one avatar."""
        layered = _layered(self._animator)
        layered.set_ground(avatars[0], next(self._grounds))
        return with_tongue(self._animator.render, tongue)(avatars, points)


class Alone(Animator):
    """``animator``'s presenter without any background: pictures u8[H, W, 4]."""

    def __init__(self, animator: Animator) -> None:
        self._animator = animator

    def prepare(self, portrait: Portrait) -> Any:
        """As the animator's."""
        return self._animator.prepare(portrait)

    def render(self, avatars: Sequence[Any], points: F32, tongue: F32 | None = None) -> list[U8]:
        """One RGBA picture for each avatar."""
        draw = _layered(self._animator).render_rgba
        tongues = [None] * len(points) if tongue is None else tongue
        return [with_tongue(draw, tip)(avatar, each) for avatar, each, tip in zip(avatars, points, tongues, strict=True)]


def _layered(animator: Animator) -> LayeredAnimator:
    if not isinstance(animator, LayeredAnimator):
        raise InputError(
            "This animator does not show the presenter apart from the background. "
            'Use animator.backend = "gan" for films with alpha or a video behind.'
        )
    return animator


class Shot:
    """A scene: ``portrait`` says ``narration`` at ``at``, before ``back`` (None: before nothing, with alpha).

    Its pictures are I420 u8[H * 3 // 2, W] of the canvas; with alpha u8[H * 5 // 2, W], the alpha plane below.
    """

    def __init__(self, portrait: Portrait, narration: Narration, at: Place, back: Scenery | None, manner: Manner) -> None:
        self.narration, self._at, self._back, self._manner = narration, at, back, manner
        if portrait.matte is None and (back is None or not at.plain):
            raise InputError(
                f"“{portrait.name}” was not cut from its background, so that it fills square films before its own alone. "
                "Fetch the model with talking-head pull selfie-segmentation, and add it again."
            )
        self._portrait = portrait
        if back is not None and portrait.matte is not None and not (at.plain and back.own):
            self._portrait = dataclasses.replace(portrait, ground=behind(back.still, at))
        self._shoulders = shoulders(portrait.matte, at) if portrait.matte is not None else []

    def frames(self, motion: MotionModel, animator: Animator, *, seed: int, tail_s: float, first: int = 0) -> Iterator[U8]:
        """Its pictures from the one with the number ``first`` on."""
        at, back = self._at, self._back
        used: Animator = animator
        canvases: Iterator[U8] = iter(())
        if back is None:
            used = Alone(animator)
        elif back.moves:
            canvases, grounds = _two(back.pictures(first), at)
            used = Before(animator, grounds)
        frames = render(
            motion,
            used,
            self._portrait,
            self.narration.pcm,
            cues=self.narration.cues,
            seed=seed,
            manner=self._manner,
            tail_s=tail_s,
            first=first,
        )
        still = None if back is None or back.moves else to_i420(back.still)
        paste = _Paste(at, self._shoulders)
        for media_frame in frames:
            if back is None:
                yield paste.alone(media_frame.frame)
            elif still is None:
                yield paste.over(to_i420(next(canvases)), media_frame.frame)
            else:
                yield media_frame.frame if at.plain else paste.over(still.copy(), media_frame.frame)


def _two(pictures: Iterator[U8], at: Place) -> tuple[Iterator[U8], Iterator[U8]]:
    """The canvases of a moving background, and of each the piece behind the square, which is drawn first."""
    waiting: list[U8] = []

    def grounds() -> Iterator[U8]:
        for picture in pictures:
            waiting.append(picture)
            yield behind(picture, at)

    def canvases() -> Iterator[U8]:
        while True:
            yield waiting.pop(0)

    return canvases(), grounds()


class _Paste:
    """Lays the square and what its shoulders go on to into canvases."""

    def __init__(self, at: Place, going_on: Sequence[Shoulder]) -> None:
        self._at, self._shoulders = at, going_on
        self._seam = [_seam(at, step) for step in (1, 2)] if at.drawn != at.side else None

    def over(self, canvas: U8, square: U8) -> U8:
        """``canvas`` u8[H * 3 // 2, W] itself, with ``square`` u8[drawn * 3 // 2, drawn] in its place."""
        at = self._at
        for index, (whole, part) in enumerate(
            zip(planes(canvas, at.height, at.width), planes(square, at.drawn, at.drawn), strict=True)
        ):
            self._plane(whole, part, 1 if index == 0 else 2)
        return canvas

    def alone(self, rgba: U8) -> U8:
        """A canvas u8[H * 5 // 2, W] that is transparent but for the square ``rgba`` u8[drawn, drawn, 4]."""
        at = self._at
        out = np.empty((at.height * 5 // 2, at.width), np.uint8)
        out[: at.height], out[at.height : at.height * 3 // 2], out[at.height * 3 // 2 :] = 16, 128, 0
        self.over(out[: at.height * 3 // 2], to_i420(_bled(rgba)))
        self._plane(out[at.height * 3 // 2 :], np.ascontiguousarray(rgba[..., 3]), 1, seam=False)
        return out

    def _plane(self, whole: U8, part: U8, step: int, *, seam: bool = True) -> None:
        at = self._at
        if at.drawn != at.side:
            side = at.side // step
            part = np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
        rows, columns, own_rows, own_columns = (slice(s.start // step, s.stop // step) for s in at.area)
        view, seen = whole[rows, columns], np.ascontiguousarray(part[own_rows, own_columns])
        if self._seam is not None and seam:
            mask = self._seam[step - 1]
            seen = np.asarray(cv2.blendLinear(seen, np.ascontiguousarray(view), mask, 1 - mask), np.uint8)
        view[:] = seen
        for shoulder in self._shoulders:
            rows, columns = (slice(s.start // step, s.stop // step) for s in (shoulder.rows, shoulder.columns))
            top = at.top // step
            shown = part[rows.start - top : rows.stop - top][:, shoulder.source[::step] // step]
            mask = np.ascontiguousarray(shoulder.mask[::step, ::step])
            view = whole[rows, columns]
            view[:] = cv2.blendLinear(np.ascontiguousarray(shown), np.ascontiguousarray(view), mask, 1 - mask)


def _seam(at: Place, step: int) -> F32:
    """How much of the square is seen, f32 of its seen part: nothing at its own edges, all of it 16 pixels inside."""
    _, _, own_rows, own_columns = at.area
    side = at.side // step
    ramp = np.clip((np.arange(side) + 0.5) * step / _FEATHER, 0, 1)
    from_left = np.minimum(ramp, ramp[::-1])
    weight = np.minimum(ramp[:, None], from_left[None])  # not at the bottom, which is the canvas' own edge
    part = weight[own_rows.start // step : own_rows.stop // step, own_columns.start // step : own_columns.stop // step]
    return np.ascontiguousarray(part, np.float32)


def _bled(rgba: U8) -> U8:
    """The colours u8[H, W, 3] of ``rgba``, gone on with where it is transparent: chroma of half size and an encoder mix what is
    beside the edge into it, and black would be seen as a halo."""
    height, width = rgba.shape[:2]
    small = cv2.resize(rgba, (width // 4, height // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
    solid = (small[..., 3:] > 250).astype(np.float32)
    near = cv2.GaussianBlur(np.dstack([small[..., :3] * solid, solid]), (0, 0), 3)
    far = cv2.GaussianBlur(near, (0, 0), 12)
    mixed = near + 0.01 * far + 1e-6
    colours = np.clip(mixed[..., :3] / mixed[..., 3:], 0, 255)
    grown = cv2.resize(colours, (width, height), interpolation=cv2.INTER_LINEAR)
    clear = rgba[..., 3:] < 40  # as little colour is rounded away
    return np.where(clear, grown.astype(np.uint8), rgba[..., :3])


def to_i420(rgb: U8) -> U8:
    """u8[H, W, 3] with even sides → planar I420 u8[H * 3 // 2, W], BT.601."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
