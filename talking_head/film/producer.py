"""The one producer of films: a description becomes a file. Command line, jobs and Gradio all call it.

Everything that is done is kept in a folder: what is said, and the pictures a second at a time. Whoever makes the same film in
the same folder once more goes on where the last one was ended.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from talking_head.audio.pcm import write_wav
from talking_head.errors import InputError
from talking_head.film import narration as narrations
from talking_head.film.cast import Cast
from talking_head.film.narration import Narration
from talking_head.film.picture import fonts
from talking_head.film.picture.overlays import Overlays
from talking_head.film.picture.scenery import place, scenery
from talking_head.film.picture.segments import CODECS, SegmentWriter, join
from talking_head.film.picture.shot import Shot
from talking_head.film.soundtrack import TAIL, Timing, lay, timings
from talking_head.film.spec import ENDINGS, FilmSpec, Head, Scene, is_file
from talking_head.film.subtitles import Cue, cues_of, srt, vtt
from talking_head.media_files.pictures import Tell, silent
from talking_head.provenance import aigc
from talking_head.provenance.codeword import Origin
from talking_head.provenance.content_credentials import Facts, sidecar_of, sign
from talking_head.provenance.identity import Identity, Made, identity, new_origin, remember
from talking_head.provenance.marker import warn_of_what_is_off
from talking_head.provenance.picture_mark import PictureMark
from talking_head.provenance.sound_mark import SoundMark
from talking_head.types import FPS, TICKS_PER_SECOND, U8

Progress = Callable[[float, str], None]
_AHEAD = 8  # frames that may be drawn before they are encoded
_SPOKEN, _DRAWN = 0.08, 0.96  # of the work is done when all is spoken, and when all is drawn


@dataclass(frozen=True, slots=True)
class Film:
    """A finished film of ``frames`` pictures (0: sound alone). ``files``: it, and what lies beside it; ``cues``: its words."""

    file: Path
    files: tuple[Path, ...]
    seconds: float
    frames: int
    width: int
    height: int
    cues: tuple[Cue, ...] = ()


def make(
    spec: FilmSpec,
    files: Mapping[str, Path],
    cast: Cast,
    work: Path,
    out: Path,
    *,
    name: str = "",
    tell: Progress = lambda share, sentence: None,
    notes: Tell = silent,
) -> Film:
    """Make the film ``spec`` into the folder ``out``, as ``name`` (default: its own) with the ending of its format.

    ``files``: where those lie that it names. ``work``: a folder for this film alone. ``tell(share, sentence)`` reports
    progress; ``notes`` is called with a sentence for each thing that is not as it was asked for. Raises InputError and its
    kind, ConfigError (voice, consent), and what the models raise.
    """
    _claim(work, spec)
    name = name or spec.name
    scenes = spec.parts()
    agreements = [] if spec.only == "sound" else [cast.agreed(scene.presenter) for scene in scenes]
    agreements += [record for scene in scenes if (record := cast.voice_agreed(scene))]
    spoken = _spoken(spec, scenes, files, cast, work, tell, notes)
    fade = round(spec.fade_s * FPS)
    fades = [fade if number and scene.transition == "fade" else 0 for number, scene in enumerate(scenes)]
    spoken = [each.later(before + (TAIL if before else 0)) for each, before in zip(spoken, fades, strict=True)]
    places = timings(spoken, fades)
    cues = _cues(spoken, places)
    settings = cast.config.provenance
    signer = identity(settings.certificate, settings.key)
    origin = _origin(work, signer)
    music = (files[spec.music.file], spec.music) if spec.music else None
    mark = SoundMark(origin) if settings.watermark else lambda pcm: pcm
    sound = lay(work / "sound.npy", spoken, places, music, mark)
    warn_of_what_is_off(settings)
    if spec.only == "sound":
        file = out / f"{name}.wav"
        write_wav(work / "sound.wav", np.asarray(sound), TICKS_PER_SECOND)
        (work / "sound.wav").replace(file)
        return Film(file, (file,), len(sound) / TICKS_PER_SECOND, 0, 0, 0, tuple(cues))
    if spec.captions.burn and (lacking := fonts.absent(cue.text for cue in cues)):
        remedy = f" Fetch one for Chinese with talking-head pull {fonts.CHINESE}." if fonts.is_chinese(lacking) else ""
        notes(
            f"No font on this machine has “{lacking}”: such captions are not drawn. They lie in the .srt file beside.{remedy}"
        )
    names = _shoot(spec, scenes, spoken, places, cues, files, cast, work, origin, tell)
    tell(_DRAWN, "Joining the pieces")
    ending, codec = ENDINGS[spec.format], CODECS[spec.format]
    half = out / f".{name}{ending}"
    label = settings.aigc and aigc.metadata(origin, signer, settings.producer)
    told = {"title": spec.title or name, "comment": cast.config.stream.label, "AIGC": label or ""}
    frames = join(work / "pictures", sound, half, codec, told)
    presenters = list(dict.fromkeys(names))
    agreed = ", ".join(dict.fromkeys(agreements))
    remember(Made(origin.text, "film", ", ".join(presenters), agreed))
    facts = Facts(origin.text, ", ".join(presenters), cast.models, agreed, spec.title or name)
    apart = sign(half, facts, signer) if settings.manifest else None
    file = out / f"{name}{ending}"
    half.replace(file)
    beside: tuple[Path, ...] = () if apart is None else (apart.replace(sidecar_of(file)),)
    if spec.poster and not codec.alpha:
        beside += (_write_poster(file, facts if settings.manifest else None, signer),)
    if apart is not None:
        notes(f"A WebM file cannot carry content credentials (C2PA): they lie beside it in {name}.c2pa. Keep both together.")
    beside += _write_captions(out, name, cues) if spec.captions.files and cues else ()
    width, height = spec.size
    return Film(file, (file, *beside), frames / FPS, frames, width, height, tuple(cues))


def _claim(work: Path, spec: FilmSpec) -> None:
    """What another film left in ``work`` is not gone on with."""
    work.mkdir(parents=True, exist_ok=True)
    own = hashlib.sha256(spec.model_dump_json(exclude={"webhook"}).encode()).hexdigest()
    seal = work / "spec.sha256"
    if seal.is_file() and seal.read_text() == own:
        return
    if any(work.iterdir()):
        raise InputError(f"The folder {work.name} holds pieces of another film. Delete it, or choose another name.")
    seal.write_text(own)


def _origin(work: Path, signer: Identity) -> Origin:
    """The film's number, the same after a restart."""
    file = work / "origin.json"
    if file.is_file():
        told = json.loads(file.read_text())
        if told["server"] == signer.server:
            return Origin(told["server"], told["session"])
    origin = new_origin(signer.server)
    file.write_text(json.dumps({"server": origin.server, "session": origin.session}))
    return origin


def _spoken(
    spec: FilmSpec, scenes: Sequence[Scene], files: Mapping[str, Path], cast: Cast, work: Path, tell: Progress, notes: Tell
) -> list[Narration]:
    """What each scene says; from its folder where an earlier run has kept it."""
    out = []
    for number, scene in enumerate(scenes):
        folder = work / f"scene-{number}"
        narration = narrations.kept(folder)
        if narration is None:
            tell(_SPOKEN * number / len(scenes), f"Speaking scene {number + 1} of {len(scenes)}" if spec.scenes else "Speaking")
            sound, subtitles = (files[name] if name else None for name in (scene.sound, scene.subtitles))
            wanted = spec.captions.burn or spec.captions.files
            cast.narrate(scene, sound, subtitles, words=wanted, tell=notes).keep(folder)
            narration = narrations.kept(folder)
        assert narration is not None
        out.append(narration)
    return out


def _cues(spoken: Sequence[Narration], places: Sequence[Timing]) -> list[Cue]:
    """Captions of the whole film; one frame later than the sound, as the film begins with a still one."""
    cues = []
    for narration, at in zip(spoken, places, strict=True):
        begins = (at.start + 1) / FPS
        cues += [Cue(begins + cue.start, begins + cue.end, cue.text) for cue in cues_of(narration.clauses)]
    return cues


def _shoot(
    spec: FilmSpec,
    scenes: Sequence[Scene],
    spoken: Sequence[Narration],
    places: Sequence[Timing],
    cues: Sequence[Cue],
    files: Mapping[str, Path],
    cast: Cast,
    work: Path,
    origin: Origin,
    tell: Progress,
) -> list[str]:
    """Draw and encode what is not there yet; the name of each scene's presenter."""
    width, height = spec.size
    settings, codec = cast.config.provenance, CODECS[spec.format]
    seen: list[str] = []
    shots = []
    for scene, narration in zip(scenes, spoken, strict=True):
        at = place(spec.frame, spec.size, scene.head or Head())
        portrait = cast.portrait(scene.presenter, at.drawn)
        seen.append(portrait.name)
        background = scene.background or ""
        file = files[background] if is_file(background) else None
        back = None if codec.alpha else scenery(background, portrait, at, file)
        shots.append(Shot(portrait, narration, at, back, cast.manner(scene)))
    overlays = Overlays(spec, cues, files[spec.logo.file] if spec.logo else None, settings)
    marked = PictureMark(origin, width, height) if settings.watermark else None
    total = places[-1].end
    waiting: deque[Future[None]] = deque()
    with (
        SegmentWriter(work / "pictures", width, height, codec) as writer,
        ThreadPoolExecutor(1, thread_name_prefix="encode") as executor,
    ):
        first = writer.frames

        def finish(number: int, frame: U8) -> None:
            at = (number + 1) / FPS
            (overlays.onto_alpha if codec.alpha else overlays.onto)(frame, at)
            if marked is not None:
                marked.onto(frame[: height * 3 // 2])
            writer.write(frame)

        for number, frame in _reel(shots, places, cast, spec.seed, first):
            waiting.append(executor.submit(finish, number, frame))
            if len(waiting) > _AHEAD:
                waiting.popleft().result()
            if number % 5 == 0:
                done = number + 1 - len(waiting)
                tell(_SPOKEN + (_DRAWN - _SPOKEN) * done / total, f"{done} of {total} frames")
        for future in waiting:
            future.result()
    return seen


def _reel(shots: Sequence[Shot], places: Sequence[Timing], cast: Cast, seed: int, first: int) -> Iterator[tuple[int, U8]]:
    """Every frame of the film from ``first`` on with its number, where scenes overlap the one faded into the other."""
    held: dict[int, U8] = {}
    for index, (shot, at) in enumerate(zip(shots, places, strict=True)):
        if at.end <= first:
            continue
        after = places[index + 1].start if index + 1 < len(places) else at.end
        begin = max(0, first - at.start)
        frames = shot.frames(cast.motion, cast.animator, seed=seed + index, tail_s=TAIL / FPS, first=begin)
        for number, frame in enumerate(frames, at.start + begin):
            if number in held:
                share = (number - at.start + 1) / (at.fade + 1)
                frame = np.asarray(cv2.addWeighted(held.pop(number), 1 - share, frame, share, 0), np.uint8)
            if number < after:
                yield number, frame.copy()
            else:
                held[number] = frame.copy()


def _write_captions(out: Path, name: str, cues: Sequence[Cue]) -> tuple[Path, ...]:
    made = []
    for ending, text in ((".srt", srt(cues)), (".vtt", vtt(cues))):
        half = out / f".{name}{ending}"
        half.write_text(text, encoding="utf-8")
        made.append(half.replace(out / f"{name}{ending}"))
    return tuple(made)


def _write_poster(film: Path, facts: Facts | None, signer: Identity) -> Path:
    """A picture of the film's second second, with the label that is drawn there, as a JPEG beside it; signed if ``facts``."""
    with av.open(str(film)) as container:
        *_, picture = islice(container.decode(video=0), FPS)
    half, poster = film.with_name(f".{film.stem}.jpg"), film.with_suffix(".jpg")
    Image.fromarray(picture.to_ndarray(format="rgb24")).save(half, "JPEG", quality=92)
    if facts is not None:
        sign(half, facts, signer)
    return half.replace(poster)


def unique(folder: Path, name: str) -> str:
    """``name``, or with a number behind where ``folder`` has it already."""
    taken = {file.stem for file in folder.iterdir()} if folder.is_dir() else set()
    return next(each for each in (name, *(f"{name}-{n}" for n in range(2, 10_000)), secrets.token_hex(8)) if each not in taken)
