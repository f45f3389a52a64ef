"""A prepared avatar → plain arrays for :class:`talking_head.animator.cuda.tensor_store.TensorStore`.

Only this step needs the libraries that prepare a portrait. ``save`` writes the arrays to a file, so that a machine with nothing
but torch, numpy and OpenCV can animate the face (and be measured).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talking_head.animator.cuda.arrays import Border, Constants, EyeWindow, FaceArrays, Host, MouthWindow, RefinerArrays, flat
from talking_head.animator.gan import GanAvatar
from talking_head.animator.mouth.interior import CAVITY, THROAT, TONGUE, RigidInterior
from talking_head.animator.refiner.crop import CHIN as CHIN_POINT
from talking_head.animator.refiner.crop import INNER, NOSE, OUTER, crop_matrix
from talking_head.animator.warp.animator import CHIN, WarpAvatar
from talking_head.animator.warp.eyes import Eye
from talking_head.animator.warp.geometry import IRISES, LEFT_EYE, MOUTH, RIGHT_EYE, Contours, resampler
from talking_head.errors import BackendError
from talking_head.face.space import RIGID


def _border(contours: Contours) -> Border[Host]:
    upper, lower = np.asarray(contours.upper, np.int64), np.asarray(contours.lower, np.int64)
    return Border(upper=upper, lower=lower, upper_resample=resampler(upper), lower_resample=resampler(lower))


def constants(avatar: WarpAvatar) -> Constants[Host]:
    """What is the same for every portrait of one picture size."""
    height, width = avatar.portrait.image.shape[:2]
    return Constants(
        size=np.array([width, height], np.int64),
        rigid=RIGID.astype(np.int64),
        chin=CHIN.astype(np.int64),
        irises=np.array(IRISES, np.int64),
        upper_index=avatar.head.index.astype(np.int64),
        lower_index=avatar.mouth.lower.index.astype(np.int64),
        lips_inner=INNER.astype(np.int64),
        lips_outer=OUTER.astype(np.int64),
        colors=np.array([CAVITY, THROAT, TONGUE], np.float32),
        mouth=_border(MOUTH),
        left=_border(LEFT_EYE),
        right=_border(RIGHT_EYE),
    )


def pack(avatar: WarpAvatar, refiner: RefinerArrays[Host] | None = None) -> FaceArrays[Host]:
    """One avatar's arrays; ``refiner``: from :func:`pack_refiner`. BackendError if its mouth interior is not the
    :class:`RigidInterior` that the device draws."""
    interior, mouth = avatar.interior, avatar.mouth
    if not isinstance(interior, RigidInterior):
        raise BackendError(f"The device path cannot draw the mouth interior {type(interior).__name__}.")
    single, inside = np.float32, interior.arrays
    left, right = map(_eye, avatar.eyes)
    return FaceArrays(
        points=avatar.portrait.points[:, :2].astype(single),
        unit=np.array(avatar.unit, single),
        edge=np.array(avatar.edge, single),
        contact=np.array(avatar.contact, single),
        contact_width=np.array(avatar.contact_width, single),
        mouth_width=np.array(avatar.mouth_width, single),
        corner_lacks=avatar.corners.lacks,
        corner_gap=np.array(avatar.corners.gap, single),
        ground=avatar.ground,
        upper_layer=avatar.upper_layer.twice,
        lower_layer=avatar.lower_layer.twice,
        lower_origin=np.array(avatar.lower_layer.origin, single),
        head_step=np.array(avatar.head.grid.step, single),
        head_basis=avatar.head.basis.reshape(avatar.head.grid.ny, avatar.head.grid.nx, -1),
        chin_rest=avatar.chin.astype(single),
        chin_rigid=avatar.chin_rigid.astype(single),
        upper_teeth=inside["upper"],
        lower_teeth=inside["lower"],
        upper_teeth_map=inside["upper_map"].astype(single),
        lower_teeth_map=inside["lower_map"].astype(single),
        light=inside["light"].astype(single),
        lip_shade=inside["lip_shade"].astype(single),
        tip=inside["tip"].astype(single),
        shadow=inside["shadow"].astype(single),
        mouth=MouthWindow(
            box=np.array(mouth.box, np.int64),
            anchors=mouth.anchors.astype(np.int64),
            valid=np.ones_like(mouth.feather),
            step=np.array(mouth.upper.grid.step, single),
            upper_basis=mouth.upper.basis.reshape(mouth.upper.grid.ny, mouth.upper.grid.nx, -1),
            lower_basis=mouth.lower.basis.reshape(mouth.lower.grid.ny, mouth.lower.grid.nx, -1),
            feather=mouth.feather,
            frame=avatar.mouth_frame[:, :2].astype(single),
            rigid=avatar.mouth_rigid.astype(single),
        ),
        left=left,
        right=right,
        refiner=refiner,
    )


def _eye(eye: Eye) -> EyeWindow[Host]:
    single, count = np.float32, len(eye.contours.upper)
    return EyeWindow(
        box=np.array(eye.window, np.int64),
        anchors=eye.contours.rows[[0, count - 1]].astype(np.int64),
        valid=np.ones((eye.window[3], eye.window[2]), single),
        upper_lid=eye.lids[:count],
        lower_lid=eye.lids[count:],
        upper_contour=eye.contour[:count],
        lower_contour=eye.contour[count:],
        heights=np.array(eye.heights, single),
        ball=eye.ball,
        lid=eye.lid[..., :3],
        points=eye.anchors[:, :2].astype(single),
        rigid=eye.rigid.astype(single),
        width=np.array(eye.width, single),
        iris=eye.iris_at.astype(single),
        open=np.array(eye.open, single),
    )


def pack_refiner(avatar: GanAvatar) -> RefinerArrays[Host]:
    """What the refining net needs of a face."""
    portrait = avatar.portrait
    matrix = crop_matrix(portrait.neutral, portrait.pose, avatar.size)
    return RefinerArrays(
        reference=avatar.reference[0].astype(np.float32),
        own=np.array(float(avatar.own), np.float32),
        bright=np.array(avatar.bright, np.float32),
        spared=np.array((0.0, 0.0, 0.0) if avatar.own else avatar.spared, np.float32),
        keep=avatar.keep[..., 0],
        crop_scale=np.array(np.hypot(matrix[0, 0], matrix[0, 1]), np.float32),
    )


def rig(avatar: GanAvatar) -> NDArray[np.float64]:
    """What places the crop, f64[R + 2, 3]: see ``refiner.crop_matrices``. It stays on the host."""
    return avatar.portrait.neutral[[*RIGID, NOSE, CHIN_POINT]].astype(np.float64)


def save(file: Path, avatar: WarpAvatar, refined: GanAvatar | None = None) -> None:
    """Write an avatar and its constants as one ``.npz``, with what the net needs where ``refined`` is given."""
    face = pack(avatar, pack_refiner(refined) if refined else None)
    arrays = {f"face/{name}": array for name, _, array in flat(face)}
    arrays |= {f"constants/{name}": array for name, _, array in flat(constants(avatar))}
    if refined:
        arrays["rig"] = rig(refined)
    np.savez_compressed(file, allow_pickle=False, **arrays)
