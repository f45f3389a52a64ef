"""Odd photos: each works, or is refused with a sentence that says what to do."""

from __future__ import annotations

import io
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from PIL import Image

from talking_head.errors import PhotoError
from talking_head.face import avatars, photo
from talking_head.face.build import portrait_from_image
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from talking_head.face.space import to_face
from talking_head.media_files.pictures import MAX_BYTES, decode
from talking_head.types import F32, U8
from tests.paths import CASES
from tests.unit.faces import presenter

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def landmarker(models: object) -> Iterator[MediaPipeLandmarker]:
    with MediaPipeLandmarker() as found:
        yield found


def _encode(image: U8, kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    data = io.BytesIO()
    Image.fromarray(image).convert(mode).save(data, kind, **options)
    return data.getvalue()


def _face() -> U8:
    return presenter().image


def _scene(width: int, height: int, face: int, left: int, top: int) -> U8:
    """A grey picture with the presenter's head of ``face`` pixels a side at (left, top)."""
    scene = np.full((height, width, 3), (190, 195, 200), np.uint8)
    scene[top : top + face, left : left + face] = cv2.resize(_face(), (face, face), interpolation=cv2.INTER_AREA)
    return scene


def _same_person(points: F32) -> bool:
    """Whether a portrait's shape is the presenter's: the mesh agrees to a few percent of the eye distance."""
    from talking_head.face.space import fit_pose

    ours = to_face(presenter().points, fit_pose(presenter().points))
    return bool(np.abs(to_face(points, fit_pose(points)) - ours)[:, :2].mean() < 0.03)


def _outcome(picture: U8, landmarker: MediaPipeLandmarker) -> str:
    """What becomes of a picture of which either is fine; any other exception goes through."""
    try:
        portrait = portrait_from_image(picture, landmarker)
    except PhotoError as error:
        return "refused in a sentence" if str(error).endswith(".") else f"refused: {error}"
    return "works" if portrait.image.shape == (512, 512, 3) else f"shape {portrait.image.shape}"


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"quality": 90}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "L", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("WEBP", "RGB", {}),
        ("GIF", "P", {}),
    ],
)
def test_formats_that_work(landmarker: MediaPipeLandmarker, kind: str, mode: str, options: dict[str, object]) -> None:
    portrait = portrait_from_image(_encode(_face(), kind, mode, **options), landmarker)
    assert portrait.image.shape == (512, 512, 3)
    assert _same_person(portrait.points)


def test_exif_rotation_is_undone(landmarker: MediaPipeLandmarker) -> None:
    lying = Image.fromarray(np.rot90(_face()).copy())
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90° clockwise
    data = io.BytesIO()
    lying.save(data, "JPEG", exif=exif)
    assert _same_person(portrait_from_image(data.getvalue(), landmarker).points)


@pytest.mark.parametrize("turns", [1, 3])
def test_a_photo_on_its_side_is_put_upright(landmarker: MediaPipeLandmarker, turns: int) -> None:
    portrait = portrait_from_image(np.rot90(_face(), turns).copy(), landmarker)
    assert abs(photo.head_angles(portrait.points)[2]) < 5
    assert _same_person(portrait.points)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("name", avatars.names()[:4])
def test_however_a_photo_lies_it_is_put_upright(landmarker: MediaPipeLandmarker, turns: int, name: str) -> None:
    said: list[str] = []
    face = presenter(name)
    portrait = portrait_from_image(np.rot90(face.image, turns).copy(), landmarker, tell=said.append)
    shape = to_face(portrait.points, portrait.pose) - to_face(face.points, face.pose)
    assert np.abs(shape[:, :2]).mean() < 0.03
    assert len(said) == bool(turns), said


def test_a_small_face_upside_down_in_a_large_photo(landmarker: MediaPipeLandmarker) -> None:
    scene = np.ascontiguousarray(_scene(2400, 1600, 420, 1700, 900)[::-1, ::-1])
    said: list[str] = []
    assert _same_person(portrait_from_image(scene, landmarker, tell=said.append).points)
    assert said == ["The face was upside down; the picture was turned by 180°."]


def test_a_video_that_stands_on_its_head_is_turned(landmarker: MediaPipeLandmarker) -> None:
    said: list[str] = []
    over = np.ascontiguousarray(_face()[::-1, ::-1])
    pictures = list(photo.upright_video([np.zeros_like(over), over, over], landmarker, said.append))
    np.testing.assert_array_equal(pictures[1], _face())
    np.testing.assert_array_equal(pictures[2], _face())
    assert len(said) == 1


def test_the_photo_that_was_accepted_upside_down(landmarker: MediaPipeLandmarker) -> None:
    file = CASES / "photo_upside_down.jpg"
    if not file.is_file():
        pytest.skip("the cases that people brought are not here")
    said: list[str] = []
    portrait = portrait_from_image(file, landmarker, tell=said.append)
    assert portrait.image[-40:].mean() < portrait.image[:40].mean()  # the dark clothes are below
    assert said


def test_transparent_ground_becomes_grey() -> None:
    layer = np.dstack([_face(), np.zeros((512, 512), np.uint8)])
    layer[100:400, 100:400, 3] = 255
    decoded = decode(_encode(layer, mode="RGBA"))
    assert (decoded[0, 0] == 128).all()
    np.testing.assert_array_equal(decoded[200, 200], _face()[200, 200])


def test_sixteen_bit_grey_png() -> None:
    grey = cv2.cvtColor(_face(), cv2.COLOR_RGB2GRAY).astype(np.uint16) * 257
    data = io.BytesIO()
    Image.fromarray(grey).save(data, "PNG")
    decoded = decode(data.getvalue())
    assert decoded.shape == (512, 512, 3)
    assert 60 < decoded.mean() < 220


def test_a_huge_photo_is_reduced(landmarker: MediaPipeLandmarker) -> None:
    scene = cv2.resize(_scene(1200, 900, 700, 250, 150), (12000, 9000))
    data = _encode(scene, "JPEG", quality=60)
    del scene
    assert max(decode(data).shape) <= 4096
    assert _same_person(portrait_from_image(data, landmarker).points)


@pytest.mark.parametrize(
    ("data", "says", "code"),
    [
        (b"", "empty", "photo_empty"),
        (b"This is only text, whatever the file is called.", "not a picture", "photo_unreadable"),
        (b"%PDF-1.7 nothing", "not a picture", "photo_unreadable"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC", "photo_heic"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video", "photo_video"),
        (_encode(np.zeros((20, 20, 3), np.uint8)), "20×20", "photo_small"),
        (_encode(_face(), "JPEG")[:9000], "damaged", "photo_damaged"),
        (_encode(_face())[:4000], "damaged", "photo_damaged"),
        (b"\0" * (MAX_BYTES + 1), "MB", "photo_large"),
    ],
)
def test_files_that_cannot_be_read(data: bytes, says: str, code: str) -> None:
    with pytest.raises(PhotoError, match=says) as refused:
        decode(data)
    assert refused.value.code == code


def test_a_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    with pytest.raises(PhotoError, match=r"megapixels|not a picture"):
        decode(bomb.getvalue())


def test_a_missing_file_is_named() -> None:
    with pytest.raises(PhotoError, match=r"nowhere\.jpg"):
        decode("nowhere.jpg")


def test_no_face(landmarker: MediaPipeLandmarker) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    for picture in (noise, np.full((480, 640, 3), 90, np.uint8)):
        with pytest.raises(PhotoError, match=r"No face.*towards the camera") as refused:
            portrait_from_image(picture, landmarker)
        assert refused.value.code == "photo_no_face"


def test_two_faces(landmarker: MediaPipeLandmarker) -> None:
    pair = np.hstack([_face(), presenter("marcus").image])
    with pytest.raises(PhotoError, match="two or more") as refused:
        portrait_from_image(pair, landmarker)
    assert refused.value.code == "photo_faces"


def test_a_small_face_in_the_background_is_ignored(landmarker: MediaPipeLandmarker) -> None:
    scene = _scene(1100, 700, 700, 0, 0)
    scene[100:300, 800:1000] = cv2.resize(presenter("marcus").image, (200, 200), interpolation=cv2.INTER_AREA)
    assert _same_person(portrait_from_image(scene, landmarker).points)


def test_a_face_too_small_to_animate(landmarker: MediaPipeLandmarker) -> None:
    with pytest.raises(PhotoError, match=r"pixels tall|No face"):
        portrait_from_image(_scene(900, 600, 90, 400, 200), landmarker)


def test_a_far_face_is_found_and_framed(landmarker: MediaPipeLandmarker) -> None:
    portrait = portrait_from_image(_scene(2400, 1600, 420, 1500, 700), landmarker)
    low, high = portrait.points[:468, :2].min(0), portrait.points[:468, :2].max(0)
    assert (low > 30).all()
    assert (high < 482).all()
    assert 0.4 < (high[1] - low[1]) / 512 < 0.65


@pytest.mark.parametrize("cut", ["top", "left", "bottom"])
def test_a_tight_photo_is_continued(landmarker: MediaPipeLandmarker, cut: str) -> None:
    face = cv2.resize(_face(), (1024, 1024), interpolation=cv2.INTER_CUBIC)
    window = {"top": np.s_[300:1024, 100:900], "left": np.s_[100:1000, 290:1000], "bottom": np.s_[100:900, 100:900]}[cut]
    portrait = portrait_from_image(np.ascontiguousarray(face[window]), landmarker)
    low, high = portrait.points[:468, :2].min(0), portrait.points[:468, :2].max(0)
    assert portrait.image.shape == (512, 512, 3)
    assert (low > 12).all()
    assert (high < 500).all()


@pytest.mark.parametrize("shift", [(0, 60), (0, -60), (70, 0), (-70, 50)])
def test_the_square_of_a_face_at_the_rim_holds_that_face(shift: tuple[int, int]) -> None:
    """A chin at the lower rim got a square with just the margin, too little once rounded: “The crop cuts the face off.”"""
    face = presenter("marcus").points
    low, high = face[:468, :2].min(0), face[:468, :2].max(0)
    size = float((high - low).max()) * 1.2
    for share in np.linspace(0.9, 1.1, 21):
        moved = (face - [*low, 0] + [*np.array([0.05, 0.15]) * size + shift, 0]).astype(np.float32)
        square = photo.head_square(moved, round(size * share), round(size * share))
        photo.check_square((moved * np.float32(1.37)).astype(np.float32), tuple(1.37 * v for v in square))  # type: ignore[arg-type]


def test_a_face_turned_away(landmarker: MediaPipeLandmarker) -> None:
    from talking_head.face.space import Pose, fit_pose, rotation_from_vector, to_image

    portrait = presenter()
    face = to_face(portrait.points, portrait.pose)
    turned = Pose(rotation_from_vector(np.radians([0, 50, 0])), portrait.pose.scale, portrait.pose.translation)
    with pytest.raises(PhotoError, match="turned 50° to the side") as refused:
        photo.check_face(to_image(face, turned))
    assert refused.value.code == "photo_turned"
    bowed = Pose(rotation_from_vector(np.radians([35, 0, 0])), portrait.pose.scale, portrait.pose.translation)
    with pytest.raises(PhotoError, match="up or down") as refused:
        photo.check_face(to_image(face, bowed))
    assert refused.value.code == "photo_tilted"
    assert abs(fit_pose(portrait.points).scale - portrait.pose.scale) < 1e-6
    photo.check_face(portrait.points)


def test_shut_eyes() -> None:
    from tests.unit.faces import motion, offsets

    with pytest.raises(PhotoError, match="eyes are shut") as refused:
        photo.check_face(presenter().place(motion(offsets(blink=1.0)))[0])
    assert refused.value.code == "photo_eyes"


def test_sunglasses_work_or_are_refused(landmarker: MediaPipeLandmarker) -> None:
    picture = _face().copy()
    for centre in (468, 473):
        x, y = presenter().points[centre, :2].round().astype(int)
        cv2.ellipse(picture, (int(x), int(y)), (46, 32), 0, 0, 360, (15, 15, 18), -1, cv2.LINE_AA)
    assert _outcome(picture, landmarker) in ("works", "refused in a sentence")


def test_a_cartoon_works_or_is_refused(landmarker: MediaPipeLandmarker) -> None:
    canvas = np.full((512, 512, 3), 255, np.uint8)
    cv2.circle(canvas, (256, 256), 160, (255, 220, 120), -1)
    for x in (200, 312):
        cv2.circle(canvas, (x, 220), 18, (0, 0, 0), -1)
    cv2.ellipse(canvas, (256, 310), (70, 40), 0, 0, 180, (0, 0, 0), 6)
    assert _outcome(canvas, landmarker) in ("works", "refused in a sentence")


@pytest.mark.parametrize("size", [256, 1080, None])
def test_any_size(landmarker: MediaPipeLandmarker, size: int | None) -> None:
    portrait = portrait_from_image(_face(), landmarker, size=size)
    assert portrait.image.shape[:2] == (size or 512, size or 512)


@pytest.mark.parametrize("size", [100, 513, -2])
def test_sizes_that_cannot_be(landmarker: MediaPipeLandmarker, size: int) -> None:
    with pytest.raises(PhotoError, match="even number"):
        portrait_from_image(_face(), landmarker, size=size)


@pytest.mark.parametrize(
    ("text", "name"), [("Fräulein Müller", "Fraulein_Muller"), ("Groß", "Gross"), ("张伟", "photo"), ("a.b/c", "a_b_c")]
)
def test_a_name_out_of_any_text_keeps_its_letters(text: str, name: str) -> None:
    assert avatars.slug(text) == name
