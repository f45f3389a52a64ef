"""The tab that makes a video of a script or of a recording."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from typing import Any, cast

import gradio as gr

from talking_head.errors import TalkingHeadError, for_visitors
from talking_head.film.framing import SHAPES
from talking_head.film.service import FilmService
from talking_head.film.subtitles import srt, vtt
from talking_head.gradio_ui.guard import uploaded
from talking_head.gradio_ui.live import faces
from talking_head.gradio_ui.manner import manner_controls
from talking_head.server.container import AppContainer
from talking_head.system.scratch import Scratch
from talking_head.types import MoodName

_WELCOME = "Welcome! In the next thirty seconds I will show you what is new this spring. Let us begin."
_SUBTITLES = "What the face says. With a recording: its subtitles; empty: they are recognised."
_OFFER = "Good morning. Our doors open at nine, the coffee is on us, and you are all invited."


def video_tab(container: AppContainer, films: FilmService, scratch: Scratch) -> None:
    """Text or sound in, avatar, framing, subtitles; a progress bar; an MP4 to play and to keep."""

    def make(
        script: str,
        sound: str | None,
        avatar: str,
        framing: str,
        subtitled: bool,
        voice: str = "",
        speed: float = 1.0,
        mood: str = "",
        expressiveness: float = 1.0,
        articulation: float = 1.0,
        progress: gr.Progress = gr.Progress(),  # noqa: B008  (Gradio finds the bar by this default)
    ) -> tuple[Any, Any, str]:
        began = time.perf_counter()
        file = scratch.room("films", keep=8, keep_s=600) / "talking-head.mp4"  # Gradio makes a copy of its own
        try:
            progress(0, "Speaking the script")
            if sound:
                spoken = films.listen(uploaded(sound), script, subtitled=subtitled, tell=gr.Info)
            else:
                spoken = films.speak(script, avatar, voice, speed, tell=gr.Info)
            manner = replace(container.manner(avatar), expressiveness=expressiveness, articulation=articulation)
            manner = replace(manner, mood=cast(MoodName, mood)) if mood else manner
            film, cues = films.film(spoken, avatar, file, framing=framing, subtitled=subtitled, manner=manner, tell=progress)
        except TalkingHeadError as error:
            shutil.rmtree(file.parent, ignore_errors=True)
            raise gr.Error(for_visitors(str(error)), print_exception=False, title="That did not work") from error
        files = [str(film.file)]
        if cues:
            beside = file.with_suffix(".srt")
            beside.write_text(srt(cues), encoding="utf-8")
            web = file.with_suffix(".vtt")
            web.write_text(vtt(cues), encoding="utf-8")
            files += [str(beside), str(web)]
        took = time.perf_counter() - began
        figures = f"{film.seconds:.1f} s of video, {film.width} × {film.height}, made in {took:.1f} s."
        return str(film.file), files, figures

    with gr.Row():
        with gr.Column():
            script = gr.Textbox(
                _WELCOME,
                label="Script",
                lines=4,
                info=_SUBTITLES,
                elem_id="script",
            )
            sound = gr.Audio(
                buttons=[],
                sources=["upload", "microphone"],
                type="filepath",
                label="Or a recording (WAV)",
                elem_id="sound",
            )
            with gr.Row():
                avatar = gr.Dropdown(faces(container), value=container.default, label="Face", min_width=160)
                framing = gr.Radio(list(SHAPES), value="1:1", label="Framing", elem_id="framing", min_width=240)
            with gr.Row():
                voice = gr.Dropdown(_voices(container), value="", label="Voice", min_width=160, elem_id="voice")
                speed = gr.Slider(0.5, 2, 1, step=0.05, label="Speed", min_width=160, elem_id="speed")
            mood, expressiveness, articulation = manner_controls("", container.config.motion)
            subtitled = gr.Checkbox(label="Subtitles, drawn into the picture and as an .srt file", elem_id="subtitles")
            go = gr.Button("Make the video", variant="primary", elem_id="make")
        with gr.Column():
            film = gr.Video(label="Video", autoplay=True, interactive=False, buttons=["download"], height=460, elem_id="film")
            files = gr.Files(label="Download", interactive=False, elem_id="files")
            figures = gr.Markdown(elem_id="figures")
    inputs = [script, sound, avatar, framing, subtitled]
    go.click(make, [*inputs, voice, speed, mood, expressiveness, articulation], [film, files, figures], concurrency_limit=1)
    gr.Examples(
        [[_WELCOME, None, container.names()[0], "9:16", True], [_OFFER, None, container.names()[-1], "16:9", True]],
        inputs=inputs,
        outputs=[film, files, figures],
        fn=make,
        run_on_click=True,
        cache_examples=False,
        label="Made with one click",
        example_labels=["A welcome, upright for phones, with subtitles", "An offer, wide, with subtitles"],
        elem_id="film-examples",
    )


def _voices(container: AppContainer) -> list[tuple[str, str]]:
    """Names for people, and the voices that they stand for: "" is the face's own."""
    here = [voice for voice in container.voices.all() if voice.here]
    about = [", ".join(word for word in (voice.gender, voice.language) if word) for voice in here]
    return [("The face's own", ""), *((f"{v.title} ({words})", v.name) for v, words in zip(here, about, strict=True))]
