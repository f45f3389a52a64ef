"""The one producer of films: a narration and a portrait become a video file. Command line, HTTP and Gradio all call it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talking_head.config import Config, Provenance
from talking_head.errors import InputError
from talking_head.face.backdrop import with_background
from talking_head.face.portrait import Portrait
from talking_head.film.framing import SHAPES
from talking_head.film.narration import Narration
from talking_head.film.render import Film, shoot
from talking_head.film.subtitles import Cue, cues_of
from talking_head.loop.offline import render
from talking_head.media_files.pictures import decode
from talking_head.protocols import Animator, MotionModel
from talking_head.provenance import aigc, consents
from talking_head.provenance.content_credentials import Facts, sign
from talking_head.provenance.identity import Made, identity, new_origin, remember
from talking_head.provenance.marker import Marker, warn_of_what_is_off
from talking_head.types import FPS, FRAME_TICKS, Manner

Progress = Callable[[int, int], None]
TAIL_S = 0.4  # silence at the end, in which the mouth closes


@dataclass(frozen=True, slots=True)
class Look:
    """How a film looks. ``framing``: one of ``SHAPES``; ``subtitles``: words are drawn into the picture.

    ``seed``: head motion and blinks, the same seed gives the same film; ``manner``: None: friendly and lively; ``comment``:
    metadata of the file, the label that says that nobody real is speaking; ``provenance``: what else
    says where the film came from; ``background``: see :func:`before`.
    """

    framing: str = "1:1"
    subtitles: bool = False
    seed: int = 0
    manner: Manner | None = None
    comment: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    background: str = ""

    def __post_init__(self) -> None:
        if self.framing not in SHAPES:
            raise InputError(f"There is no framing “{self.framing}”. Known ones: {', '.join(SHAPES)}.")


def face_side(framing: str, lines: int) -> int:
    """Side in pixels of the square face that fills a film whose shorter side has ``lines`` pixels: 1 080 in 16:9 take 960."""
    side = lines if framing == "1:1" else lines * 8 / 9
    return max(128, round(side / 16) * 16)


def before(portrait: Portrait, background: str) -> Portrait:
    """``portrait`` before another background: "blur", "green", a colour "#rrggbb", or the path of a picture; "": its own.

    Raises PhotoError for none of these, a picture that cannot be read, and a portrait that was not cut out.
    """
    if not background:
        return portrait
    file = Path(background).expanduser()
    return with_background(portrait, decode(file) if file.suffix and file.is_file() else background)


def models_of(config: Config) -> list[str]:
    """Names of the models that make a film with ``config``, as a manifest says them."""
    return [f"{stage}: {getattr(config, stage).backend}" for stage in ("speech", "motion", "animator")]


def produce(
    narration: Narration,
    portrait: Portrait,
    motion: MotionModel,
    animator: Animator,
    file: Path,
    look: Look,
    *,
    avatar: Any = None,
    models: Sequence[str] = (),
    tell: Progress = lambda done, of: None,
) -> tuple[Film, list[Cue]]:
    """Let ``portrait`` say ``narration`` in the MP4 ``file``; the film and its subtitles (none, if none are wanted).

    ``avatar``: what ``animator.prepare(portrait)`` returned, if at hand; ``models``: their names, for the manifest.
    ``tell(frames, of)`` reports progress. Raises
    InputError if the file cannot be written, what the models raise,
    and ConfigError where the record of consent was forged or has ended.
    """
    cues = cues_of(narration.clauses) if look.subtitles else []
    total = -(-len(narration.pcm) // FRAME_TICKS) + round(TAIL_S * FPS)
    frames = render(
        motion,
        animator,
        portrait,
        narration.pcm,
        cues=narration.cues,
        seed=look.seed,
        manner=look.manner,
        avatar=avatar,
        tail_s=TAIL_S,
    )
    settings = look.provenance
    warn_of_what_is_off(settings)
    signer = identity(settings.certificate, settings.key)
    origin = new_origin(signer.server)
    if portrait.folder is not None:
        consents.read(portrait.folder, identity(), use="films")  # a forged or ended one ends it here
    consent = consents.digest(portrait.folder)
    remember(Made(origin.text, "film", portrait.name, consent))
    film = shoot(
        frames,
        file,
        portrait.image.shape[0],
        framing=look.framing,
        cues=cues,
        title=file.stem,
        comment=look.comment,
        aigc=aigc.metadata(origin, signer, settings.producer) if settings.aigc else "",
        marks=lambda width, height: Marker(settings, origin, width, height, label_s=settings.film_label_s),
        tell=lambda done: tell(done, total),
    )
    if settings.manifest:
        sign(file, Facts(origin.text, portrait.name, models, consent, file.stem), signer)
    return film, cues
