"""``talking-head voices``: who can speak here, and how each of them sounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from talking_head.speech.voices import Voices


def voices(
    listen: Annotated[str, typer.Option(help="Write a sample of this voice to --output.")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The WAV to write.")] = Path("voice.wav"),
    check: Annotated[str, typer.Option(help="Look whether this voice, such as one of your own, is fit for a presenter.")] = "",
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
    if check:
        _check(bank, check)
        return
    for voice in bank.all():
        here = "here" if voice.here else f"absent: talking-head pull {' '.join(voice.models)}"
        heavy = "; heavy: about one second of a core for a second of speech" if voice.heavy else ""
        about = ", ".join(word for word in (voice.title, voice.gender, voice.language) if word)
        typer.echo(f"{voice.name}: {about}; {voice.backend}; {here}{heavy}")


def speaks_with(name: str) -> str:
    """In a sentence, which voice an avatar has that was made with the voice ``name``, "" for none; raises ConfigError for an
    unknown one. Nobody hears a face's voice before it speaks: a woman's may come with a man's."""
    from talking_head.config import Config
    from talking_head.speech.voices import Voices

    voice = Voices(Config()).choose(name)
    about = f"{voice.title} ({voice.gender})" if voice.gender else voice.title
    if name:
        return f"It speaks as {about}."
    return f"No voice was named: it speaks as {about}. Another: --voice with a name of talking-head voices, or in the studio."


def _check(bank: Voices, name: str) -> None:
    from talking_head.evaluate.speech.voice_check import examine

    voice = bank.find(name)
    points = list(examine(voice, bank.load(voice)))
    for point in points:
        typer.echo(f"{'✓' if point.good else '✗' if point.needed else '!'} {point.sentence}")
    typer.echo(f"Whether it is understood: talking-head evaluate speech --voice {name}, with the same --config.")
    if any(point.needed and not point.good for point in points):
        raise typer.Exit(1)
