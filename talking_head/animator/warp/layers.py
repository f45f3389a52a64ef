"""The photo as layers: skin above the slits, skin below them, and the eyes behind the lids.

Each layer is the photo with everything beyond its contour painted over by its own continuation, so that no edge can ever show a
tooth, an eyelash of the other lid, or the white of an eye.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.warp import spectacles
from talking_head.animator.warp.geometry import LEFT_EYE, MOUTH, RIGHT_EYE, Box, Contours, Slit, slit
from talking_head.curves import smoothstep
from talking_head.types import F32, U8

Window = tuple[int, int, int, int]  # x0, y0, width, height in pixels
_SHUT = 0.10  # of an eye's width: less open, what shows between the lids is lashes and their shadow, and no white
# The crease of a lid, in widths of its eye: where it is looked for above the open lid, and by how much darker than the skin on
# both sides. As the lid shuts it sinks by a share of the opening and keeps a share of its shade; half its width, that of the
# blur that it stands out from, and half of what is looked at along it.
_CREASE_FROM, _CREASE_TO, _CREASE_SEEN = 0.08, 0.34, 0.04
_CREASE_SINKS, _CREASE_LEFT, _CREASE_WIDE, _CREASE_AROUND, _CREASE_EVEN = 0.35, 0.8, 0.06, 0.10, 0.10
# The shade beside the inner corner, in widths of the eye: from where to where it is looked at, across, and from above the
# corner down; how much of it is blurred away, and along it; how far into the lid it runs out. The percentile of a row that
# speaks: a little less than the middle; no darker than this.
_SOCKET_NEAR, _SOCKET_FAR, _SOCKET_HIGH, _SOCKET_LOW = 0.06, 0.20, 0.32, 0.04
_SOCKET_BLUR, _SOCKET_ALONG, _SOCKET_INTO, _SOCKET_ROW, _SOCKET_DARK = 0.04, 0.14, 0.80, 45, 0.2


def skin_layers(image: U8, points: F32, unit: float) -> tuple[U8, U8]:
    """RGBA u8[H, W, 4] twice: what moves with the upper lip (and both lids), and what moves with the lower lip.

    In the first the eye openings are closed: their upper half continues the upper lid, their lower half the lower lid.
    """
    upper = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), np.uint8)
    lower = upper.copy()
    for contours in (MOUTH, LEFT_EYE, RIGHT_EYE):
        x0, y0, width, height = window_of(points, contours, image.shape, 0.35, 0.5)
        cut = slit(points, contours, x0, y0, width)
        view = (slice(y0, y0 + height), slice(x0, x0 + width))
        y = np.arange(height, dtype=np.float32)[:, None]
        columns = np.arange(width)
        inside = (columns >= cut.left[0]) & (columns <= cut.right[0])
        if contours is MOUTH:
            # Contours of an open mouth lie a little too far inside: that strip is given up.
            eat = 0.010 * unit if float(cut.gap.max()) > 0.02 * unit else 0.0
            reach = 0.09 * unit
            below = (y > cut.upper - eat) & (y < cut.lower + reach) & inside
            above = (y < cut.lower + eat) & (y > cut.upper - reach) & inside
            upper[view] = continued(upper[view], below, up=False)
            lower[view] = continued(lower[view], above, up=True)
        else:
            middle = (cut.upper + cut.lower) / 2
            upper[view] = continued(upper[view], (y > cut.upper) & (y <= middle) & inside, up=False)
            upper[view] = continued(upper[view], (y > middle) & (y < cut.lower) & inside, up=True)
    return upper, lower


def continued(picture: U8, hole: np.ndarray, *, up: bool) -> U8:
    """Fill ``hole`` bool[h, w] column by column with the pixel at its near edge, a little smoothed along the edge.

    ``up`` False continues downward from the pixels above the hole, True upward from those below it.
    """
    flipped, mask = (picture[::-1], hole[::-1]) if up else (picture, hole)
    rows = np.arange(len(mask))[:, None]
    last = np.maximum.accumulate(np.where(mask, -1, rows), axis=0)  # nearest known row above
    filled = np.take_along_axis(flipped, np.maximum(last, 0)[..., None].repeat(flipped.shape[2], 2), axis=0)
    smooth = cv2.GaussianBlur(filled, (7, 1), 1.5)  # along the edge only: nothing comes in from the far side
    depth = np.clip((rows - last) / 3.0, 0, 1)[..., None] * mask[..., None]
    out = np.where(mask[..., None], filled * (1 - depth) + smooth * depth, flipped).astype(np.uint8)
    return np.asarray(out[::-1] if up else out, np.uint8)


def eyeball_layer(image: U8, points: F32, contours: Contours, window: Window) -> U8:
    """RGBA u8[h, w, 4] of ``window``: what is seen between the lids, continued behind them."""
    x0, y0, width, height = window
    cut = slit(points, contours, x0, y0, width)
    piece = cv2.cvtColor(image[y0 : y0 + height, x0 : x0 + width], cv2.COLOR_RGB2RGBA)
    eye_width = float(cut.right[0] - cut.left[0])
    sure = cv2.erode((cut.opening(height, 1.0) > 0.99).astype(np.uint8), np.ones((3, 3), np.uint8))
    if eye_width < 6 or not sure.any():
        return np.asarray(piece, np.uint8)
    _, label = cv2.distanceTransformWithLabels(1 - sure, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    ys, xs = np.nonzero(sure)
    nearest = np.zeros((int(label.max()) + 1, 2), np.int64)
    nearest[label[ys, xs]] = np.stack([ys, xs], -1)
    source = nearest[label]
    filled = piece[source[..., 0], source[..., 1]]
    smooth = cv2.GaussianBlur(filled, (0, 0), max(0.8, eye_width / 40))
    return np.asarray(np.where(sure[..., None] > 0, piece, smooth), np.uint8)


def lid_layer(image: U8, points: F32, contours: Contours, window: Window) -> U8:
    """RGBA u8[h, w, 4] of ``window``: plain lid skin instead of the eye, from the skin around it, with the photo's grain.

    The rim of spectacles stays where the photo shows it.
    """
    x0, y0, width, height = window
    cut = slit(points, contours, x0, y0, width)
    piece = image[y0 : y0 + height, x0 : x0 + width].astype(np.float32)
    eye_width = float(cut.right[0] - cut.left[0])
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)
    room = np.float32(eye_width)
    columns = (x > cut.left[0] - 0.06 * room) & (x < cut.right[0] + 0.06 * room)
    # Lashes and the fold above, lashes and the wet rim below.
    eye = (y > cut.upper - 0.30 * room) & (y < cut.lower + 0.10 * room) & columns
    # Brows, creases and painted rims are no skin: of what is around, the brighter half speaks. Around, not anywhere in the
    # window: a deep socket is darker than brow and cheek, and a lid in their light shone out of it.
    luma = cv2.GaussianBlur(piece.mean(-1), (0, 0), 1.0)
    reach = 2 * round(0.18 * eye_width) + 1
    near = (cv2.dilate(eye.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))) > 0) & ~eye
    dark, lit = (float(np.percentile(luma[near], q)) if near.any() else 0.0 for q in (40, 60))
    known = (~eye * np.clip((luma - dark) / max(lit - dark, 1.0), 0.02, 1)).astype(np.float32)[..., None]
    plain = np.zeros_like(piece)
    for sigma in (0.40, 0.20, 0.10):  # from far skin to near skin: what is near counts where there is any
        blurred = cv2.GaussianBlur(np.dstack([piece * known, known]), (0, 0), max(1.0, sigma * eye_width))
        weight = np.clip(blurred[..., 3:] * 6, 0, 1) if sigma < 0.4 else np.float32(1)
        plain += (blurred[..., :3] / np.maximum(blurred[..., 3:], 1e-4) - plain) * weight
    grain = piece - cv2.GaussianBlur(piece, (0, 0), 1.5)
    spread = float(np.median(np.abs(grain[~eye]))) * 1.48 if (~eye).any() else 0.0
    noise = cv2.GaussianBlur(np.random.default_rng(0).standard_normal((height, width)).astype(np.float32), (0, 0), 0.7)
    spectacled = spectacles.wears(image, points)
    if not spectacled:  # a rim beside the eye is no shade of the socket
        plain *= _socket(piece, plain, cut, eye_width, -1 if contours is LEFT_EYE else 1)
    plain *= _crease(piece, cut, eye_width)
    plain += (noise * min(spread, 3.0))[..., None]
    if spectacled:
        plain += (piece - plain) * spectacles.rim(image, points, contours, window)[..., None]
    out = np.clip(plain, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(out, cv2.COLOR_RGB2RGBA), np.uint8)


def _socket(piece: F32, plain: F32, cut: Slit, eye_width: float, out: int) -> F32:
    """What the socket's shade beside the inner corner does to the light on a shut lid ``plain``, f32[h, w or 1, 3], at most 1.

    ``piece`` f32[h, w, 3]: the photo; ``out``: 1 where x grows into the eye, -1 where it grows towards the nose. Lid and socket
    meet at one level, and the shade runs out into the lid: where it ended at the lid, it made a ring with the lashes.
    """
    height, width = piece.shape[:2]
    corner = float(cut.left[0] if out > 0 else cut.right[0])
    within = (np.arange(width, dtype=np.float32) - corner) * np.float32(out / eye_width)
    beside = np.flatnonzero((within > -_SOCKET_FAR) & (within < -_SOCKET_NEAR))
    end = float(cut.upper[np.abs(within).argmin()])
    first, last = max(int(end - _SOCKET_HIGH * eye_width), 0), min(int(end - _SOCKET_LOW * eye_width) + 1, height)
    if not len(beside) or last <= first:
        return np.ones_like(piece)
    box = slice(first, last), slice(int(beside[0]), int(beside[-1]) + 1)
    seen = cv2.GaussianBlur(piece, (0, 0), _SOCKET_BLUR * eye_width)[box]
    ratio = np.percentile(seen, _SOCKET_ROW, axis=1) / np.maximum(np.median(plain[box], axis=1), 1)
    ratio = np.pad(ratio, ((first, height - last), (0, 0)), "edge").astype(np.float32)[:, None]
    ratio = cv2.GaussianBlur(ratio, (1, 0), 1, None, _SOCKET_ALONG * eye_width, borderType=cv2.BORDER_REPLICATE)
    weight = smoothstep(np.clip(1 - within / _SOCKET_INTO, 0, 1))[:, None]
    return np.asarray(1 + (np.clip(ratio.reshape(height, 1, 3), _SOCKET_DARK, 1) - 1) * weight, np.float32)


def _crease(piece: F32, cut: Slit, eye_width: float) -> F32:
    """What the crease above an open eye in ``piece`` f32[h, w, 3] does to the light on a shut lid, f32[h, w, 3].

    It is the photo's own, a little lower and flatter, as skin that unrolls out of it leaves it; 1 all over where there is none.
    """
    height, width = piece.shape[:2]
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    across = np.minimum(x - cut.left[0], cut.right[0] - x) / np.float32(eye_width)
    luma = np.asarray(piece.mean(-1), np.float32)
    above = np.arange(_CREASE_FROM, _CREASE_TO, 0.01, dtype=np.float32)
    middle = np.flatnonzero(across > 0.25)
    if len(middle) < 8:
        return np.ones_like(piece)
    rows = cut.upper[middle] - above[:, None] * np.float32(eye_width)
    profile = np.median(cv2.remap(luma, np.tile(x[middle], (len(above), 1)), rows, cv2.INTER_LINEAR), axis=1)
    lit = np.minimum(np.maximum.accumulate(profile), np.maximum.accumulate(profile[::-1])[::-1])
    deepest = int((lit - profile).argmax())
    if lit[deepest] - profile[deepest] < _CREASE_SEEN * lit[deepest]:
        return np.ones_like(piece)
    was = cut.upper - above[deepest] * np.float32(eye_width)
    now = was + np.float32(_CREASE_SINKS) * np.maximum(cut.gap, 0)
    around = cv2.GaussianBlur(piece, (0, 0), _CREASE_AROUND * eye_width)
    ratio = np.asarray(cv2.GaussianBlur(piece, (0, 0), 0.8) / np.maximum(around, 1), np.float32)
    # Unrolled to a straight line, along which only what is long stays: tips of lashes cross it.
    half = round(2 * _CREASE_WIDE * eye_width) + 1
    rows, columns = was + np.arange(-half, half + 1, dtype=np.float32)[:, None], np.tile(x, (height, 1))
    line = cv2.remap(ratio, np.tile(x, (2 * half + 1, 1)), rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    reach = round(_CREASE_EVEN * eye_width)
    beside = np.lib.stride_tricks.sliding_window_view(np.pad(line, ((0, 0), (reach, reach), (0, 0)), "edge"), 2 * reach + 1, 1)
    line = cv2.blur(np.asarray(np.median(beside, -1), np.float32), (2 * reach + 1, 1))
    own = cv2.remap(line, columns, y - now + half, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    weight = np.exp(-(((y - now) / (_CREASE_WIDE * eye_width)) ** 2)) * np.clip(across / 0.2, 0, 1)
    return np.asarray(1 + np.clip(own - 1, -0.16, 0.05) * (_CREASE_LEFT * weight)[..., None], np.float32)


def window_of(
    points: F32, contours: Contours, shape: tuple[int, ...], side: float, above: float, below: float | None = None
) -> Window:
    """A window around a slit, inside the picture: room in slit widths at each side, above and below (default: as above)."""
    rows = np.concatenate([contours.upper, contours.lower])
    low, high = points[rows, :2].min(0), points[rows, :2].max(0)
    wide = float(high[0] - low[0])
    x0, y0 = np.maximum(np.floor(low - wide * np.array([side, above])), 0).astype(int)
    end = high + wide * np.array([side, above if below is None else below])
    x1, y1 = np.minimum(np.ceil(end), [shape[1], shape[0]]).astype(int)
    return int(x0), int(y0), int(x1 - x0), int(y1 - y0)


def lip_light(image: U8, points: F32) -> F32:
    """The photo's light against a neutral one, f32[3] about 1: teeth are tinted by it.

    Its strength is read off cheeks and forehead, its colour off the whites of the eyes (off the skin where none are seen).
    """
    spots = points[[50, 280, 101, 330, 151, 9], :2].round().astype(int)
    spots = np.clip(spots, 2, [image.shape[1] - 3, image.shape[0] - 3])
    skin = np.median([image[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(0) for x, y in spots], axis=0)
    bright = float(np.clip(skin.mean() / 175.0, 0.55, 1.08)) ** 0.6
    white = _eye_white(image, points)
    if white is None:
        tint = np.clip(skin / skin.mean() / np.array([1.18, 0.98, 0.84]), 0.8, 1.2) ** 0.4
    else:
        tint = np.clip(white / white.mean() / np.array([1.02, 0.995, 0.985]), 0.6, 1.35) ** 0.9
    tint = np.minimum(tint, tint[0] * np.array([1.0, 0.97, 0.95]))  # in a cold light, too, teeth are the warmer white
    return np.asarray(bright * tint, np.float32)


def _eye_white(image: U8, points: F32) -> np.ndarray | None:
    """Mean colour of the brightest of the whites of both eyes, f64[3]; None where too little of them is seen."""
    found = []
    for contours, iris in ((LEFT_EYE, 468), (RIGHT_EYE, 473)):
        x0, y0, width, height = window_of(points, contours, image.shape, 0.05, 0.1)
        if width < 8 or height < 4:
            continue
        cut = slit(points, contours, x0, y0, width)
        if float(cut.gap.max()) < _SHUT * float(cut.right[0] - cut.left[0]):
            continue
        y, x = np.mgrid[y0 : y0 + height, x0 : x0 + width]
        radius = 1.1 * np.linalg.norm(points[iris + 1, :2] - points[iris, :2])
        white = (cut.opening(height, 1.0) > 0.99) & (np.hypot(x - points[iris, 0], y - points[iris, 1]) > radius)
        pixels = image[y0 : y0 + height, x0 : x0 + width][white].astype(np.float64)
        if len(pixels) > 6:
            level = pixels.sum(1)
            found.append(pixels[level >= np.percentile(level, 60)].mean(0))
    return np.asarray(np.mean(found, axis=0)) if found else None


def lip_shadow(image: U8, points: F32) -> F32:
    """Colour of the line between closed lips, f32[3] RGB 0..255: the lips' own, much darker."""
    spots = points[[37, 267, 84, 314, 0, 17], :2].round().astype(int)
    inner = points[[81, 311, 178, 402, 13, 14], :2].round().astype(int)
    spots = np.clip((spots + inner) // 2, 0, [image.shape[1] - 1, image.shape[0] - 1])
    return np.asarray(np.median(image[spots[:, 1], spots[:, 0]], axis=0) * np.array([0.42, 0.36, 0.36]), np.float32)


def darken(view: U8, cut: Slit, width: float, amount: F32) -> None:
    """Draw a soft dark line along the middle of a slit into its window ``view`` u8[h, w, 3]; ``amount`` f32[w]: how dark,
    0..1.
    """
    middle = (cut.upper + cut.lower) / 2
    x = np.arange(len(middle), dtype=np.float32)
    ends = np.minimum(np.maximum(np.minimum(x - cut.left[0], cut.right[0] - x) / np.float32(4 * width) + 0.4, 0), 1)
    strength = np.asarray(amount * ends, np.float32)
    columns = np.flatnonzero(strength > 1 / 512)
    if not len(columns):
        return
    across = slice(int(columns[0]), int(columns[-1]) + 1)
    middle = middle[across]
    reach = 2.6 * width  # beyond, the line is too faint to change a level
    down = slice(max(int(middle.min() - reach), 0), max(int(middle.max() + reach) + 2, 0))
    part = view[down, across]
    distance = (np.arange(down.start, down.start + len(part), dtype=np.float32)[:, None] - middle) / np.float32(width)
    distance *= distance
    factor = 1 - strength[across] * np.exp(-distance, out=distance)
    part[:] = part * factor[..., None] + np.float32(0.5)


def soften_seam(view: U8, cut: Slit, amount: F32) -> None:
    """Blur along the middle of a shut slit in its window ``view`` u8[h, w, 3]: layers that meet in whole pixels look jagged.

    ``amount`` f32[w], 0..1. Between the corners only, a pixel or two to each side.
    """
    middle = (cut.upper + cut.lower) / 2
    across = slice(max(int(cut.left[0]), 0), min(int(cut.right[0]) + 2, len(middle)))
    middle = middle[across]
    if not len(middle):
        return
    down = slice(max(int(middle.min()) - 3, 0), max(int(middle.max()) + 5, 0))
    part = view[down, across]
    if not part.size:
        return
    distance = (np.arange(down.start, down.start + len(part), dtype=np.float32)[:, None] - middle) / np.float32(1.4)
    weight = amount[across] * np.exp(-distance * distance)
    cv2.blendLinear(cv2.blur(part, (3, 3)), part, weight, 1 - weight, dst=part)


def blend(view: U8, box: Box, over: F32, weight: F32) -> None:
    """Put ``over`` f32[h, w, 3] 0..255 onto the part ``box`` of ``view`` u8[H, W, 3], by ``weight`` f32[h, w] 0..1."""
    part = view[box]
    mixed = over - part
    mixed *= weight[..., None]
    mixed += part
    mixed += np.float32(0.5)
    np.maximum(mixed, 0, out=mixed)
    part[:] = np.minimum(mixed, 255, out=mixed)
