"""From a picture to a framed head with one usable face, upright. Every refusal is a sentence a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from talking_head.errors import PhotoError
from talking_head.face import upright
from talking_head.face.space import fit_pose, vector_from_rotation
from talking_head.media_files.pictures import GREY, MIN_SIDE, Tell, silent
from talking_head.media_files.remarks import Remark
from talking_head.protocols import Landmarker
from talking_head.types import F32, LARGEST_SIDE, U8

MIN_EYES = 34.0  # pixels between the outer eye corners; below that a face at 512² is mush
MAX_YAW = 32.0  # degrees: beyond, half of the mouth is hidden and cannot be animated
MAX_PITCH = 28.0
_SEARCH_SIDE = 1280
_ROOM = 2.05  # heights of the face that a picture of head and shoulders is high
_LARGEST = 0.9  # of the picture's side: a larger face has no room to move
_MARGIN = 0.04  # of the picture's side, beside the face
_ROUNDED = 1e-3  # of it: a face at the photo's rim gets a square that leaves just the margin, in rounded numbers
_WIDEST = 3.2  # heights of the face: in a wider crop the mouth is a few pixels
_EYE_GAPS = ((159, 145, 33, 133), (386, 374, 263, 362))  # upper lid, lower lid, corners


def find_face(image: U8, landmarker: Landmarker) -> F32:
    """Landmarks f32[478, 3] of the one usable face in ``image``, however it lies; PhotoError when there is none, or two."""
    points = _only(distinct(_search(image, landmarker)))
    check_face(points)
    return points


def upright_face(image: U8, landmarker: Landmarker, tell: Tell = silent) -> tuple[U8, F32]:
    """``image`` turned by quarters so that its one face stands upright, and the face's landmarks in it.

    Scans come sideways, and cameras do not always note how they were held. Raises PhotoError as :func:`find_face` does.
    """
    turns, faces = _turns(image, landmarker)
    if turns:
        image = np.ascontiguousarray(np.rot90(image, turns))
        faces = distinct(_search(image, landmarker))
        if turns == 2:
            tell(Remark("The face was upside down; the picture was turned by 180°.", "photo_upside_down"))
        else:
            tell(Remark("The face was on its side; the picture was turned by 90°.", "photo_lying"))
    points = _only(faces)
    check_face(points)
    return image, points


def upright_video(pictures: Iterable[U8], landmarker: Landmarker, tell: Tell = silent) -> Iterator[U8]:
    """``pictures`` u8[H, W, 3] of one video, all turned as the first one with a face needs it."""
    turns: int | None = None
    for picture in pictures:
        if turns is None:
            found, faces = _turns(picture, landmarker, thorough=False)
            if faces:
                turns = found
                if turns:
                    degrees = 180 if turns == 2 else 90
                    said = f"The face was lying or upside down; the video was turned by {degrees}°."
                    tell(Remark(said, "video_lying", degrees=degrees))
        yield np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def lying(image: U8, landmarker: Landmarker) -> int:
    """How many quarter turns to the left (``np.rot90``) put the face in ``image`` upright; 0 without one."""
    turns, faces = _turns(image, landmarker, thorough=False)
    return turns if faces else 0


def _turns(image: U8, landmarker: Landmarker, *, thorough: bool = True) -> tuple[int, list[F32]]:
    """Quarter turns to the left that put the largest face upright, and the faces as the image lies (none: perhaps turned)."""
    faces = distinct(_search(image, landmarker) if thorough else landmarker.detect(image))
    if not faces:  # the detector may not know a face that lies or stands on its head
        if not thorough:
            return 0, []
        seen = [(turn, _reduced(np.ascontiguousarray(np.rot90(image, turn)))[0]) for turn in (2, 1, 3)]
        scored = [(upright.score(view, found[0]), turn) for turn, view in seen if (found := landmarker.detect(view))]
        return max(scored)[1] if scored else 0, []
    turns = quarter_turns(faces[0])
    view, points = _close_up(image, faces[0], turns)
    here = landmarker.detect(view) if turns else [points]
    view_over = np.ascontiguousarray(view[::-1, ::-1])
    over = landmarker.detect(view_over)
    if over and upright.score(view_over, over[0]) > (upright.score(view, here[0]) if here else 0.0):
        turns = (turns + 2) % 4
    return turns, faces


def _close_up(image: U8, points: F32, turns: int) -> tuple[U8, F32]:
    """The face with room around it, reduced and turned, and (only if ``turns`` is 0) its landmarks there."""
    low, high = points[:468, :2].min(0), points[:468, :2].max(0)
    room = 0.6 * float((high - low).max())
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right, bottom = np.ceil(high + room).astype(int)
    cut, factor = _reduced(image[top : max(bottom, top + 2), left : max(right, left + 2)], 512)
    view = np.ascontiguousarray(np.rot90(cut, turns))
    return view, (points - np.array([left, top, 0], np.float32)) * np.float32(factor)


def _only(faces: list[F32]) -> F32:
    if not faces:
        raise PhotoError(
            "No face was found. Use a photo of one face that is turned towards the camera, in even light.", "photo_no_face"
        )
    spans = [float(np.ptp(face[:, 0])) for face in faces]
    if sum(span > 0.5 * spans[0] for span in spans) > 1:
        raise PhotoError("There are two or more faces in the photo. Crop it so that only one person is in it.", "photo_faces")
    return faces[0]


def check_face(points: F32) -> None:
    """Raise PhotoError if the face is too small, turned away, or has its eyes shut."""
    eyes = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    pitch, yaw, _ = head_angles(points)
    if abs(yaw) > MAX_YAW:
        raise PhotoError(
            f"The face is turned {abs(yaw):.0f}° to the side. Use a photo that looks straight into the camera.", "photo_turned"
        )
    if abs(pitch) > MAX_PITCH:
        raise PhotoError(
            f"The face is tilted {abs(pitch):.0f}° up or down. Use a photo that looks straight into the camera.", "photo_tilted"
        )
    if eyes < MIN_EYES:
        height = float(np.ptp(points[:468, 1]))
        raise PhotoError(
            f"The face is only {height:.0f} pixels tall. Use a larger photo, or one taken from nearer.", "photo_far"
        )
    if eyes_open(points) < 0.1:
        raise PhotoError("The eyes are shut in the photo. Use one with open eyes.", "photo_eyes")


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


def _reduced(image: U8, most: int = _SEARCH_SIDE) -> tuple[U8, float]:
    """``image`` at no more than ``most`` pixels a side, and by what factor it was reduced."""
    factor = min(1.0, most / max(image.shape[:2]))
    if factor == 1.0:
        return np.ascontiguousarray(image), 1.0
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8), factor


def _search(image: U8, landmarker: Landmarker) -> list[F32]:
    small, factor = _reduced(image)
    faces = landmarker.detect(small)
    if faces:
        return [face / np.float32(factor) for face in faces]
    # The detector looks at a small copy of the picture: a face that fills it to the rim needs room, a far one a closer look.
    pad = max(small.shape[:2]) // 3
    padded = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=GREY)
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


def distinct(faces: list[F32]) -> list[F32]:
    """Without faces seen twice: a nose in the middle of another face is the same nose. Tiles overlap, and the detector may find
    a face that lies on its side in two versions."""
    kept: list[F32] = []
    for face in faces:
        if all(np.linalg.norm(face[1, :2] - other[1, :2]) > np.ptp(other[:, 0]) / 2 for other in kept):
            kept.append(face)
    return kept


def frame_head(
    image: U8, points: F32, size: int | None = 512, square: tuple[float, float, float] | None = None
) -> tuple[U8, F32]:
    """Cut a square head-and-shoulders picture; ``size`` its side (None: as large as the photo gives, at most 1 080).

    ``image`` u8[H, W, C]. Returns u8[size, size, C] and the landmarks in it. A square photo keeps its frame, and a face of
    up to nine tenths of the photo's shorter side needs no other pixels than the photo's own. A larger one gets a strip of
    continued picture, so that the head has room to move. ``square``: left, top and side of the one to cut, instead of the one
    that :func:`head_square` finds.
    """
    height, width = image.shape[:2]
    left, top, side = square or head_square(points, width, height)
    if size is None:
        size = int(np.clip(round(side), 256, LARGEST_SIDE)) // 2 * 2
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


def check_square(points: F32, square: tuple[float, float, float]) -> None:
    """Raise PhotoError unless the ``square`` (left, top, side) holds the face with the landmarks ``points``, with room."""
    left, top, side = square
    low, high = points[:468, :2].min(0), points[:468, :2].max(0)
    face = float(high[1] - low[1])
    if side < (1 - _ROUNDED) * float((high - low).max()) / _LARGEST:
        raise PhotoError("The crop is too narrow: leave room around the face, so that the head can move.", "photo_narrow")
    if side > _WIDEST * face:
        raise PhotoError("The crop is too wide: the face would be too small in it. Make it narrower.", "photo_wide")
    edge = (_MARGIN - _ROUNDED) * side
    if (low < np.array([left, top]) + edge).any() or (high > np.array([left, top]) + side - edge).any():
        raise PhotoError("The crop cuts the face off. Move it so that forehead, chin and both cheeks are inside.", "photo_cut")


def head_square(points: F32, width: int, height: int) -> tuple[float, float, float]:
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
