"""MediaPipe face mesh as a landmark backend: 478 points a face, 10–20 ms on one core.

Kartynnik et al., "Real-time facial surface geometry from monocular video on mobile GPUs", CVPR-W 2019.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np

from talking_head.errors import BackendError
from talking_head.system import telemetry
from talking_head.types import F32, U8

# Both must be set before the library is imported, else it writes a page of start-up notes to the terminal.
os.environ.setdefault("GLOG_minloglevel", "3")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


# Models whose landmarker went without being closed. The library would close them in ``__del__``, wherever the garbage collector
# happens to run, and then waits for ever for a thread that is garbage as well, or crashes: they are closed here, with the next.
_LEFT: deque[Any] = deque()


class MediaPipeLandmarker:
    """Landmarks from MediaPipe, in single pictures or along a video.

    ``model_path``: the ``.task`` file (default: the verified one of the manifest). ``faces``: how many to look for.
    ``video=True`` tracks from call to call (smoother and cheaper on a clip; call :meth:`reset` at a cut); otherwise calls are
    independent. Not safe for two threads at once.
    """

    def __init__(
        self, *, model_path: str | Path | None = None, faces: int = 4, video: bool = False, min_confidence: float = 0.5
    ) -> None:
        self._model_path = str(model_path) if model_path is not None else _default_model()
        self._faces = faces
        self._video = video
        self._confidence = min_confidence
        self._clock_ms = 0
        self._forgotten: Any = None  # hands the model to _LEFT when this object goes
        self._net: Any = self._open()
        _close_at_exit(self)

    def detect(self, image: U8) -> list[F32]:
        """Faces in ``image`` u8[H, W, 3] RGB: f32[478, 3] in pixels each, largest first; empty when there is none.

        Raises ValueError for another shape or dtype, BackendError when MediaPipe fails.
        """
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise ValueError(f"a picture is u8[H, W, 3], not {image.dtype}{list(image.shape)}")
        if self._net is None:
            raise BackendError("The landmark detector was closed; make a new one.")
        import mediapipe as mp

        height, width = image.shape[:2]
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(image))
        try:
            if self._video:
                self._clock_ms += 40
                result = self._net.detect_for_video(picture, self._clock_ms)
            else:
                result = self._net.detect(picture)
        except (RuntimeError, ValueError) as error:
            raise BackendError(f"The landmark detector failed on a picture of {width}×{height}: {error}") from error
        scale = np.array([width, height, width], np.float32)  # MediaPipe gives z in the scale of x
        faces = [np.array([(p.x, p.y, p.z) for p in face], np.float32) * scale for face in result.face_landmarks]
        return sorted(faces, key=lambda face: -float(np.prod(np.ptp(face[:, :2], axis=0))))

    def reset(self) -> None:
        """Forget the tracked face (at a cut, or between clips)."""
        if self._video:
            self.close()
            self._net = self._open()

    def close(self) -> None:
        """Free the model. Further calls to :meth:`detect` raise BackendError."""
        if self._net is not None:
            self._forgotten.detach()
            self._net.close()
            self._net = None

    def __enter__(self) -> MediaPipeLandmarker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _open(self) -> Any:
        with _quiet(), _without_pyplot():
            from mediapipe.tasks.python import BaseOptions, vision

            _hush()
            mode = vision.RunningMode.VIDEO if self._video else vision.RunningMode.IMAGE
            options = vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=self._model_path),
                running_mode=mode,
                num_faces=self._faces,
                min_face_detection_confidence=self._confidence,
            )
            self._clock_ms = 0
            _close_left()
            try:
                net = vision.FaceLandmarker.create_from_options(options)
            except (RuntimeError, ValueError, FileNotFoundError) as error:
                raise BackendError(f"The landmark model {self._model_path} cannot be loaded: {error}") from error
            self._forgotten = weakref.finalize(self, _LEFT.append, net)
            self._forgotten.atexit = False
            return net


def _close_left() -> None:
    while _LEFT:
        with contextlib.suppress(IndexError):  # another thread was quicker
            _LEFT.popleft().close()


@functools.cache
def _hush() -> None:
    """The library reports its use to a logging host of its maker, and has no switch for it."""
    import mediapipe

    telemetry.cut_off(Path(mediapipe.__file__).parent / "tasks" / "c" / "libmediapipe.so")


@contextlib.contextmanager
def _without_pyplot() -> Iterator[None]:
    """MediaPipe's drawing helpers import matplotlib, which takes as long as all the rest of it; nobody draws with them here."""
    names = ("matplotlib", "matplotlib.pyplot")
    if any(name in sys.modules for name in names):
        yield
        return
    sys.modules.update({name: ModuleType(name) for name in names})
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


def _close_at_exit(landmarker: MediaPipeLandmarker) -> None:
    """Close before the interpreter's thread pools shut down: the library frees the model on one, and writes a traceback else.

    ``atexit`` comes too late for that, so this uses the hook by which ``concurrent.futures`` itself does it.
    """
    register = getattr(threading, "_register_atexit", None)
    if register is None:
        return
    alive = weakref.ref(landmarker)

    def close() -> None:
        if (still := alive()) is not None:
            still.close()
        _close_left()

    register(close)


def _default_model() -> str:
    from talking_head.models import manifest

    path = manifest.path("face-landmarker")
    return str(path if path.is_file() else next(iter(sorted(path.glob("*.task")))))


class _quiet:
    """Hold back what the C++ side writes to stderr while it starts: nothing in it is for the user."""

    def __enter__(self) -> None:
        self._saved = os.dup(2)
        self._null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(self._null, 2)

    def __exit__(self, *_: object) -> None:
        os.dup2(self._saved, 2)
        os.close(self._null)
        os.close(self._saved)
