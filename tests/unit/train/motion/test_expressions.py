"""Directions of expression out of faces whose expressions are known."""

from __future__ import annotations

import numpy as np

from talking_head.face.space import mirror, template
from talking_head.motion.measures import lip_gap
from talking_head.train.motion.expressions import both_sides, directions, expressions, faces

UNITS = ("mouthSmile", "browOuterUp", "browInnerUp", "browDown", "eyeBlink", "eyeSquint", "mouthFrown")
FLIP = np.array([-1, 1, 1])


def known(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A symmetric direction f64[478, 3] for each unit; the mouth's open it, too."""
    out = {}
    for unit in UNITS:
        shape = 0.01 * rng.standard_normal((478, 3))
        out[unit] = (shape + shape[mirror()] * FLIP) / 2
    out["mouthSmile"][[14, 87, 317], 1] += 0.05
    out["browOuterUp"][:, 1] -= 0.03
    out["eyeBlink"][[159, 158, 160, 386, 385, 387], 1] += 0.1
    return out


def test_what_comes_with_something_else_is_told_from_it() -> None:
    rng = np.random.default_rng(0)
    shapes = known(rng)
    scores = rng.random((400, len(UNITS)))
    scores[:, 1] = 0.7 * scores[:, 0] + 0.3 * scores[:, 1]  # brows that often go up with a smile
    moved = sum(scores[:, i, None, None] * shapes[unit] for i, unit in enumerate(UNITS))
    moved = (moved - moved.mean(0)).astype(np.float32)
    found = directions(moved, dict(zip(UNITS, scores.T, strict=True)), ridge=1e-6)
    for unit in UNITS:
        np.testing.assert_allclose(found[unit], shapes[unit], atol=2e-3)


def test_shipped_shapes_leave_the_lips_free_and_the_irises_alone() -> None:
    shapes = known(np.random.default_rng(1))
    made = expressions(shapes, shapes)
    assert abs(lip_gap(made["smile"])) < 1e-6
    assert abs(lip_gap(made["frown"])) < 1e-6
    assert all(np.abs(shape[468:]).max() == 0 for shape in made.values())
    brows = [70, 63, 105, 66, 107, 300, 293, 334, 296, 336]
    np.testing.assert_allclose(-made["raise"][brows, 1].mean(), 0.01, rtol=1e-5)


def test_faces_lose_their_pose_and_units_their_sides() -> None:
    turned = np.stack([100 * template() + [50, 60, 0], 80 * template() + [10, 20, 0]]).astype(np.float32)
    assert np.abs(faces(turned)).max() < 1e-4
    scores = np.array([[0.2, 0.4, 0.9]], np.float32)
    units = both_sides(scores, ["mouthSmileLeft", "mouthSmileRight", "_neutral"])
    assert list(units) == ["mouthSmile"]
    np.testing.assert_allclose(units["mouthSmile"], 0.3, rtol=1e-6)
