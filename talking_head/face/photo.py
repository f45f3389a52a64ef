"""From an uploaded file to a framed picture with one usable face. Every refusal is a sentence a person can act on."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from talking_head.errors import PhotoError
from talking_head.face.space import fit_pose, vector_from_rotation
from talking_head.protocols import Landmarker
from talking_head.system.memory import give_back
from talking_head.types import F32, U8

MAX_BYTES = 40_000_000
MAX_PIXELS = 40_000_000  # that are decoded; four times as many in a JPEG that is reduced while it is decoded
_REDUCED = 4
Image.MAX_IMAGE_PIXELS = _REDUCED * MAX_PIXELS  # the library warns of what we allow otherwise
MIN_SIDE = 64
MIN_EYES = 34.0  # pixels between the outer eye corners; below that a face at 512² is mush
MAX_YAW = 32.0  # degrees: beyond, half of the mouth is hidden and cannot be animated
MAX_PITCH = 28.0
_WORKING_SIDE = 4096  # larger photos are reduced first: no portrait needs more
_SEARCH_SIDE = 1280
_ROOM = 2.05  # heights of the face that a picture of head and shoulders is high
_LARGEST = 0.9  # of the picture's side: a larger face has no room to move
_MARGIN = 0.04  # of the picture's side, beside the face
_GREY = (128, 128, 128)
_one_at_a_time = threading.Lock()  # what is decoded lies in memory several times over
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_EYE_GAPS = ((159, 145, 33, 133), (386, 374, 263, 362))  # upper lid, lower lid, corners


def decode(data: bytes | str | Path) -> U8:
    """Read a JPEG, PNG, WebP or GIF (its first frame) to u8[H, W, 3] RGB, upright, transparency over grey.

    At most 40 MB and 40 megapixels (what is decoded counts: JPEG is reduced on the way); reduced to 4 096 pixels a side. One
    picture at a time, whatever thread asks, and the memory goes back to the system. Raises PhotoError.
    """
    if isinstance(data, str | Path):
        path = Path(data)
        if not path.is_file():
            raise PhotoError(f"There is no picture file {path}.")
        data = path.read_bytes()
    if not data:
        raise PhotoError("The picture file is empty.")
    if len(data) > MAX_BYTES:
        raise PhotoError(f"The file has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.")
    try:
        with _one_at_a_time:
            return _decode(data)
    except Image.DecompressionBombError:
        raise PhotoError(f"The photo has far more than {MAX_PIXELS // 1_000_000} megapixels. Save it smaller.") from None
    except UnidentifiedImageError as error:
        raise PhotoError("This is not a picture that can be read. Use a JPEG, PNG, WebP or GIF file.") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PhotoError("The picture file is damaged or cut off. Save or download it again, then retry.") from error


def check_size(picture: Image.Image) -> None:
    """Raise PhotoError for a picture of too few pixels, or of more than are decoded; only its header has been read so far.

    A JPEG is set to be reduced while it is decoded (``draft``), where its kind allows it.
    """
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        raise PhotoError(f"The photo has only {width}×{height} pixels; use one in which the face is at least 150 pixels tall.")
    whole = bool(picture.info.get("progressive"))  # such a JPEG is held in memory whole, however small it comes out
    picture.draft("RGB", (_WORKING_SIDE, _WORKING_SIDE))
    decoded = width * height if whole else picture.size[0] * picture.size[1]
    if decoded > MAX_PIXELS or width * height > _REDUCED * MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        raise PhotoError(
            f"The photo has {width}×{height} pixels; at most {most} megapixels are read ({_REDUCED * most} of a JPEG). "
            "Save it smaller."
        )


def _decode(data: bytes) -> U8:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        check_size(picture)
        picture.load()
        large = picture.size[0] * picture.size[1] > _WORKING_SIDE**2 // 2
        if max(picture.size) > _WORKING_SIDE:
            picture.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.BOX)  # in place: before anything copies it
        image = np.asarray(_to_rgb(ImageOps.exif_transpose(picture)), np.uint8).copy()
    if large:
        give_back()
    return image


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        grey = np.asarray(picture, np.float64)
        return Image.fromarray((grey / max(grey.max(), 1.0) * 255).astype(np.uint8)).convert("RGB")
    if "A" in picture.mode or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (*_GREY, 255))
        return Image.alpha_composite(ground, layer).convert("RGB")
    return picture.convert("RGB")


def find_face(image: U8, landmarker: Landmarker) -> F32:
    """Landmarks f32[478, 3] of the one usable face in ``image``; raises PhotoError when there is none, or two."""
    faces = _apart(_search(image, landmarker))
    if not faces:
        raise PhotoError("No face was found. Use a photo of one face that is turned towards the camera, in even light.")
    spans = [float(np.ptp(face[:, 0])) for face in faces]
    if sum(span > 0.5 * spans[0] for span in spans) > 1:
        raise PhotoError("There are two or more faces in the photo. Crop it so that only one person is in it.")
    points = faces[0]
    check_face(points)
    return points


def check_face(points: F32) -> None:
    """Raise PhotoError if the face is too small, turned away, or has its eyes shut."""
    eyes = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    pitch, yaw, _ = head_angles(points)
    if abs(yaw) > MAX_YAW:
        raise PhotoError(f"The face is turned {abs(yaw):.0f}° to the side. Use a photo that looks straight into the camera.")
    if abs(pitch) > MAX_PITCH:
        raise PhotoError(f"The face is tilted {abs(pitch):.0f}° up or down. Use a photo that looks straight into the camera.")
    if eyes < MIN_EYES:
        height = float(np.ptp(points[:468, 1]))
        raise PhotoError(f"The face is only {height:.0f} pixels tall. Use a larger photo, or one taken from nearer.")
    if eyes_open(points) < 0.1:
        raise PhotoError("The eyes are shut in the photo. Use one with open eyes.")


def eyes_open(points: F32) -> float:
    """How far the wider eye is open, in units of its width: about 0.3, shut below 0.1."""
    gaps = [np.linalg.norm(points[a] - points[b]) / np.linalg.norm(points[c] - points[d]) for a, b, c, d in _EYE_GAPS]
    return float(max(gaps))


def head_angles(points: F32) -> tuple[float, float, float]:
    """Pitch, yaw and roll of a face in degrees, from its rigid points."""
    pitch, yaw, roll = np.degrees(vector_from_rotation(fit_pose(points).rotation))
    return float(pitch), float(yaw), float(roll)


def quarter_turns(points: F32) -> int:
    """How many quarter turns to the left (``np.rot90``) put the face upright; 0 for a head that merely leans."""
    return round(head_angles(points)[2] / 90) % 4


def _search(image: U8, landmarker: Landmarker) -> list[F32]:
    height, width = image.shape[:2]
    factor = min(1.0, _SEARCH_SIDE / max(height, width))
    reduced = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else image
    small = np.asarray(reduced, np.uint8)
    faces = landmarker.detect(small)
    if faces:
        return [face / np.float32(factor) for face in faces]
    # The detector looks at a small copy of the picture: a face that fills it to the rim needs room, a far one a closer look.
    pad = max(small.shape[:2]) // 3
    padded = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=_GREY)
    faces = landmarker.detect(np.asarray(padded, np.uint8))
    if faces:
        return [(face - np.array([pad, pad, 0], np.float32)) / np.float32(factor) for face in faces]
    return _search_tiles(image, landmarker)


def _search_tiles(image: U8, landmarker: Landmarker) -> list[F32]:
    height, width = image.shape[:2]
    side = int(min(height, width, max(height, width) * 0.5))
    if side < 2 * MIN_SIDE:
        return []
    found: list[F32] = []
    for top in np.linspace(0, height - side, max(1, round(2 * height / side) - 1)).astype(int):
        for left in np.linspace(0, width - side, max(1, round(2 * width / side) - 1)).astype(int):
            tile = image[top : top + side, left : left + side]
            found += [face + np.array([left, top, 0], np.float32) for face in landmarker.detect(np.ascontiguousarray(tile))]
    return sorted(found, key=lambda face: -float(np.ptp(face[:, 0])))


def _apart(faces: list[F32]) -> list[F32]:
    """Without faces seen twice: a nose in the middle of another face is the same nose. Tiles overlap, and the detector may find
    a face that lies on its side in two versions."""
    kept: list[F32] = []
    for face in faces:
        if all(np.linalg.norm(face[1, :2] - other[1, :2]) > np.ptp(other[:, 0]) / 2 for other in kept):
            kept.append(face)
    return kept


def frame_head(image: U8, points: F32, size: int | None = 512) -> tuple[U8, F32]:
    """Cut a square head-and-shoulders picture; ``size`` its side (None: as large as the photo gives, at most 1 080).

    ``image`` u8[H, W, C]. Returns u8[size, size, C] and the landmarks in it. A square photo keeps its frame, and a face of
    up to nine tenths of the photo's shorter side needs no other pixels than the photo's own. A larger one gets a strip of
    continued picture, so that the head has room to move.
    """
    height, width = image.shape[:2]
    left, top, side = _square(points, width, height)
    if size is None:
        size = int(np.clip(round(side), 256, 1080)) // 2 * 2
    low, high = np.floor([left, top]).astype(int), np.ceil([left + side, top + side]).astype(int)
    before, after = np.maximum(-low, 0), np.maximum(high - [width, height], 0)
    if before.any() or after.any():
        image = _extend(image, int(before[1]), int(after[1]), int(before[0]), int(after[0]))
        left, top = left + before[0], top + before[1]
        points = points + np.array([*before, 0], np.float32)
    scale = size / side
    if scale < 1:  # INTER_AREA needs whole source pixels; what the rounding moves is put into the landmarks
        x0, y0, n = round(left), round(top), round(side)
        x0, y0 = min(x0, image.shape[1] - n), min(y0, image.shape[0] - n)
        out = cv2.resize(image[y0 : y0 + n, x0 : x0 + n], (size, size), interpolation=cv2.INTER_AREA)
        left, top, scale = float(x0), float(y0), size / n
    else:
        matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        out = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    moved = (points - np.array([left, top, 0], np.float32)) * np.float32(scale)
    return np.asarray(out, np.uint8), moved.astype(np.float32)


def _square(points: F32, width: int, height: int) -> tuple[float, float, float]:
    """Left, top and side of the square to cut: chin at four fifths of its height, face a little under half of it.

    Of a photo that gives less, as much as it gives, down to a face of nine tenths of the side.
    """
    low, high = points[:468, :2].min(0), points[:468, :2].max(0)
    face = float(high[1] - low[1])
    whole = min(width, height)
    inside = (low > _MARGIN * whole).all() and (high < (1 - _MARGIN) * whole).all()
    if abs(width - height) <= 0.02 * whole and face / whole >= 0.3 and inside:
        return 0.0, 0.0, float(whole)
    side = min(_ROOM * face, max(float(whole), face / _LARGEST))
    left = (low[0] + high[0]) / 2 - side / 2
    top = high[1] - 0.8 * side
    # The photo's own pixels before continued ones, but for a face that the photo's rim touches.
    left = float(np.clip(left, min(0, width - side), max(0, width - side)))
    top = float(np.clip(top, min(0, height - side), max(0, height - side)))
    left = float(np.clip(left, high[0] - (1 - _MARGIN) * side, low[0] - _MARGIN * side))
    top = float(np.clip(top, high[1] - (1 - _MARGIN) * side, low[1] - _MARGIN * side))
    return left, top, side


def _extend(image: U8, top: int, bottom: int, left: int, right: int) -> U8:
    """Continue a picture over its borders by its outermost pixels, blurred more and more the further out.

    Not by its reflection, which would show a second head.
    """
    out = cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_REPLICATE)
    inside = np.zeros(out.shape[:2], np.uint8)
    inside[top : top + image.shape[0], left : left + image.shape[1]] = 1
    distance = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    reach = max(top, bottom, left, right, 1)
    for step in (0.02, 0.06, 0.15, 0.35):
        blurred = cv2.GaussianBlur(out, (0, 0), max(1.0, step * reach))
        weight = np.clip(distance / (step * reach) - 0.5, 0, 1)[..., None]
        out = (out * (1 - weight) + blurred * weight).astype(np.uint8)
    return np.asarray(out, np.uint8)
