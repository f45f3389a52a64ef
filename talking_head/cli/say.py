"""``talking-head say``: a sentence or a sound file in, an MP4 of a talking face out."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from talking_head.config import Config
    from talking_head.film.narration import Narration
    from talking_head.film.producer import Look
    from talking_head.film.subtitles import Cue


def say(
    text: Annotated[str, typer.Argument(help="What to say. “-” reads it from the standard input.")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The MP4 to write.")] = Path("out.mp4"),
    avatar: Annotated[str, typer.Option(help="Name of an avatar, or a photo.")] = "",
    voice: Annotated[str, typer.Option(help="Another voice than the presenter's; see talking-head voices.")] = "",
    speed: Annotated[float, typer.Option(help="1 is the voice's own pace, 0.5 to 2.")] = 1.0,
    audio: Annotated[
        Path | None, typer.Option(help="Speak this sound file instead; a text is its words, for subtitles.")
    ] = None,
    framing: Annotated[str, typer.Option(help="1:1, 9:16 or 16:9.")] = "1:1",
    size: Annotated[int, typer.Option(help="Pixels of the film's shorter side, such as 512, 720 or 1080.")] = 0,
    background: Annotated[str, typer.Option(help="blur, green, a colour such as #1d2a3a, or a picture.")] = "",
    subtitles: Annotated[bool, typer.Option("--subtitles", help="Draw the words in; .srt and .vtt files beside.")] = False,
    config: Annotated[Path | None, typer.Option(help="Configuration (TOML).")] = None,
    motion: Annotated[str, typer.Option(help="Motion backend instead of the configured one.")] = "",
    animator: Annotated[str, typer.Option(help="Animator backend instead of the configured one.")] = "",
    mood: Annotated[
        str, typer.Option(help="neutral, friendly, happy, serious, sympathetic or excited; else the presenter's.")
    ] = "",
    expressiveness: Annotated[
        float | None, typer.Option(min=0, max=2, help="0 still, 0.5 a newsreader, 1 lively, 2 theatre.")
    ] = None,
    articulation: Annotated[float | None, typer.Option(min=0.5, max=1.5, help="How widely the mouth moves.")] = None,
    seed: Annotated[int, typer.Option(help="Head motion and blinks; the same seed gives the same film.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Record a talking face as MP4 (H.264, AAC), without a server and as fast as the machine can."""
    import sys

    from talking_head import config as configuration
    from talking_head.errors import InputError
    from talking_head.face.avatars import mood_of
    from talking_head.film.producer import Look
    from talking_head.film.subtitles import srt, vtt
    from talking_head.types import LARGEST_SIDE

    overrides = {
        "motion.backend": motion or None,
        "motion.expressiveness": expressiveness,
        "motion.articulation": articulation,
        "animator.backend": animator or None,
        "avatar.name": avatar or None,
    }
    settings = configuration.load(config, overrides)
    manner = settings.motion.manner(mood or mood_of(settings.avatar.name, settings.avatar.folder))
    look = Look(framing, subtitles, seed, manner, settings.stream.label, settings.provenance, background)
    if size and not 128 <= size <= LARGEST_SIDE:
        raise InputError(f"--size is the shorter side of the film in pixels, 128 to {LARGEST_SIDE}, not {size}.")
    if text == "-":
        text = sys.stdin.read()
    if not text and audio is None:
        raise InputError("Give a text, or a sound file with --audio FILE.")
    if text and audio is not None and not subtitles:
        raise InputError("Give either a text or --audio FILE; both only with --subtitles, which shows the text.")
    began = time.perf_counter()
    narration = _recording(audio, text, settings, look) if audio is not None else _script(text, settings, voice, speed)
    spoken_s = time.perf_counter() - began
    figures, cues = _film(narration, settings, output, look, size)
    if cues:
        output.with_suffix(".srt").write_text(srt(cues), encoding="utf-8")
        output.with_suffix(".vtt").write_text(vtt(cues), encoding="utf-8")
    elapsed = time.perf_counter() - began
    duration = figures["video_s"]
    typer.echo(
        f"{output}: {duration:.1f} s in {elapsed:.1f} s ({duration / elapsed:.1f} × real time, loading included)", err=as_json
    )
    if as_json:
        whole = {"file": str(output), **figures, "speech_wall_s": round(spoken_s, 2), "wall_s": round(elapsed, 2)}
        typer.echo(json.dumps(whole))


def _script(text: str, settings: Config, voice: str, speed: float) -> Narration:
    from talking_head.audio.recital import recite
    from talking_head.face.avatars import voice_of
    from talking_head.film.narration import speak
    from talking_head.speech.voices import Voices
    from talking_head.text import language

    voices = Voices(settings)
    chosen = voices.choose(voice, voice_of(settings.avatar.name, settings.avatar.folder))
    speaker = voices.synthesizer(chosen, speed)
    return speak(
        text,
        partial(recite, speaker),
        settings.limits,
        language=language.get(chosen.language),
        pronunciations=settings.speech.pronunciations,
        tell=partial(typer.echo, err=True),
    )


def _recording(file: Path, words: str, settings: Config, look: Look) -> Narration:
    from talking_head import registry
    from talking_head.film.narration import listen
    from talking_head.types import F32, TICKS_PER_SECOND

    def transcribe(pcm: F32) -> str:
        model = registry.configured(settings, "listen")
        return str(model.transcribe(pcm, TICKS_PER_SECOND))

    tell = partial(typer.echo, err=True)
    return listen(file, words, settings.limits, transcribe if look.subtitles else None, tell)


def _film(
    narration: Narration, settings: Config, output: Path, look: Look, size: int
) -> tuple[dict[str, float | int], list[Cue]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from talking_head import registry
    from talking_head.face import avatars
    from talking_head.film.producer import before, face_side, models_of, produce
    from talking_head.types import FPS, FRAME_TICKS, TICKS_PER_SECOND

    side = face_side(look.framing, size) if size else settings.animator.size
    landmarker = registry.configured(settings, "landmarks")
    portrait = avatars.resolve(settings.avatar.name, landmarker, size=side, folder=settings.avatar.folder)
    portrait = before(portrait, look.background)
    motion = registry.configured(settings, "motion")
    animator = registry.configured(settings, "animator")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("frames", total=None)
        avatar = animator.prepare(portrait)
        began = time.perf_counter()
        film, cues = produce(
            narration,
            portrait,
            motion,
            animator,
            output,
            look,
            avatar=avatar,
            models=models_of(settings),
            tell=lambda done, of: progress.update(task, completed=done, total=of),
        )
    elapsed = time.perf_counter() - began
    figures: dict[str, float | int] = {
        "video_s": round(film.seconds, 3),
        "audio_s": round(film.frames * FRAME_TICKS / TICKS_PER_SECOND, 3),
        "frames": film.frames,
        "fps": FPS,
        "width": film.width,
        "height": film.height,
        "realtime_factor": round(film.seconds / elapsed, 2),
    }
    return figures, cues
