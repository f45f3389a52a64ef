"""`talking-head evaluate speech`: word (or sign) error rate of text → speech → recognition, loudness, joins."""

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
        Path | None, typer.Option(help="Text file, one sentence a line; without: the shipped ones of the voice's language.")
    ] = None,
    recognizer: Annotated[Path | None, typer.Option(help="Folder of another Whisper model (CTranslate2).")] = None,
    config: Annotated[Path | None, typer.Option(help="Configuration (TOML), which may have voices of its own.")] = None,
    plot: Annotated[Path | None, typer.Option(help="PNG: wave and spectrogram with the joins between clauses.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for the spoken sentences as WAV.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Speak sentences, recognise them, and count the words (in Mandarin: the signs) that did not come back."""
    from talking_head.extras import need

    need("jiwer")
    from tqdm import tqdm

    from talking_head import registry
    from talking_head.audio.pcm import write_wav
    from talking_head.config import load
    from talking_head.errors import InputError
    from talking_head.evaluate.speech.joins import measure_joins, plot_joins
    from talking_head.evaluate.speech.words import default_sentences, read_back, summary
    from talking_head.protocols import Synthesizer
    from talking_head.speech.voices import Voices
    from talking_head.text import language as languages
    from talking_head.text.clauses import split

    configured = load(config)
    if backend:
        language = languages.get(configured.speech.language)
        speaker: Synthesizer = registry.build("speech", backend, **({"voice": voice} if voice else {}))
    else:
        voices = Voices(configured)
        chosen = voices.choose(voice)
        language, speaker = languages.get(chosen.language), voices.load(chosen)
    texts = default_sentences(language.code) if sentences is None else []
    if sentences is not None:
        if not sentences.is_file():
            raise InputError(f"There is no text file {sentences}.")
        texts = [line.strip() for line in sentences.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
        if not texts:
            raise InputError(f"{sentences} holds no sentence.")
    listener = registry.build(
        "listen",
        "whisper",
        model=recognizer or language.recognizer or None,
        language=language.code,
        prompt=language.recognizer_prompt,
        beam=5,
    )
    with tqdm(total=len(texts), unit="sentence") as bar:
        results = read_back(speaker, listener, texts, lambda done, of: bar.update(done - bar.n), language.code)
    for result in results:
        if result.errors:
            typer.echo(f"{result.errors} of {result.words}: {result.said}\n     heard: {result.heard}")
    spans = split(" ".join(texts[:12]), 0, language)  # as a reply is cut while it is written
    clauses = [piece.pcm for span in spans for piece in speaker.synthesize(span.spoken)]
    if plot is not None:
        plot_joins(clauses, str(plot))
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            for piece_number, piece in enumerate(speaker.synthesize(text)):
                write_wav(keep / f"{number:03d}_{piece_number}.wav", piece.pcm)
    about = {"backend": backend or "auto", "voice": voice or "default", "language": language.code}
    out = {**about, **summary(results, measure_joins(clauses))}
    counted = "signs" if language.code == "zh" else "words"
    typer.echo(f"Error rate {100 * float(str(out['wer'])):.1f} % over {len(texts)} sentences, {out['words']} {counted}.")
    if json_line:
        typer.echo(json.dumps(out))
