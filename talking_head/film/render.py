"""Beats to a video file: framed, with subtitles if wanted, encoded beside the drawing. What ``say`` and the demo share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from talking_head.film.framing import Framing
from talking_head.film.recorder import Recorder
from talking_head.film.subtitles import Burner, Cue
from talking_head.loop import MediaFrame
from talking_head.provenance.marker import Marker
from talking_head.types import FPS

Marks = Callable[[int, int], Marker]
_AHEAD = 8  # frames that may be drawn before they are encoded


@dataclass(frozen=True, slots=True)
class Film:
    """A finished video of ``frames`` pictures and as many times 1 920 samples."""

    file: Path
    frames: int
    width: int
    height: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / FPS


def shoot(
    media_frames: Iterable[MediaFrame],
    file: Path,
    side: int,
    *,
    framing: str = "1:1",
    cues: Sequence[Cue] = (),
    title: str = "",
    comment: str = "",
    aigc: str = "",
    marks: Marks | None = None,
    tell: Callable[[int], None] = lambda frames: None,
) -> Film:
    """Write ``beats``, whose pictures are ``side`` pixels square, to the MP4 ``file``.

    ``cues`` are drawn into the picture; ``marks(width, height)`` makes what marks every frame at last. ``tell`` is called with
    the number of frames done. What was written remains a readable video if this is interrupted. Raises InputError if the file
    cannot be written, and what the frames raise.
    """
    frame = Framing(framing, side)
    width, height = frame.shape.width, frame.shape.height
    burn = Burner(cues, width, height)
    marker = marks(width, height) if marks is not None else None
    waiting: deque[Future[None]] = deque()
    with (
        Recorder(file, width, height, title=title, comment=comment, aigc=aigc) as recorder,
        ThreadPoolExecutor(1, thread_name_prefix="encode") as executor,
    ):

        def finish(number: int, media_frame: MediaFrame) -> None:
            picture, pcm = burn(frame(media_frame.frame), number / FPS), media_frame.pcm
            if marker is not None:
                picture, pcm = marker.picture(picture, number / FPS), marker.sound(pcm)
            recorder.write(picture, pcm)

        for number, media_frame in enumerate(media_frames):
            waiting.append(executor.submit(finish, number, media_frame))
            if len(waiting) > _AHEAD:
                waiting.popleft().result()
            tell(number + 1)
        for future in waiting:
            future.result()
        return Film(file, recorder.frames, width, height)
