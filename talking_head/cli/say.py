"""``talking-head say``: a sentence or a sound file in, an MP4 of a talking face out."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from talking_head.config import Config
    from talking_head.types import F32, Cue, Speech


def say(
    text: Annotated[str, typer.Argument(help="What to say. “-” reads it from the standard input.")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The MP4 to write.")] = Path("out.mp4"),
    avatar: Annotated[str, typer.Option(help="Name of an avatar, or a photo.")] = "",
    audio: Annotated[Path | None, typer.Option(help="Speak this sound file instead of a text.")] = None,
    config: Annotated[Path | None, typer.Option(help="Configuration (TOML).")] = None,
    motion: Annotated[str, typer.Option(help="Motion backend instead of the configured one.")] = "",
    animator: Annotated[str, typer.Option(help="Animator backend instead of the configured one.")] = "",
    seed: Annotated[int, typer.Option(help="Head motion and blinks; the same seed gives the same film.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Record a talking face as MP4 (H.264, AAC), without a server and as fast as the machine can."""
    import sys

    import numpy as np

    from talking_head import config as configuration
    from talking_head.errors import InputError
    from talking_head.loop.cues import frame_cues

    overrides = {"motion.backend": motion or None, "animator.backend": animator or None, "avatar.name": avatar or None}
    settings = configuration.load(config, overrides)
    if text == "-":
        text = sys.stdin.read()
    if bool(text) == (audio is not None):
        raise InputError("Give either a text or --audio FILE.")
    began = time.perf_counter()
    speeches = [] if audio is not None else _spoken(text, settings)
    pcm = np.concatenate([speech.pcm for speech in speeches]) if audio is None else _sound_file(audio, settings)
    spoken_s = time.perf_counter() - began
    figures = _film(pcm, frame_cues(speeches), settings, output, seed)
    elapsed = time.perf_counter() - began
    duration = figures["video_s"]
    typer.echo(
        f"{output}: {duration:.1f} s in {elapsed:.1f} s ({duration / elapsed:.1f} × real time, loading included)", err=as_json
    )
    if as_json:
        whole = {"file": str(output), **figures, "speech_wall_s": round(spoken_s, 2), "wall_s": round(elapsed, 2)}
        typer.echo(json.dumps(whole))


def _spoken(text: str, settings: Config) -> list[Speech]:
    from talking_head import registry
    from talking_head.text.clauses import check, split
    from talking_head.types import Speech

    spans = split(check(text, 20 * settings.limits.text_chars))
    voice = registry.configured(settings, "speech")
    return [Speech(span, utterance.pcm, utterance.phonemes) for span in spans for utterance in voice.synthesize(span.spoken)]


def _sound_file(file: Path, settings: Config) -> F32:
    from talking_head.audio.pcm import read_audio
    from talking_head.errors import AudioError
    from talking_head.types import TICKS_PER_SECOND

    pcm = read_audio(file, TICKS_PER_SECOND)
    if len(pcm) > settings.limits.audio_seconds * TICKS_PER_SECOND:
        raise AudioError(f"This sound is longer than {settings.limits.audio_seconds:.0f} seconds (limits.audio_seconds).")
    return pcm


def _film(pcm: F32, cues: list[Cue], settings: Config, output: Path, seed: int) -> dict[str, float | int]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from talking_head import registry
    from talking_head.face import avatars
    from talking_head.film.render import shoot
    from talking_head.loop.offline import render
    from talking_head.types import FPS, FRAME_TICKS, TICKS_PER_SECOND

    landmarker = registry.configured(settings, "landmarks")
    portrait = avatars.resolve(settings.avatar.name, landmarker, size=settings.animator.size, folder=settings.avatar.folder)
    motion = registry.configured(settings, "motion")
    animator = registry.configured(settings, "animator")
    avatar = animator.prepare(portrait)
    media_frames = render(
        motion, animator, portrait, pcm, cues=cues, seed=seed, expressiveness=settings.motion.expressiveness, avatar=avatar
    )
    total = -(-len(pcm) // FRAME_TICKS) + round(0.4 * FPS)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
    )
    began = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("frames", total=total)
        film = shoot(
            media_frames,
            output,
            portrait.image.shape[0],
            title=output.stem,
            comment=settings.stream.label,
            tell=lambda done: progress.update(task, completed=done),
        )
    frames = film.frames
    elapsed = time.perf_counter() - began
    return {
        "video_s": round(frames / FPS, 3),
        "audio_s": round(frames * FRAME_TICKS / TICKS_PER_SECOND, 3),
        "frames": frames,
        "fps": FPS,
        "width": film.width,
        "height": film.height,
        "realtime_factor": round(frames / FPS / elapsed, 2),
    }
