"""`talking-head evaluate speech`: word error rate of text → speech → recognition, loudness, joins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command("speech")
def evaluate_speech(
    backend: Annotated[str, typer.Option(help="Speech backend; without: that of --voice.")] = "",
    voice: Annotated[str, typer.Option(help="A voice of talking-head voices, or one of the backend's own.")] = "",
    sentences: Annotated[
        Path | None, typer.Option(help="Text file, one sentence a line; without: the 60 shipped ones.")
    ] = None,
    recognizer: Annotated[Path | None, typer.Option(help="Folder of another Whisper model (CTranslate2).")] = None,
    plot: Annotated[Path | None, typer.Option(help="PNG: wave and spectrogram with the joins between clauses.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for the spoken sentences as WAV.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Speak sentences, recognise them, and count the words that did not come back."""
    from talking_head.extras import need

    need("jiwer")
    from tqdm import tqdm

    from talking_head import registry
    from talking_head.audio.pcm import write_wav
    from talking_head.config import Config
    from talking_head.errors import InputError
    from talking_head.evaluate.speech.joins import measure_joins, plot_joins
    from talking_head.evaluate.speech.words import default_sentences, read_back, summary
    from talking_head.protocols import Synthesizer
    from talking_head.speech.voices import Voices
    from talking_head.text.clauses import split

    texts = default_sentences()
    if sentences is not None:
        if not sentences.is_file():
            raise InputError(f"There is no text file {sentences}.")
        texts = [line.strip() for line in sentences.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
        if not texts:
            raise InputError(f"{sentences} holds no sentence.")
    if backend:
        speaker: Synthesizer = registry.build("speech", backend, **({"voice": voice} if voice else {}))
    else:
        voices = Voices(Config())
        speaker = voices.load(voices.choose(voice))
    listener = registry.build("listen", "whisper", model=recognizer, beam=5)
    with tqdm(total=len(texts), unit="sentence") as bar:
        results = read_back(speaker, listener, texts, lambda done, of: bar.update(done - bar.n))
    for result in results:
        if result.errors:
            typer.echo(f"{result.errors} of {result.words}: {result.said}\n     heard: {result.heard}")
    spans = split(" ".join(texts[:12]))  # as a reply is cut while it is written
    clauses = [piece.pcm for span in spans for piece in speaker.synthesize(span.spoken)]
    if plot is not None:
        plot_joins(clauses, str(plot))
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            for piece_number, piece in enumerate(speaker.synthesize(text)):
                write_wav(keep / f"{number:03d}_{piece_number}.wav", piece.pcm)
    out = {"backend": backend or "auto", "voice": voice or "default", **summary(results, measure_joins(clauses))}
    typer.echo(f"Word error rate {100 * float(str(out['wer'])):.1f} % over {len(texts)} sentences, {out['words']} words.")
    if json_line:
        typer.echo(json.dumps(out))
