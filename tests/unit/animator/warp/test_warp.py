"""The pieces of the warp: slits, fields, layers, lids, I420."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from talking_head.animator.i420 import to_i420
from talking_head.animator.mouth.interior import MouthView, RigidInterior
from talking_head.animator.warp.animator import WarpAnimator, WarpAvatar
from talking_head.animator.warp.basis import Steering, rigid_map
from talking_head.animator.warp.field import Grid, Layer, remap
from talking_head.animator.warp.geometry import LEFT_EYE, MOUTH, UPPER, slit
from talking_head.animator.warp.layers import continued, eyeball_layer, lip_light, skin_layers, window_of
from talking_head.face.space import Pose, rotation_from_vector, to_image
from talking_head.types import F32
from tests.unit.faces import motion, offsets, presenter, to_rgb


@pytest.fixture(scope="module")
def avatar() -> WarpAvatar:
    return WarpAvatar(presenter())


def test_a_contour_runs_through_its_landmarks() -> None:
    points = presenter().points
    curve = MOUTH.curves(points[MOUTH.rows, :2])[0].T
    assert curve.shape == (65, 2)
    assert (np.diff(curve[:, 0]) >= 0).all()
    for landmark in points[MOUTH.upper, :2]:
        assert np.linalg.norm(curve - landmark, axis=1).min() < 1.5


def test_an_opening_has_the_area_of_its_outline() -> None:
    points = presenter().place(motion(offsets(jaw=0.15)))[0]
    x0, y0, width, height = window_of(points, MOUTH, (512, 512), 0.3, 0.6)
    cut = slit(points, MOUTH, x0, y0, width)
    above, beneath = MOUTH.curves(points[MOUTH.rows, :2])
    x, y = np.concatenate([above, beneath[:, ::-1]], 1)
    area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    for soft in (1.0, 2.0):
        assert abs(cut.opening(height, soft).sum() / area - 1) < 0.05


def test_a_shut_slit_opens_nothing_and_parts_the_window() -> None:
    points = presenter().place(motion(offsets()))[0]
    cut = slit(points, MOUTH, 180, 300, 150)
    assert cut.opening(100, 1.3).max() < 0.01
    below = cut.below(100, 1.3)
    assert (np.diff(below, axis=0) >= 0).all()
    assert (below[0] == 0).all()
    assert (below[-1] > 0.99).all()


def test_crossed_contours_count_as_shut() -> None:
    points = presenter().place(motion(offsets(jaw=-0.1)))[0]
    assert slit(points, MOUTH, 180, 300, 150).gap.max() < 1e-3


@pytest.fixture(scope="module")
def steering() -> Steering:
    return Steering(presenter().points, UPPER, 512, 512)


def test_a_field_moves_landmarks_where_they_shall_go(steering: Steering) -> None:
    points = presenter().points
    target = presenter().place(motion(offsets(jaw=0.1)))[0]
    delta = (target - points)[:, :2]
    spots = np.array([13, 0, 152, 61, 4, 33, 105])
    moved = steering.basis(points[spots, :2].astype(np.float64)) @ delta[steering.index]
    np.testing.assert_allclose(moved, delta[spots], atol=0.6)


@pytest.mark.parametrize("pose", [(-10, 0, 0), (10, 0, 0), (0, 15, 0)])
def test_a_nose_is_as_long_in_a_turn_as_the_landmarks_say(steering: Steering, pose: tuple[float, float, float]) -> None:
    points = presenter().points
    delta = (presenter().place(motion(offsets(), pose=pose))[0] - presenter().place(motion(offsets()))[0])[:, :2]
    spots = np.array([1, 4, 168, 33, 263])  # tip, bridge, corners of the eyes
    moved = steering.basis(points[spots, :2].astype(np.float64)) @ delta[steering.index]
    axis = 1 if pose[0] else 0  # a nod moves the nose down, a turn aside
    seen, wanted = (each[:2, axis].mean() - each[2:, axis].mean() for each in (moved, delta[spots]))
    assert 0.92 < seen / wanted < 1.05


def test_the_source_undoes_forward(steering: Steering) -> None:
    field = steering.field(Grid(100, 100, 78, 78, 4))
    delta = (presenter().place(motion(offsets(jaw=0.05), pose=(4, 8, 2)))[0] - presenter().points)[:, :2]
    forward, source = field.forward(delta), np.stack(field.source(delta), -1)
    y, x = np.mgrid[100 : 100 + 78 * 4, 100 : 100 + 78 * 4]
    back = np.stack([x, y], -1) - source
    nodes = field.grid.nodes()
    target = nodes + forward - [100, 100]
    inside = (target > 8).all(-1) & (target < 78 * 4 - 9).all(-1)
    at = target[inside].round().astype(int)
    found = back[at[:, 1], at[:, 0]]
    assert np.abs(found - forward[inside]).max() < 1.2
    assert np.abs(found - forward[inside]).mean() < 0.1


@pytest.mark.parametrize(("grid", "fine"), [(Grid(0, 0, 64, 64, 8), False), (Grid(180, 320, 50, 40, 3), True)])
def test_a_field_says_what_its_basis_says(steering: Steering, grid: Grid, fine: bool) -> None:
    """Also where the product is made from fewer numbers: nodes that rest, that follow the skull, that are close together."""
    field = steering.field(grid, fine=fine)
    target = presenter().place(motion(offsets(jaw=0.16, blink=1.0), pose=(8, 12, 6)))[0]
    delta = (target - presenter().points)[:, :2]
    whole = (field.basis.astype(np.float64) @ delta[field.index]).reshape(grid.ny, grid.nx, 2)
    np.testing.assert_allclose(field.forward(delta), whole, atol=0.06)
    assert np.abs(whole).max() > 10


def test_nothing_moves_at_the_rim_and_hair_follows_the_head(steering: Steering) -> None:
    delta = (presenter().place(motion(offsets(), pose=(0, 0, 5)))[0] - presenter().points)[:, :2]
    rim = steering.basis(np.array([[0, 0], [511, 300], [256, 511], [0, 256], [256, 0.0]])) @ delta[steering.index]
    assert (rim == 0).all()
    hair = steering.basis(np.array([[170.0, 60.0], [340.0, 70.0]])) @ delta[steering.index]
    assert np.linalg.norm(hair, axis=1).min() > 4


def test_expression_leaves_hair_alone(steering: Steering) -> None:
    delta = (presenter().place(motion(offsets(jaw=0.15)))[0] - presenter().points)[:, :2]
    hair = steering.basis(np.array([[170.0, 60.0], [340.0, 70.0], [130.0, 200.0]])) @ delta[steering.index]
    assert np.abs(hair).max() < 0.05


def test_a_rigid_map_carries_any_point_of_the_skull() -> None:
    portrait = presenter()
    turned = Pose(
        portrait.pose.rotation @ rotation_from_vector(np.array([0.05, 0.1, 0.02])),
        portrait.pose.scale,
        portrait.pose.translation,
    )
    face = np.array([[0, 0.9, 0.1], [0.3, -0.4, 0.5], [0, 0, 0]], np.float32)
    before, after = to_image(face, portrait.pose), to_image(face, turned)
    neutral_before, neutral_after = to_image(portrait.neutral, portrait.pose), to_image(portrait.neutral, turned)
    from talking_head.face.space import RIGID

    delta = (neutral_after - neutral_before)[RIGID, :2]
    found = rigid_map(neutral_before, before.astype(np.float64)) @ delta
    np.testing.assert_allclose(found, (after - before)[:, :2], atol=1.0)


def test_holes_are_filled_from_their_own_side() -> None:
    picture = np.zeros((40, 30, 4), np.uint8)
    picture[:20] = (200, 10, 10, 255)
    picture[20:] = (10, 10, 200, 255)
    hole = np.zeros((40, 30), bool)
    hole[15:25, 5:25] = True
    assert continued(picture, hole, up=False)[15:25, 8:22, 0].min() > 190
    assert continued(picture, hole, up=True)[15:25, 8:22, 2].min() > 190
    np.testing.assert_array_equal(continued(picture, hole, up=True)[~hole], picture[~hole])


def test_no_teeth_in_the_lip_layers() -> None:
    """A photo with bright teeth: neither layer shows any of them at its lip's edge."""
    portrait = presenter()
    points = portrait.place(motion(offsets(jaw=0.15)))[0]
    image = WarpAvatar(portrait).warp_rgb(points)
    x0, y0, width, height = window_of(points, MOUTH, image.shape, 0.3, 0.6)
    cut = slit(points, MOUTH, x0, y0, width)
    opening = cut.opening(height, 1.0) > 0.5
    image[y0 : y0 + height, x0 : x0 + width][opening] = (0, 255, 0)
    upper, lower = skin_layers(image, points, portrait.pose.scale)
    for layer, edge, step in ((upper, cut.upper, 2), (lower, cut.lower, -2)):
        for x in range(width // 2 - 12, width // 2 + 12):
            green = layer[y0 + round(float(edge[x])) + step, x0 + x]
            assert green[1] < 200


def test_an_eyeball_continues_behind_the_lids() -> None:
    portrait = presenter()
    window = window_of(portrait.points, LEFT_EYE, portrait.image.shape, 0.2, 0.7)
    ball = eyeball_layer(portrait.image, portrait.points, LEFT_EYE, window)
    x0, y0, width, height = window
    cut = slit(portrait.points, LEFT_EYE, x0, y0, width)
    sure = cut.opening(height, 1.0) > 0.99
    skin = portrait.image[y0, x0 : x0 + width].mean(0)
    white = ball[sure][:, :3].mean(0)
    above = ball[1, width // 2 - 4 : width // 2 + 4, :3].mean(0)
    assert np.abs(above - white).sum() < np.abs(above - skin).sum()


def _view(gap: float) -> MouthView:
    points = presenter().place(motion(offsets(jaw=gap)))[0]
    return WarpAvatar(presenter()).warp(points).mouth


def test_a_photo_with_shut_eyes_does_not_tint_the_teeth_by_its_lashes() -> None:
    avatar = WarpAvatar(presenter("mei"))
    for eye in avatar.eyes:
        eye.ball[:] = 76, 27, 26
    points = presenter("mei").place(motion(offsets(blink=0.72)))[0]
    open_eyed = lip_light(presenter("mei").image, presenter("mei").points)
    np.testing.assert_allclose(lip_light(avatar.warp_rgb(points), points), open_eyed, atol=0.06)


def test_teeth_are_rigid() -> None:
    """Upper teeth stay with the skull, lower ones ride on the jaw, whatever the lips do."""
    narrow, wide = _view(0.08), _view(0.16)
    np.testing.assert_allclose(narrow.skull, wide.skull, atol=0.3)
    assert wide.jaw[1, 2] - narrow.jaw[1, 2] > 4
    np.testing.assert_allclose(narrow.jaw[:, :2], wide.jaw[:, :2], atol=0.5)


def test_a_mouth_that_hardly_opens_shows_no_teeth(avatar: WarpAvatar) -> None:
    view = _view(0.16)
    interior = RigidInterior(view.unit, np.ones(3, np.float32))
    box = (slice(0, view.height), slice(0, view.width))
    bright = (interior.paint(view, box).mean(-1) * (view.opening > 0.5)).max()
    thin = _view(0.012)
    dim = (interior.paint(thin, (slice(0, thin.height), slice(0, thin.width))).mean(-1) * (thin.opening > 0.2)).max()
    assert bright > 115
    assert dim < 0.6 * bright


def test_teeth_in_the_shade_of_the_lips_are_redder_than_in_the_light() -> None:
    """Light reaches them through and off the lips; white ones would look grey there."""
    levels = []
    for view in (_view(0.16), _view(0.036)):
        interior = RigidInterior(view.unit, np.ones(3, np.float32), shadow=np.zeros(3, np.float32))
        interior.upper[:] = 200
        interior.upper[..., 3] = 255
        painted = interior.paint(view, (slice(0, view.height), slice(0, view.width)))
        y, x = np.unravel_index(int(np.argmax(painted[..., 1] * (view.opening > 0.9))), view.opening.shape)
        levels.append(painted[y, x])
    lit, shaded = levels
    assert shaded[1] < 0.75 * lit[1]
    assert lit[0] / lit[1] < 1.01
    assert 1.04 < shaded[0] / shaded[1] < 1.4


def test_lids_carry_their_lashes(avatar: WarpAvatar) -> None:
    """Shut eyes: the darkest row of the eye's middle lies on the lids' meeting line."""
    points = presenter().place(motion(offsets(blink=1.0)))[0]
    picture = avatar.warp_rgb(points).mean(-1)
    meet = points[[159, 145], 1].mean()
    x = round(float(points[159, 0]))
    column = picture[int(meet) - 14 : int(meet) + 8, x - 3 : x + 4].mean(1)
    assert abs(column.argmin() + int(meet) - 14 - meet) <= 2.5


def test_a_half_open_eye_has_no_line_across_it() -> None:
    """Lashes make one dark line where lids touch, not in the middle of what is still open."""
    avatar = WarpAvatar(presenter())
    for eye in avatar.eyes:
        eye.ball[:] = 128
    points = presenter().place(motion(offsets(blink=0.35)))[0]
    picture = avatar.warp_rgb(points).astype(int)
    for upper, lower in ((159, 145), (386, 374)):
        top, bottom = points[[upper, lower], 1]
        x = round(float(points[upper, 0]))
        shade = 0.11 * avatar.eyes[0].width  # of the upper lid on the ball
        seen = picture[round(top + shade) + 1 : round(bottom) - 1, x - 3 : x + 4]
        assert len(seen) >= 3
        assert np.abs(seen - 128).max() <= 1


def test_a_crease_at_the_outer_corner_does_not_stay_when_the_eye_shuts() -> None:
    """What is dark above and beside the corner of the open eye is skin that has unrolled when it is shut."""
    plain = presenter()
    image = plain.image.copy()
    x, y = plain.points[33, :2].round().astype(int)
    place = np.s_[y - 9 : y - 4, x - 7 : x - 3]
    image[place] = 0
    points = plain.place(motion(offsets(blink=1.0)))[0]
    creased, smooth = (WarpAvatar(replace(plain, image=each)).warp_rgb(points).astype(int) for each in (image, plain.image))
    painted = np.abs(image[place].astype(int) - plain.image[place]).mean()
    assert painted > 60
    assert np.abs(creased[place] - smooth[place]).mean() < 0.65 * painted


def _kept(place: tuple[slice, slice], level: int, *, there: bool = False) -> float:
    """Share of a mark of ``level`` in ``place`` of the open-eyed photo that is still seen when eyes are shut, around the eye
    or, with ``there``, in that place."""
    plain = presenter()
    image = plain.image.copy()
    image[place] = level
    points = plain.place(motion(offsets(blink=1.0)))[0]
    marked, clean = (WarpAvatar(replace(plain, image=each)).warp_rgb(points).astype(int) for each in (image, plain.image))
    painted = np.abs(image.astype(int) - plain.image).sum()
    x, y = plain.points[33, :2].round().astype(int)
    around = place if there else np.s_[y - 40 : y + 30, x - 20 : x + 60]
    return float(np.abs(marked[around] - clean[around]).sum() / painted)


def test_glints_of_the_wet_rim_are_gone_when_the_eye_shuts() -> None:
    x, y = presenter().points[145, :2].round().astype(int)
    assert _kept(np.s_[y + 2 : y + 4, x - 8 : x + 8], 255) < 0.3


def test_the_fold_of_an_open_lid_is_gone_when_the_eye_shuts() -> None:
    """Above the middle and towards the outer corner, a fifth of the eye's width over the lashes; the crease is lower then."""
    points = presenter().points
    eye = float(points[133, 0] - points[33, 0])
    for row in (159, 161, 246):
        x, y = points[row, 0], points[row, 1] - 0.2 * eye
        assert _kept(np.s_[round(y) - 1 : round(y) + 2, round(x) - 3 : round(x) + 3], 0, there=True) < 0.1


def test_gaze_moves_the_iris_a_little(avatar: WarpAvatar) -> None:
    points = presenter().place(motion(offsets()))[0]
    looking = points.copy()
    looking[468:, 0] += 4
    straight, aside = avatar.warp_rgb(points).astype(int), avatar.warp_rgb(looking).astype(int)

    def iris(picture: np.ndarray) -> float:
        x, y = points[468, :2].round().astype(int)
        dark = 255.0 - picture[y - 2 : y + 3, x - 14 : x + 15].mean((0, 2))
        dark = np.maximum(dark - np.percentile(dark, 60), 0)
        return float((dark * np.arange(len(dark))).sum() / dark.sum())

    assert 0.8 < iris(aside) - iris(straight) < 6


def test_small_pictures_and_tight_ones_can_be_prepared() -> None:
    portrait = presenter(size=128)
    assert WarpAvatar(portrait).warp_rgb(portrait.place(motion(offsets(jaw=0.1)))[0]).shape == (128, 128, 3)


def test_odd_sides_are_refused() -> None:
    from dataclasses import replace

    portrait = presenter()
    with pytest.raises(ValueError, match="even"):
        WarpAnimator().prepare(replace(portrait, image=portrait.image[:511]))
    with pytest.raises(ValueError, match="even"):
        to_i420(np.zeros((5, 4, 3), np.uint8))


@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (180, 90, 60), (20, 200, 90)])
def test_i420_keeps_colours(color: tuple[int, int, int]) -> None:
    picture = np.full((32, 48, 3), color, np.uint8)
    planar = to_i420(picture)
    assert planar.shape == (48, 48)
    assert np.abs(to_rgb(planar).astype(int) - picture).max() <= 3


def test_a_custom_interior_paints_the_opening() -> None:
    class Green:
        def paint(self, view: MouthView, box: tuple[slice, slice]) -> F32:
            rows, columns = box
            return np.tile(np.array([0, 255, 0], np.float32), (rows.stop - rows.start, columns.stop - columns.start, 1))

    portrait = presenter()
    painted = WarpAvatar(portrait, Green())
    points = portrait.place(motion(offsets(jaw=0.15)))[0]
    frame = painted.warp(points)
    x, y = points[[13, 14], :2].mean(0).round().astype(int)
    np.testing.assert_array_equal(frame.rgb[y, x], (0, 255, 0))
    assert frame.mouth.opening.max() == 1


def test_a_layer_gives_whole_pixels_back_and_keeps_detail_between_them() -> None:
    rng = np.random.default_rng(0)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (60, 80, 3), np.uint8), (0, 0), 0.8)
    layer = Layer(picture)
    x, y = np.meshgrid(np.arange(80, dtype=np.float32), np.arange(60, dtype=np.float32))
    np.testing.assert_array_equal(layer.read(2 * x, 2 * y), picture)
    inner = (slice(8, -8), slice(8, -8))

    def detail(read: np.ndarray) -> float:
        return float(np.square(cv2.Laplacian(read[inner].astype(np.float32), cv2.CV_32F)).mean())

    for shift in (0.25, 0.5):
        moved = x + np.float32(shift), y + np.float32(shift)
        assert detail(layer.read(*(2 * plane for plane in moved))) > 1.25 * detail(remap(picture, *moved))


def test_part_of_a_layer_reads_as_the_whole() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (60, 80, 4), np.uint8)
    x, y = np.meshgrid(np.linspace(30, 50, 33, dtype=np.float32), np.linspace(20, 40, 27, dtype=np.float32))
    part = Layer(picture, (20, 10, 44, 41))
    np.testing.assert_array_equal(part.read(2 * x, 2 * y), Layer(picture).read(2 * x, 2 * y))


def test_a_face_that_moves_keeps_its_skin() -> None:
    portrait = presenter()
    avatar = WarpAvatar(portrait)
    cheeks = portrait.points[[50, 280, 101, 330], :2]

    def grain(picture: np.ndarray, at: np.ndarray) -> float:
        fine = cv2.Laplacian(picture.astype(np.float32).mean(2), cv2.CV_32F) ** 2
        return float(np.mean([fine[y - 14 : y + 15, x - 14 : x + 15].mean() for x, y in at.round().astype(int)]))

    kept = []
    for turn in np.linspace(-3, 3, 7):
        points = portrait.place(motion(offsets(), pose=(float(turn) / 2, float(turn), 0)))[0]
        kept.append(grain(avatar.warp_rgb(points), points[[50, 280, 101, 330], :2]) / grain(portrait.image, cheeks))
    assert min(kept) > 0.6  # bilinear look-ups leave 0.39 to 0.64
