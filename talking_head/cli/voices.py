"""``talking-head voices``: who can speak here, and how each of them sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def voices(
    listen: Annotated[str, typer.Option(help="Write a sample of this voice to --output.")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The WAV to write.")] = Path("voice.wav"),
    text: Annotated[str, typer.Option(help="What the sample says.")] = "",
    config: Annotated[Path | None, typer.Option(help="Configuration (TOML), which may have voices of its own.")] = None,
) -> None:
    """List the voices: language, whether they are on this machine, and which are heavy."""
    from talking_head import config as configuration
    from talking_head.audio.pcm import write_wav
    from talking_head.speech.voices import Voices, sample

    bank = Voices(configuration.load(config))
    if listen:
        write_wav(output, sample(bank, bank.find(listen), text))
        typer.echo(f"{output}: {listen}")
        return
    for voice in bank.all():
        here = "here" if voice.here else f"absent: talking-head pull {' '.join(voice.models)}"
        heavy = "; heavy: about one second of a core for a second of speech" if voice.heavy else ""
        about = ", ".join(word for word in (voice.title, voice.gender, voice.language) if word)
        typer.echo(f"{voice.name}: {about}; {voice.backend}; {here}{heavy}")
