"""What a face is on the device: every array by name, the same dataclasses on the host (NumPy) and as tensors.

A field's ``rim`` says how an array that differs in size from face to face is continued to the common size: by its "edge", or by
"zero". Imports NumPy alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Generic, TypeVar

from numpy import generic
from numpy.typing import NDArray

A = TypeVar("A")  # an array on the host, or a tensor with one row a face
Host = NDArray[generic]


_EDGE, _ZERO = {"rim": "edge"}, {"rim": "zero"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Border(Generic[A]):
    """One slit's borders: landmarks i64[n] of each, and matrices f32[columns, n] that make a dense line of them."""

    upper: A
    lower: A
    upper_resample: A
    lower_resample: A


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants(Generic[A]):
    """What is the same for every portrait of one picture size: index rows i64, ``colors`` f32[3, 3] of the mouth's hollow."""

    size: A  # width, height
    rigid: A
    chin: A
    irises: A
    upper_index: A
    lower_index: A
    lips_inner: A
    lips_outer: A
    colors: A
    mouth: Border[A]
    left: Border[A]
    right: Border[A]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Generic[A]):
    """A part of the picture that is drawn by itself: ``box`` i64[4] (x, y, w, h), the landmarks i64 that it follows."""

    box: A
    anchors: A
    valid: A = field(metadata=_ZERO)  # f32[h, w]: 1 where it is no padding


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeWindow(Window[A]):
    """``Eye``: contours f32[n, 2] at rest, how landmarks move them f32[n, K], pictures u8[h, w, 3], measures in pixels."""

    upper_lid: A
    lower_lid: A
    upper_contour: A
    lower_contour: A
    heights: A
    ball: A = field(metadata=_EDGE)
    lid: A = field(metadata=_EDGE)
    points: A
    rigid: A
    width: A
    iris: A
    open: A


@dataclass(frozen=True, slots=True, kw_only=True)
class MouthWindow(Window[A]):
    """The mouth: two fields of motion f32[ny, nx, K] with ``step`` pixels between their nodes, and its frame f32[3, 2]."""

    step: A
    upper_basis: A = field(metadata=_EDGE)
    lower_basis: A = field(metadata=_EDGE)
    feather: A = field(metadata=_ZERO)  # f32[h, w]
    frame: A
    rigid: A


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinerArrays(Generic[A]):
    """What the refining net needs of a face; ``keep`` f32[S, S]: where its residual counts."""

    reference: A
    own: A
    bright: A
    spared: A
    keep: A
    crop_scale: A  # crop pixels a picture pixel


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceArrays(Generic[A]):
    """A prepared avatar. Layers are u8[h, w, 4], premultiplied; ``refiner`` None: the warp alone."""

    points: A
    unit: A
    edge: A
    contact: A
    contact_width: A
    mouth_width: A  # at rest, see ``warp/pout.py``
    corner_lacks: A  # f32[2, S, S, 3], see ``warp/corners.py``
    corner_gap: A
    ground: A
    upper_layer: A
    lower_layer: A = field(metadata=_EDGE)
    lower_origin: A
    head_step: A
    head_basis: A = field(metadata=_EDGE)
    chin_rest: A
    chin_rigid: A
    upper_teeth: A = field(metadata=_ZERO)
    lower_teeth: A = field(metadata=_ZERO)
    upper_teeth_map: A
    lower_teeth_map: A
    light: A
    lip_shade: A
    tip: A
    shadow: A
    mouth: MouthWindow[A]
    left: EyeWindow[A]
    right: EyeWindow[A]
    refiner: RefinerArrays[A] | None = None


def flat(arrays: Any, prefix: str = "") -> Iterator[tuple[str, str | None, Any]]:
    """Name ("left.ball"), rim and value of every array of a dataclass of this module."""
    for one in fields(arrays):
        value = getattr(arrays, one.name)
        if is_dataclass(value):
            yield from flat(value, f"{prefix}{one.name}.")
        elif value is not None:
            yield f"{prefix}{one.name}", one.metadata.get("rim"), value


_PARTS: dict[str, type] = {cls.__name__: cls for cls in (Border, Window, EyeWindow, MouthWindow, RefinerArrays)}


def built(kind: type, named: Mapping[str, Any], prefix: str = "") -> Any:
    """The inverse of :func:`flat`: a ``kind`` of the arrays under these names. KeyError where one is missing."""
    made: dict[str, Any] = {}
    for one in fields(kind):
        part = _PARTS.get(str(one.type).partition("[")[0])
        inner = f"{prefix}{one.name}."
        if part is None:
            made[one.name] = named[f"{prefix}{one.name}"]
        elif any(name.startswith(inner) for name in named):
            made[one.name] = built(part, named, inner)
    return kind(**made)
