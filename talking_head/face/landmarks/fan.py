"""face-alignment's FAN as a landmark backend: 68 points by heat maps, spread to the whole mesh.

Bulat and Tzimiropoulos, "How far are we from solving the 2D & 3D face alignment problem?", ICCV 2017. Needs the extra ``fan``
and FAN's weights: the library takes ``$TORCH_HOME/hub/checkpoints/2DFAN4-11f355bf06.pth.tar`` if it is there, else it fetches
it from its own site. Slower than MediaPipe by far: for making avatars and comparing, not for video.
"""

from __future__ import annotations

import urllib.error
from collections.abc import Callable

import numpy as np

from talking_head.device import resolve
from talking_head.errors import BackendError, MissingModelError
from talking_head.face.landmarks.ibug import mesh_from_ibug
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from talking_head.types import F32, U8

WEIGHTS = "2DFAN4-11f355bf06.pth.tar"
_OWN_DETECTORS = ("sfd", "blazeface", "retinaface", "scrfd", "yunet", "dlib")


class FanLandmarker:
    """Landmarks from FAN.

    ``detector``: who finds the boxes: "mediapipe" (the model that this program pulls anyway), or one of face-alignment's own
    ("sfd", "blazeface", …), which fetch weights of their own. ``flip``: average with the mirrored picture (better, twice the
    time). ``boxes``: any function picture → boxes f32[n, 4] (left, top, right, bottom), instead of a detector.

    Raises MissingModelError when FAN's weights are neither at hand nor can be fetched.
    """

    def __init__(
        self,
        *,
        detector: str = "mediapipe",
        flip: bool = True,
        device: str = "auto",
        model_path: str | None = None,
        boxes: Callable[[U8], F32] | None = None,
    ) -> None:
        import face_alignment

        self._finder: MediaPipeLandmarker | None = None
        self.boxes = boxes
        if boxes is None and detector == "mediapipe":
            self._finder = MediaPipeLandmarker(model_path=model_path)
        elif boxes is None and detector not in _OWN_DETECTORS:
            raise TypeError(f"detector must be mediapipe or one of {', '.join(_OWN_DETECTORS)}, not {detector!r}")
        own = detector if boxes is None and detector != "mediapipe" else "folder"  # "folder" loads nothing
        try:
            self._net = face_alignment.FaceAlignment(
                face_alignment.LandmarksType.TWO_D, device=resolve(device), flip_input=flip, face_detector=own, compile=False
            )
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            raise MissingModelError(
                f"face-alignment cannot fetch its weights ({error}). Put {WEIGHTS} into $TORCH_HOME/hub/checkpoints, "
                "or use the landmark backend “mediapipe”."
            ) from error

    def detect(self, image: U8) -> list[F32]:
        """Faces in ``image`` u8[H, W, 3] RGB: f32[478, 3] in pixels each, largest first. See :func:`ibug.mesh_from_ibug`."""
        return [mesh_from_ibug(points) for points in self.detect_68(image)]

    def detect_68(self, image: U8) -> list[F32]:
        """The 68 points themselves, f32[68, 2] in pixels a face, largest first."""
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise ValueError(f"a picture is u8[H, W, 3], not {image.dtype}{list(image.shape)}")
        boxes = self._find(image)
        if boxes is not None and len(boxes) == 0:
            return []
        try:
            found = self._net.get_landmarks_from_image(image, None if boxes is None else boxes.tolist())
        except RuntimeError as error:
            raise BackendError(f"face-alignment failed on a picture of {image.shape[1]}×{image.shape[0]}: {error}") from error
        faces = [np.asarray(face[:, :2], np.float32) for face in found or []]
        return sorted(faces, key=lambda face: -float(np.prod(np.ptp(face, axis=0))))

    def _find(self, image: U8) -> F32 | None:
        if self.boxes is not None:
            return self.boxes(image)
        if self._finder is None:
            return None
        meshes = self._finder.detect(image)
        # FAN was trained on boxes from the brows to the chin.
        return np.array(
            [[m[:468, 0].min(), m[[70, 105, 334, 300], 1].min(), m[:468, 0].max(), m[:468, 1].max()] for m in meshes],
            np.float32,
        ).reshape(-1, 4)

    def close(self) -> None:
        """Free the box finder."""
        if self._finder is not None:
            self._finder.close()
