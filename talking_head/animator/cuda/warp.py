"""The warp of ``animator/warp/animator.py``, for a whole batch at once, on the device: landmarks in, RGB frames out.

Every step has its counterpart there (named in the comments); a test holds the two together. Nothing here waits for the device,
branches on a value, makes a shape out of one or copies from the host, so that a batch fits into a CUDA graph. Maps and frames
live on canvases that are wider than the picture by one window, so that windows, which follow the face, need no clipping.
Torch alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from talking_head.animator.cuda.arrays import Constants, EyeWindow, FaceArrays, Window
from talking_head.animator.cuda.corners import corner_light
from talking_head.animator.cuda.ops import affine_sample, at_pixels, interp, invert_field, pixel_grid, sample
from talking_head.animator.cuda.pout import bring_forward
from talking_head.animator.cuda.slits import Cut, cut_slit, paint_interior
from talking_head.animator.cuda.tensor_store import TensorStore
from talking_head.animator.warp.constants import (
    BESIDE_INNER,
    BESIDE_INNER_RAMP,
    BESIDE_OUTER,
    BESIDE_OUTER_RAMP,
    FALL,
    FALL_RAMP,
    FOLD,
    FOLD_RAMP,
    GAZE_REACH,
    JAW_SHARE,
    LASH_FROM,
    LASH_TO,
    LASH_WIDTH,
    LASHES,
    RIM,
    RIM_EDGE,
    RIM_RAMP,
    STRIP,
    TOUCH,
)
from talking_head.curves import smoothstep


@dataclass(slots=True)
class Batch:
    """What one batch needs everywhere. ``of(tensor)``: an array of ``faces``, one row a face of the batch."""

    bank: TensorStore
    slots: Tensor  # i64[B]
    points: Tensor  # f[B, 478, 2]
    delta: Tensor  # f[B, 478, 2]
    tongue: Tensor  # f[B, 2]

    @property
    def faces(self) -> FaceArrays[Tensor]:
        return self.bank.faces

    @property
    def constants(self) -> Constants[Tensor]:
        return self.bank.constants

    def of(self, tensor: Tensor) -> Tensor:
        return tensor.index_select(0, self.slots)

    def layer(self, tensor: Tensor) -> Tensor:
        """A picture u8[B, h, w, C] as f32[B, C, h, w]."""
        return self.of(tensor).permute(0, 3, 1, 2).float()


class View:
    """One window of the batch: its place (x, y) i64[B, 2] in this frame, and its part of a canvas f[B, C, H + …, W + …]."""

    def __init__(self, batch: Batch, window: Window[Tensor]) -> None:
        box, anchors = batch.of(window.box), batch.of(window.anchors)
        mean = batch.delta.gather(1, anchors[..., None].expand(-1, -1, 2)).mean(1).round().long()
        room = batch.constants.size - box[:, 2:]
        self.place = torch.minimum((box[:, :2] + mean).clamp_min(0), room)
        self.shift = (self.place - box[:, :2]).to(batch.delta.dtype)
        self.rows = box[:, 3]  # its true height; the rest of the common one is padding
        self.height, self.width = window.valid.shape[1:]
        self.valid = batch.of(window.valid)[:, None] > 0
        margin = batch.bank.margin[1]
        rows = self.place[:, 1, None, None] + torch.arange(self.height, device=box.device)[:, None]
        columns = self.place[:, 0, None, None] + torch.arange(self.width, device=box.device)
        self._index = (rows * (batch.bank.width + margin) + columns).flatten(1)[:, None]

    def read(self, canvas: Tensor) -> Tensor:
        """f[B, C, h, w]."""
        channels = canvas.shape[1]
        part = canvas.flatten(2).gather(2, self._index.expand(-1, channels, -1))
        return part.view(len(part), channels, self.height, self.width)

    def write(self, canvas: Tensor, part: Tensor, before: Tensor) -> None:
        """Put ``part`` back; where the window is padding, ``before`` stays."""
        channels = canvas.shape[1]
        kept = torch.where(self.valid, part, before)
        canvas.view(len(canvas), channels, -1).scatter_(2, self._index.expand(-1, channels, -1), kept.flatten(2))

    def pixels(self, like: Tensor) -> Tensor:
        """Positions of the window's pixels in the frame, f[B, h, w, 2]."""
        return pixel_grid(self.height, self.width, like) + self.place[:, None, None].to(like.dtype)


class EyeView(View):
    """The window of the left (0) or the right (1) eye, with what belongs to it."""

    def __init__(self, batch: Batch, which: int) -> None:
        self.which = which
        self.eye = (batch.faces.left, batch.faces.right)[which]
        self.border = (batch.constants.left, batch.constants.right)[which]
        super().__init__(batch, self.eye)


def warp(bank: TensorStore, slots: Tensor, points: Tensor, tongue: Tensor) -> Tensor:
    """``slots`` i64[B] of the bank; ``points`` f32[B, 478, 2] in pixels; ``tongue`` f32[B, 2] → RGB f32[B, 3, H, W], 0..255 in
    whole levels."""
    batch = Batch(bank, slots, points, points - bank.faces.points.index_select(0, slots), tongue)
    faces = bank.faces
    mouth = View(batch, faces.mouth)
    eyes = [EyeView(batch, which) for which in (0, 1)]
    height, width = bank.height + bank.margin[0], bank.width + bank.margin[1]
    pixels = pixel_grid(height, width, points).permute(2, 0, 1)
    upper = batch.delta[:, batch.constants.upper_index]
    at = pixels - _backward(batch, faces.head_basis, upper, batch.of(faces.head_step), None, height, width)
    slid = [_slide(batch, eye, upper, at) for eye in eyes]
    fine = batch.of(faces.mouth.step)
    here = mouth.pixels(points).permute(0, 3, 1, 2)
    finer = here - _backward(batch, faces.mouth.upper_basis, upper, fine, mouth.shift, mouth.height, mouth.width)
    before = mouth.read(at)
    mouth.write(at, before + (finer - before) * batch.of(faces.mouth.feather)[:, None], before)
    ground = F.pad(batch.layer(faces.ground), (0, bank.margin[1], 0, bank.margin[0]), mode="replicate")
    frame = over(levels(sample(batch.layer(faces.upper_layer), 2 * at.permute(0, 2, 3, 1))), ground)  # ``Layer.read``
    for eye, (cut, head, fold) in zip(eyes, slid, strict=True):
        _eye(batch, eye, frame, cut, head, fold)
    moved = batch.delta[:, batch.constants.lower_index]
    source = here - _backward(batch, faces.mouth.lower_basis, moved, fine, mouth.shift, mouth.height, mouth.width)
    source = source - batch.of(faces.lower_origin)[:, :, None, None]
    cut = cut_slit(batch, batch.constants.mouth, mouth)
    source[:, 1] += cut.roll_up(batch.of(faces.unit))
    lower = over(levels(sample(batch.layer(faces.lower_layer), 2 * source.permute(0, 2, 3, 1))), mouth.read(ground))
    _mouth(batch, mouth, frame, lower, cut)
    frame = frame[:, :, : bank.height, : bank.width]
    return levels(bring_forward(frame, points, batch.of(faces.mouth_width), batch.of(faces.unit)))


def _backward(
    batch: Batch, basis: Tensor, delta: Tensor, step: Tensor, shift: Tensor | None, height: int, width: int
) -> Tensor:
    """What ``Field.source`` takes off the pixels' places: f[B, 2, height, width]."""
    matrix = batch.of(basis)  # [B, ny, nx, K]
    count, ny, nx, _ = matrix.shape
    forward = (matrix.flatten(1, 2) @ delta).transpose(1, 2).reshape(count, 2, ny, nx)
    return at_pixels(invert_field(forward, step, shift), step, height, width)


def _slide(batch: Batch, view: EyeView, upper: Tensor, at: Tensor) -> tuple[Cut, Tensor, Tensor]:
    """``Eye.slide``, into ``at``. Returns the slit, the map without lids f[B, 2, h, w], where lid skin covers f[B, h, w]."""
    cut = cut_slit(batch, view.border, view)
    eye, border = view.eye, view.border
    head = view.read(at)
    origin = view.place.to(upper.dtype)
    lines = []
    for contour, lid, resample in (
        (eye.upper_contour, eye.upper_lid, border.upper_resample),
        (eye.lower_contour, eye.lower_lid, border.lower_resample),
    ):
        line = resample @ (batch.of(contour) + batch.of(lid) @ upper - origin[:, None])
        columns = cut.x.expand(len(line), -1)
        lines.append(interp(columns, line[..., 0].cummax(1).values, line[..., 1]))
    was_upper, was_lower = lines
    size = batch.of(eye.width)
    inside = (torch.minimum(cut.x - cut.left[:, :1], cut.right[:, :1] - cut.x) / (0.06 * size)[:, None]).clamp(0, 1)
    down, up = ((cut.upper - was_upper) * inside)[:, None], ((cut.lower - was_lower) * inside)[:, None]
    top, bottom = cut.upper[:, None], cut.lower[:, None]
    strip = (STRIP * size)[:, None, None]
    above, below = (row[:, None, None] for row in batch.of(eye.heights).unbind(1))
    moved = torch.where(
        cut.y <= (top + bottom) / 2,
        down * _falloff((top - cut.y - strip) / (above - strip)),
        up * _falloff((cut.y - bottom - strip) / below),
    )
    rows = torch.minimum((cut.y - moved).clamp_min(0), (view.rows - 1)[:, None, None].to(moved.dtype))
    slid = sample(head, torch.stack([cut.x.expand_as(rows), rows], -1))
    view.write(at, slid, head)
    fold = _smooth((top - LASH_FROM * strip - cut.y) / ((LASH_TO - LASH_FROM) * strip)) * _smooth(
        (cut.y - was_upper[:, None] + FOLD * above) / (FOLD_RAMP * above)
    )
    under = (cut.y - bottom) / size[:, None, None]
    hides = (2 * _shut(batch, eye, cut) - 1).clamp_min(0)[:, None] * _touch(cut, size)
    fold = fold + hides[:, None] * _smooth(under / RIM_EDGE) * _smooth((RIM - under) / RIM_RAMP)
    fallen = (down.amax((1, 2)) / size - FALL) / FALL_RAMP
    outer, inner = (BESIDE_OUTER, BESIDE_OUTER_RAMP), (BESIDE_INNER, BESIDE_INNER_RAMP)
    (before, rise), (after, fall) = (outer, inner) if view.which == 0 else (inner, outer)
    reach = size[:, None]
    within = torch.minimum(
        (cut.x - cut.left[:, :1] + before * reach) / (rise * reach), (cut.right[:, :1] + after * reach - cut.x) / (fall * reach)
    )
    near = _smooth(within) * _smooth(fallen)[:, None]
    return cut, head, fold * near[:, None]


def _eye(batch: Batch, view: EyeView, frame: Tensor, cut: Cut, head: Tensor, fold: Tensor) -> None:
    """``Eye.draw``."""
    eye = view.eye
    size = batch.of(eye.width)
    before = view.read(frame)
    corner = batch.of(eye.box)[:, None, None, :2].to(head.dtype)
    lid = levels(sample(batch.layer(eye.lid), head.permute(0, 2, 3, 1) - corner))
    light = 1 - 0.10 * torch.exp(-(((cut.upper[:, None] - cut.y) / (0.22 * size)[:, None, None]) ** 2))
    skin = before + (lid * light[:, None] - before) * fold[:, None]
    opening = cut.opening((size / 32).clamp_min(1.2))
    shut = _shut(batch, eye, cut)
    ball = _ball(batch, view)
    shade = 0.72 + 0.28 * ((cut.y - cut.upper[:, None]) / (0.10 * size)[:, None, None]).clamp(0, 1)
    closing = torch.where(shut > 0.05, shut, 0)[:, None, None]
    ball = ball * (1 - closing * (1 - shade))[:, None]
    skin = skin + (ball - skin) * opening[:, None]
    touch = _touch(cut, size)
    skin = cut.softened(levels(skin), (2 * shut - 1).clamp_min(0)[:, None] * touch)
    lashes = LASHES * (shut - 0.15).clamp_min(0) / 0.85
    skin = skin * cut.darker(LASH_WIDTH * size, lashes[:, None] * touch)[:, None]
    view.write(frame, levels(skin), before)


def _shut(batch: Batch, eye: EyeWindow[Tensor], cut: Cut) -> Tensor:
    """``Eye._shut``: f[B]."""
    return 1 - (cut.gap.amax(1) / batch.of(eye.open)).clamp_max(1)


def _touch(cut: Cut, size: Tensor) -> Tensor:
    """``Eye._touch``: f[B, w]; ``size`` f[B]: widths of the eyes."""
    return (1 - cut.gap / (TOUCH * size)[:, None]).clamp_min(0)


def _ball(batch: Batch, view: EyeView) -> Tensor:
    """``Eye._placed_ball``."""
    eye = view.eye
    anchors = batch.of(eye.points)  # [B, 3, 2]: centre, one reach to the right, one down
    moved = anchors + batch.of(eye.rigid) @ batch.delta[:, batch.constants.rigid]
    iris = batch.points[:, batch.constants.irises[view.which : view.which + 1]][:, 0]
    gaze = iris - batch.of(eye.iris) - (moved[:, 0] - anchors[:, 0])
    share = (GAZE_REACH * batch.of(eye.width) / gaze.norm(dim=1).clamp_min(1e-6)).clamp_max(1)
    moved = moved + (gaze * share[:, None])[:, None]
    source = anchors - batch.of(eye.box)[:, None, :2].to(anchors.dtype)
    target = moved - view.place[:, None].to(moved.dtype)
    reach = (source[:, 1, 0] - source[:, 0, 0])[:, None]
    axes = torch.stack([(target[:, 1] - target[:, 0]) / reach, (target[:, 2] - target[:, 0]) / reach], 2)  # columns
    matrix = torch.cat([axes, (target[:, 0] - (axes @ source[:, 0, :, None])[..., 0])[..., None]], 2)
    ball = batch.layer(eye.ball)
    return levels(affine_sample(ball, matrix, view.height, view.width, outside="border", mode="bicubic"))


def _mouth(batch: Batch, view: View, frame: Tensor, lower: Tensor, landmarks: Cut) -> None:
    """``WarpAvatar._draw_mouth``; ``landmarks``: the slit before the lip rolled up."""
    faces, before = batch.faces, view.read(frame)
    unit = batch.of(faces.unit)
    cut = landmarks.rolled_up(unit)
    soft = batch.of(faces.edge)
    skin = before + (lower - before) * (cut.below(soft) * batch.of(faces.mouth.feather))[:, None]
    near = (1 - cut.gap / (0.03 * unit)[:, None]).clamp(0, 1)
    skin = skin * cut.darker(batch.of(faces.contact_width), batch.of(faces.contact)[:, None] * near)[:, None]
    inside = paint_interior(batch, cut, *_jaws(batch, view))
    skin = levels(skin + (inside - skin) * cut.opening(soft)[:, None])
    view.write(frame, levels(skin + corner_light(batch, view)), before)


def _jaws(batch: Batch, view: View) -> tuple[Tensor, Tensor]:
    """``WarpAvatar._jaws``: affine maps f[B, 2, 3] from mouth coordinates to window pixels, for skull and jaw."""
    faces, rigid = batch.faces, batch.delta[:, batch.constants.rigid]
    corners = batch.of(faces.mouth.frame) + batch.of(faces.mouth.rigid) @ rigid - view.place[:, None].to(rigid.dtype)
    origin = corners[:, 0]
    skull = torch.stack([(corners[:, 1] - origin) / 0.25, (corners[:, 2] - origin) / 0.25, origin], 2)
    chin = batch.points[:, batch.constants.chin].mean(1)
    rest = batch.of(faces.chin_rest) + (batch.of(faces.chin_rigid)[:, None] @ rigid)[:, 0]
    fall = torch.stack([torch.zeros_like(chin), torch.zeros_like(chin), JAW_SHARE * (chin - rest)], 2)
    return skull, skull + fall


def over(layer: Tensor, ground: Tensor) -> Tensor:
    """``background.over``: f[B, 4, h, w], premultiplied, over f[B, 3, h, w]."""
    return (layer[:, :3] + levels(ground * ((255 - layer[:, 3:]) / 255))).clamp_max(255)


def levels(picture: Tensor) -> Tensor:
    """Whole levels 0..255, as the CPU path keeps its pictures in bytes."""
    return (picture + 0.5).clamp(0, 255).floor()


def _falloff(t: Tensor) -> Tensor:
    s = t.clamp(0, 1)
    return 1 - s * (1 + s * (0.5 - 0.5 * s))


def _smooth(t: Tensor) -> Tensor:
    s = t.clamp(0, 1)
    return smoothstep(s)
