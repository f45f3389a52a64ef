"""``talking-head bench``: how fast, how steady, how many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Measure latency, skew, the animator, and how many faces fit.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="End with one JSON object.")]
_Config = Annotated[Path | None, typer.Option(help="Configuration (TOML).")]
_Avatar = Annotated[str, typer.Option(help="Name of an avatar, or a photo.")]
_Size = Annotated[int | None, typer.Option(help="Side of the picture in pixels.")]


@app.command()
def pipeline(
    turns: Annotated[int, typer.Option(help="Answers to measure.")] = 20,
    config: _Config = None,
    avatar: _Avatar = "",
    voice: Annotated[bool, typer.Option("--voice", help="Questions are asked aloud: end of the voice to the face.")] = False,
    microphones: Annotated[int, typer.Option(min=1, max=8, help="With --voice: so many visitors at once.")] = 1,
    spoken: Annotated[
        list[str] | None, typer.Option("--language", help="With --voice: what the visitors speak, in turns (en, zh).")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Text to first displayed frame and first sound, interrupt to silence, late frames, cores, memory; in Chromium."""
    from talking_head.bench import pipeline as typed
    from talking_head.bench import voice as aloud

    arguments = (["--config", str(config)] if config else []) + (["--avatar", avatar] if avatar else [])
    if voice:
        _report(aloud.bench(turns, config, avatar, microphones, spoken=spoken or ()), as_json)
        return
    _report(typed.bench(turns, arguments), as_json)


@app.command()
def skew(
    seconds: Annotated[float, typer.Option(help="How long to measure.")] = 60.0,
    stall: Annotated[float, typer.Option(help="The generator stands still for so many seconds in the middle.")] = 2.0,
    as_json: _Json = False,
) -> None:
    """Skew of sound and picture: flashes and beeps through the whole stream, measured in Chromium."""
    from talking_head.bench.av_skew import bench

    _report(bench(seconds, stall), as_json)


@app.command()
def animator(
    batch: Annotated[int, typer.Option(help="Faces in one batch.")] = 1,
    frames: Annotated[int, typer.Option(help="Frames to measure.")] = 200,
    backend: Annotated[str, typer.Option(help="Animator backend instead of the configured one.")] = "",
    config: _Config = None,
    avatar: _Avatar = "",
    size: _Size = None,
    as_json: _Json = False,
) -> None:
    """Milliseconds of one batch of pictures."""
    from talking_head.bench.animator import bench

    _report(bench(_load(config, avatar, size, backend), batch=batch, frames=frames), as_json)


@app.command()
def sessions(
    count: Annotated[int, typer.Option("--sessions", help="Visitors at the same time.")] = 2,
    seconds: Annotated[float, typer.Option(help="How long.")] = 30.0,
    media: Annotated[bool, typer.Option(help="With WebRTC visitors; otherwise the inference loop alone.")] = True,
    say: Annotated[bool, typer.Option("--say", help="Speak without a pause instead of chatting.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Only look on: what the media alone cost.")] = False,
    storm: Annotated[int, typer.Option(help="So many other visitors come and go meanwhile.")] = 0,
    at_once: Annotated[int, typer.Option(help="Of these, at the same time.")] = 1,
    interrupts: Annotated[float, typer.Option(help="Share of answers that are cut short.")] = 0.2,
    config: _Config = None,
    avatar: _Avatar = "",
    size: _Size = None,
    as_json: _Json = False,
) -> None:
    """Late frames and milliseconds a batch with so many live faces."""
    from talking_head.bench.sessions import Load, bench_loop, bench_server

    load = Load(
        count, seconds, way="watch" if watch else "say" if say else "chat", storm=storm, at_once=at_once, interrupts=interrupts
    )
    _report((bench_server if media else bench_loop)(_load(config, avatar, size), load), as_json)


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(help="How long.", min=0.2)] = 60.0,
    sessions: Annotated[int, typer.Option(help="Visitors, who talk every ten seconds.", min=1)] = 2,
    plot: Annotated[Path | None, typer.Option(help="PNG for the curves.")] = Path("soak.png"),
    config: _Config = None,
    as_json: _Json = False,
) -> None:
    """Memory, late pictures, skew, lag, threads and descriptors of a server over a long time, as curves and slopes."""
    from talking_head.bench.soak import soak as run

    _report(run(minutes, sessions, config, plot), as_json)


@app.command()
def cycles(
    count: Annotated[int, typer.Option(help="Visitors who come and go.", min=1)] = 1000,
    at_once: Annotated[int, typer.Option(help="Of these, at the same time.", min=1)] = 2,
    config: _Config = None,
    as_json: _Json = False,
) -> None:
    """What is left of visitors who came and went."""
    from talking_head.bench.soak import cycles as run

    _report(run(count, at_once, config), as_json)


def _load(config: Path | None, avatar: str, size: int | None, animator: str = "") -> Any:
    from talking_head import config as configuration

    overrides = {"avatar.name": avatar or None, "animator.size": size, "animator.backend": animator or None}
    return configuration.load(config, overrides)


def _report(figures: dict[str, Any], as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None)
    for key, value in figures.items():
        shown = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
        table.add_row(key, shown)
    Console(stderr=as_json, highlight=False).print(table)
    if as_json:
        typer.echo(json.dumps(figures))
