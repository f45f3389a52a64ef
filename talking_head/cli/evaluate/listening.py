"""`talking-head evaluate listening`: words, ends of turns, false interrupts and barge-in, on thirty recordings made here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command("listening")
def evaluate_listening(
    voice: Annotated[
        list[str] | None, typer.Option(help="Voices of the visitors; without: all English ones that are here.")
    ] = None,
    minutes: Annotated[float, typer.Option(help="Of the presenter's own voice that comes back.")] = 10.0,
    recognizer: Annotated[Path | None, typer.Option(help="Folder of another Whisper model (CTranslate2).")] = None,
    held_out: Annotated[bool, typer.Option("--held-out", help="Sentences that turn-taking was not tuned on.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Folder for the recordings as WAV.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Make thirty recordings (near, far, in noise, with hesitations; music, coughs) and listen to them as the server does."""
    import numpy as np
    from tqdm import tqdm

    from talking_head import registry
    from talking_head.audio.pcm import resample, write_wav
    from talking_head.config import Config
    from talking_head.evaluate.listening import measures
    from talking_head.evaluate.listening.material import HELD_OUT, TUNED
    from talking_head.evaluate.listening.recordings import recordings, trimmed
    from talking_head.evaluate.listening.sounds import coughs
    from talking_head.evaluate.speech.words import default_sentences
    from talking_head.listen.smart_turn import SmartTurn
    from talking_head.listen.vad import SileroVad
    from talking_head.speech.voices import Voices, sample
    from talking_head.types import F32, TICKS_PER_SECOND, VOICE_RATE

    voices = Voices(Config())
    chosen = [voices.find(name) for name in voice] if voice else [v for v in voices.all() if v.here and v.language == "en"]

    def say(text: str, speaker: int) -> F32:
        pcm = resample(sample(voices, chosen[speaker % len(chosen)], text), TICKS_PER_SECOND, VOICE_RATE)
        return (0.5 * pcm / max(float(np.abs(pcm).max()), 1e-6)).astype(np.float32)

    ends = registry.build("reply", "auto").ends  # the default one's, as served
    models = measures.Models(SileroVad, SmartTurn(), registry.build("listen", "whisper", model=recognizer), ends)
    material = HELD_OUT if held_out else TUNED
    made = recordings(say, material)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for number, recording in enumerate(made):
            write_wav(keep / f"{number:02d} {recording.name}.wav", recording.pcm, VOICE_RATE)
    out: dict[str, object] = {"voices": [v.name for v in chosen]}

    def measured(key: str, total: int, unit: str, measure: Callable[[Callable[[int, int], None]], object]) -> None:
        with tqdm(total=total, unit=unit) as bar:
            out[key] = measure(lambda done, of: bar.update(done - bar.n))
        typer.echo(f"{key}: {json.dumps(out[key])}")

    measured("turns", len(made), "recording", lambda tick: measures.evaluate(models, made, tick))
    presenter = np.concatenate([say(text, number) for number, text in enumerate(default_sentences()[:24])])
    visitors = [trimmed(say(text, number)) for number, text in enumerate(material.questions)]
    measured("barge_in", len(visitors), "voice", lambda tick: measures.barge_in(models, presenter, visitors, tick))
    hums = [trimmed(say(text, number)) for number, text in enumerate(("Mm-hm.", "Uh-huh.", "Yeah.", "Okay.", "Right.", "Mm."))]
    hums.append(coughs(1.2, 0.06, 1))
    measured("backchannels", len(hums), "sound", lambda _: measures.backchannels(models, presenter, hums))
    measured("own_voice", round(minutes), "minute", lambda tick: measures.own_voice(models, presenter, minutes, tick))
    if json_line:
        typer.echo(json.dumps(out))
