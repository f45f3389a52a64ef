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

from talking_head.animator.cuda.ops import affine_sample, at_pixels, interp, invert_field, pixel_grid, sample
from talking_head.animator.cuda.slits import Cut, cut_slit, paint_interior
from talking_head.animator.cuda.tensor_store import TensorStore
from talking_head.animator.warp.constants import FOLD, FOLD_RAMP, GAZE_REACH, JAW_SHARE, LASH_WIDTH, LASHES, STRIP
from talking_head.curves import smoothstep

EYES = ("left", "right")


@dataclass(slots=True)
class Batch:
    """What one batch needs everywhere. ``get(name)``: an avatar's tensor, one row a face; ``const(name)``: the bank's."""

    bank: TensorStore
    slots: Tensor  # i64[B]
    points: Tensor  # f[B, 478, 2]
    delta: Tensor  # f[B, 478, 2]

    def get(self, name: str) -> Tensor:
        return self.bank.tensors[name].index_select(0, self.slots)

    def const(self, name: str) -> Tensor:
        return self.bank.constants[name]

    def layer(self, name: str) -> Tensor:
        """A picture u8[B, h, w, C] as f32[B, C, h, w]."""
        return self.get(name).permute(0, 3, 1, 2).float()


class View:
    """One window of the batch: its place (x, y) i64[B, 2] in this frame, and its part of a canvas f[B, C, H + …, W + …]."""

    def __init__(self, batch: Batch, name: str) -> None:
        box = batch.get(f"{name}.box")
        anchors = batch.get(f"{name}.anchors")
        mean = batch.delta.gather(1, anchors[..., None].expand(-1, -1, 2)).mean(1).round().long()
        room = batch.const("size") - box[:, 2:]
        self.place = torch.minimum((box[:, :2] + mean).clamp_min(0), room)
        self.shift = (self.place - box[:, :2]).to(batch.delta.dtype)
        self.rows = box[:, 3]  # its true height; the rest of the common one is padding
        self.height, self.width = batch.bank.window(name)
        self.valid = batch.get(f"{name}.valid")[:, None] > 0
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


def warp(bank: TensorStore, slots: Tensor, points: Tensor) -> Tensor:
    """``slots`` i64[B] of the bank; ``points`` f32[B, 478, 2] in pixels → RGB f32[B, 3, H, W], 0..255 in whole levels."""
    batch = Batch(bank, slots, points, points - bank.tensors["points"].index_select(0, slots))
    views = {name: View(batch, name) for name in (*EYES, "mouth")}
    height, width = bank.height + bank.margin[0], bank.width + bank.margin[1]
    pixels = pixel_grid(height, width, points).permute(2, 0, 1)
    upper = batch.delta[:, batch.const("upper.index")]
    at = pixels - _backward(batch, "head.basis", upper, batch.get("head.step"), None, height, width)
    eyes = [_slide(batch, name, views[name], upper, at) for name in EYES]
    mouth = views["mouth"]
    fine = batch.get("mouth.step")
    here = mouth.pixels(points).permute(0, 3, 1, 2)
    finer = here - _backward(batch, "mouth.upper.basis", upper, fine, mouth.shift, mouth.height, mouth.width)
    before = mouth.read(at)
    mouth.write(at, before + (finer - before) * batch.get("mouth.feather")[:, None], before)
    ground = F.pad(batch.layer("ground"), (0, bank.margin[1], 0, bank.margin[0]), mode="replicate")
    frame = over(levels(sample(batch.layer("upper.layer"), 2 * at.permute(0, 2, 3, 1))), ground)  # ``Layer.read``
    for name, (cut, head, fold) in zip(EYES, eyes, strict=True):
        _eye(batch, name, views[name], frame, cut, head, fold)
    moved = batch.delta[:, batch.const("lower.index")]
    source = here - _backward(batch, "mouth.lower.basis", moved, fine, mouth.shift, mouth.height, mouth.width)
    source = source - batch.get("lower.origin")[:, :, None, None]
    lower = over(levels(sample(batch.layer("lower.layer"), 2 * source.permute(0, 2, 3, 1))), mouth.read(ground))
    _mouth(batch, mouth, frame, lower)
    return frame[:, :, : bank.height, : bank.width]


def _backward(batch: Batch, basis: str, delta: Tensor, step: Tensor, shift: Tensor | None, height: int, width: int) -> Tensor:
    """What ``Field.source`` takes off the pixels' places: f[B, 2, height, width]."""
    matrix = batch.get(basis)  # [B, ny, nx, K]
    count, ny, nx, _ = matrix.shape
    forward = (matrix.flatten(1, 2) @ delta).transpose(1, 2).reshape(count, 2, ny, nx)
    return at_pixels(invert_field(forward, step, shift), step, height, width)


def _slide(batch: Batch, name: str, view: View, upper: Tensor, at: Tensor) -> tuple[Cut, Tensor, Tensor]:
    """``Eye.slide``, into ``at``. Returns the slit, the map without lids f[B, 2, h, w], where lid skin covers f[B, h, w]."""
    cut = cut_slit(batch, name, view)
    head = view.read(at)
    origin = view.place.to(upper.dtype)
    lines = []
    for side in ("upper", "lower"):
        carried = batch.get(f"{name}.contour.{side}") + batch.get(f"{name}.lids.{side}") @ upper - origin[:, None]
        line = batch.const(f"{name}.{side}.resample") @ carried
        columns = cut.x.expand(len(line), -1)
        lines.append(interp(columns, line[..., 0].cummax(1).values, line[..., 1]))
    was_upper, was_lower = lines
    size = batch.get(f"{name}.width")
    inside = (torch.minimum(cut.x - cut.left[:, :1], cut.right[:, :1] - cut.x) / (0.06 * size)[:, None]).clamp(0, 1)
    down, up = ((cut.upper - was_upper) * inside)[:, None], ((cut.lower - was_lower) * inside)[:, None]
    top, bottom = cut.upper[:, None], cut.lower[:, None]
    strip = (STRIP * size)[:, None, None]
    above, below = (row[:, None, None] for row in batch.get(f"{name}.heights").unbind(1))
    moved = torch.where(
        cut.y <= (top + bottom) / 2,
        down * _falloff((top - cut.y - strip) / (above - strip)),
        up * _falloff((cut.y - bottom - strip) / below),
    )
    rows = torch.minimum((cut.y - moved).clamp_min(0), (view.rows - 1)[:, None, None].to(moved.dtype))
    slid = sample(head, torch.stack([cut.x.expand_as(rows), rows], -1))
    view.write(at, slid, head)
    fold = _smooth((top - cut.y - 0.6 * strip) / (0.6 * strip)) * _smooth(
        (cut.y - was_upper[:, None] + FOLD * above) / (FOLD_RAMP * above)
    )
    near = _spread(down[:, 0], batch.get(f"{name}.reach"), -(-view.width // 9))[:, None]
    return cut, head, fold * _smooth((near - 0.05 * size[:, None, None]) / (0.10 * size[:, None, None]))


def _spread(row: Tensor, reach: Tensor, most: int) -> Tensor:
    """The largest neighbour within ``reach`` f[B] columns, then the mean of these; ``row`` f[B, w]; ``reach`` ≤ ``most``."""
    steps = torch.arange(-most, most + 1, device=row.device, dtype=row.dtype)
    near = steps.abs() <= reach[:, None]  # [B, 2 most + 1]
    around = F.pad(row, (most, most)).unfold(1, 2 * most + 1, 1)
    largest = torch.where(near[:, None], around, -torch.inf).amax(2)
    around = F.pad(largest, (most, most)).unfold(1, 2 * most + 1, 1)
    return (around * near[:, None]).sum(2) / (2 * reach[:, None] + 1)


def _eye(batch: Batch, name: str, view: View, frame: Tensor, cut: Cut, head: Tensor, fold: Tensor) -> None:
    """``Eye.draw``."""
    size = batch.get(f"{name}.width")
    before = view.read(frame)
    corner = batch.get(f"{name}.box")[:, None, None, :2].to(head.dtype)
    lid = levels(sample(batch.layer(f"{name}.lid"), head.permute(0, 2, 3, 1) - corner))
    light = 1 - 0.10 * torch.exp(-(((cut.upper[:, None] - cut.y) / (0.22 * size)[:, None, None]) ** 2))
    skin = before + (lid * light[:, None] - before) * fold[:, None]
    opening = cut.opening((size / 32).clamp_min(1.2))
    shut = 1 - (cut.gap.amax(1) / batch.get(f"{name}.open")).clamp_max(1)
    ball = _ball(batch, name, view)
    shade = 0.72 + 0.28 * ((cut.y - cut.upper[:, None]) / (0.10 * size)[:, None, None]).clamp(0, 1)
    closing = torch.where(shut > 0.05, shut, 0)[:, None, None]
    ball = ball * (1 - closing * (1 - shade))[:, None]
    skin = skin + (ball - skin) * opening[:, None]
    skin = cut.softened(levels(skin), (2 * shut - 1).clamp_min(0))
    lashes = LASHES * (shut - 0.15).clamp_min(0) / 0.85
    skin = skin * cut.darker(LASH_WIDTH * size, lashes[:, None].expand_as(cut.upper))[:, None]
    view.write(frame, levels(skin), before)


def _ball(batch: Batch, name: str, view: View) -> Tensor:
    """``Eye._placed_ball``."""
    anchors = batch.get(f"{name}.points")  # [B, 3, 2]: centre, one reach to the right, one down
    moved = anchors + batch.get(f"{name}.rigid") @ batch.delta[:, batch.const("rigid")]
    which = EYES.index(name)
    iris = batch.points[:, batch.const("irises")[which : which + 1]][:, 0]
    gaze = iris - batch.get(f"{name}.iris") - (moved[:, 0] - anchors[:, 0])
    share = (GAZE_REACH * batch.get(f"{name}.width") / gaze.norm(dim=1).clamp_min(1e-6)).clamp_max(1)
    moved = moved + (gaze * share[:, None])[:, None]
    source = anchors - batch.get(f"{name}.box")[:, None, :2].to(anchors.dtype)
    target = moved - view.place[:, None].to(moved.dtype)
    reach = (source[:, 1, 0] - source[:, 0, 0])[:, None]
    axes = torch.stack([(target[:, 1] - target[:, 0]) / reach, (target[:, 2] - target[:, 0]) / reach], 2)  # columns
    matrix = torch.cat([axes, (target[:, 0] - (axes @ source[:, 0, :, None])[..., 0])[..., None]], 2)
    ball = batch.layer(f"{name}.ball")
    return levels(affine_sample(ball, matrix, view.height, view.width, outside="border", mode="bicubic"))


def _mouth(batch: Batch, view: View, frame: Tensor, lower: Tensor) -> None:
    """``WarpAvatar._draw_mouth``."""
    before = view.read(frame)
    cut = cut_slit(batch, "mouth", view)
    unit = batch.get("unit")
    soft = batch.get("edge")
    skin = before + (lower - before) * (cut.below(soft) * batch.get("mouth.feather"))[:, None]
    near = (1 - cut.gap / (0.03 * unit)[:, None]).clamp(0, 1)
    skin = skin * cut.darker(batch.get("contact.width"), batch.get("contact")[:, None] * near)[:, None]
    inside = paint_interior(batch, cut, *_jaws(batch, view))
    skin = skin + (inside - skin) * cut.opening(soft)[:, None]
    view.write(frame, levels(skin), before)


def _jaws(batch: Batch, view: View) -> tuple[Tensor, Tensor]:
    """``WarpAvatar._jaws``: affine maps f[B, 2, 3] from mouth coordinates to window pixels, for skull and jaw."""
    rigid = batch.delta[:, batch.const("rigid")]
    corners = batch.get("mouth.frame") + batch.get("mouth.rigid") @ rigid - view.place[:, None].to(rigid.dtype)
    origin = corners[:, 0]
    skull = torch.stack([(corners[:, 1] - origin) / 0.25, (corners[:, 2] - origin) / 0.25, origin], 2)
    chin = batch.points[:, batch.const("chin")].mean(1)
    rest = batch.get("chin.rest") + (batch.get("chin.rigid")[:, None] @ rigid)[:, 0]
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
