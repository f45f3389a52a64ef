"""The tab that makes a video of a script or of a recording."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

import gradio as gr

from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.film.spec import FRAMES, read_spec
from talking_head.gradio_ui.films import Cancelled, FilmService
from talking_head.gradio_ui.guard import uploaded
from talking_head.gradio_ui.live import face_choice
from talking_head.gradio_ui.manner import manner_controls
from talking_head.server.container import AppContainer
from talking_head.system.scratch import Scratch

_WELCOME = "Welcome! In the next thirty seconds I will show you what is new this spring. Let us begin."
_SUBTITLES = "What the face says. With a recording: its subtitles; empty: they are recognised."
_BEHIND = ["as in the photo", "out of focus", "green", "a colour", "a picture"]
_OFFER = "Good morning. Our doors open at nine, the coffee is on us, and you are all invited."


def video_tab(container: AppContainer, films: FilmService, scratch: Scratch) -> gr.Dropdown:
    """Text or sound in, avatar, framing, subtitles; a progress bar; an MP4 to play and to keep. Returns the choice of face."""

    def make(
        visit: gr.Request,
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
        lines: str = "512",
        head: float = 1.0,
        behind: str = "as in the photo",
        colour: str = "#1d3a5a",
        picture: str | None = None,
        caption_style: str = "box",
        caption_place: str = "bottom",
        progress: gr.Progress = gr.Progress(),  # noqa: B008  (Gradio finds the bar by this default)
    ) -> tuple[Any, Any, str]:
        began = time.perf_counter()
        room = scratch.room("films", keep=8, keep_s=600)  # Gradio makes copies of its own
        try:
            progress(0, "Speaking the script")
            files: dict[str, Path] = {}
            if sound:
                files["recording"] = uploaded(sound)
            if behind == "a picture" and picture:
                files["background" + Path(picture).suffix.lower()] = uploaded(picture)
            told: dict[str, Any] = {
                "text": script,
                "sound": "recording" if sound else "",
                "presenter": "" if avatar == container.default else avatar,  # which may be a photo without a name
                "voice": voice,
                "speed": speed,
                "mood": mood,
                "expressiveness": expressiveness,
                "articulation": articulation,
                "frame": framing,
                "lines": int(lines),
                "head": {"size": head},
                "background": _background(behind, colour, next((name for name in files if name != "recording"), "")),
                "poster": False,
                "captions": {"burn": subtitled, "files": subtitled, "style": caption_style, "position": caption_place},
            }
            spec = read_spec(told)
            visitor = visit.session_hash or ""
            film = films.film(spec, files, room, tell=progress, notes=gr.Info, visitor=visitor)
        except Cancelled:
            shutil.rmtree(room, ignore_errors=True)
            return None, None, "The film was cancelled."
        except TalkingHeadError as error:
            shutil.rmtree(room, ignore_errors=True)
            raise gr.Error(visitors_sentence(error), print_exception=False, title="That did not work") from error
        took = time.perf_counter() - began
        figures = f"{film.seconds:.1f} s of video, {film.width} × {film.height}, made in {took:.1f} s."
        return str(film.file), [str(file) for file in film.files], figures

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
                label="Or a recording",
                elem_id="sound",
            )
            with gr.Row():
                avatar = face_choice(container, min_width=160)
                framing = gr.Radio(list(FRAMES), value="1:1", label="Framing", elem_id="framing", min_width=240)
            with gr.Row():
                voice = gr.Dropdown(_voices(container), value="", label="Voice", min_width=160, elem_id="voice")
                speed = gr.Slider(0.5, 2, 1, step=0.05, label="Speed", min_width=160, elem_id="speed")
            mood, expressiveness, articulation = manner_controls("", container.config.motion)
            with gr.Accordion("Size, head and background", open=False, elem_id="picture-options"):
                with gr.Row():
                    lines = gr.Radio(["512", "720", "1080"], value="512", label="Lines", elem_id="lines")
                    head = gr.Slider(0.4, 1.6, 1, step=0.05, label="Size of the head", elem_id="head")
                behind = gr.Radio(_BEHIND, value=_BEHIND[0], label="Background", elem_id="behind")
                with gr.Row():
                    colour = gr.ColorPicker("#1d3a5a", label="Colour", elem_id="colour")
                    picture = gr.Image(
                        type="filepath", sources=["upload"], label="Picture", height=120, elem_id="behind-picture"
                    )
                with gr.Row():
                    caption_style = gr.Dropdown(["box", "outline", "plain"], value="box", label="Subtitles are drawn")
                    caption_place = gr.Dropdown(["bottom", "middle", "top"], value="bottom", label="and stand at the")
            subtitled = gr.Checkbox(label="Subtitles, drawn into the picture and as an .srt file", elem_id="subtitles")
            with gr.Row():
                go = gr.Button("Make the video", variant="primary", scale=3, min_width=160, elem_id="make")
                cancel = gr.Button("Cancel", scale=1, min_width=90, elem_id="cancel")
        with gr.Column():
            film = gr.Video(label="Video", autoplay=True, interactive=False, buttons=["download"], height=460, elem_id="film")
            files = gr.Files(label="Download", interactive=False, elem_id="files")
            figures = gr.Markdown(elem_id="figures")
    inputs = [script, sound, avatar, framing, subtitled]
    shown = [lines, head, behind, colour, picture, caption_style, caption_place]
    go.click(
        make, [*inputs, voice, speed, mood, expressiveness, articulation, *shown], [film, files, figures], concurrency_limit=1
    )

    def stop(visit: gr.Request) -> None:
        if not films.stop(visit.session_hash or ""):
            gr.Info("No film of yours is being made.")

    cancel.click(stop)
    gr.Examples(
        [[_WELCOME, None, container.faces.names()[0], "9:16", True], [_OFFER, None, container.faces.names()[-1], "16:9", True]],
        inputs=inputs,
        outputs=[film, files, figures],
        fn=make,
        run_on_click=True,
        cache_examples=False,
        label="Made with one click",
        example_labels=["A welcome, upright for phones, with subtitles", "An offer, wide, with subtitles"],
        elem_id="film-examples",
    )
    return avatar


def _background(behind: str, colour: str, picture: str) -> str:
    """What the choice means in a film's description."""
    return {"out of focus": "blur", "green": "green", "a colour": _hex(colour), "a picture": picture}.get(behind, "")


def _hex(colour: str) -> str:
    """#rrggbb of what Gradio's picker gives, which may be rgba(r, g, b, a)."""
    numbers = re.findall(r"[\d.]+", colour) if colour.startswith("rgb") else []
    return "#" + "".join(f"{min(255, round(float(each))):02x}" for each in numbers[:3]) if len(numbers) >= 3 else colour


def _voices(container: AppContainer) -> list[tuple[str, str]]:
    """Names for people, and the voices that they stand for: "" is the face's own."""
    here = [voice for voice in container.voices.all() if voice.here]
    about = [", ".join(word for word in (voice.gender, voice.language) if word) for voice in here]
    return [("The face's own", ""), *((f"{v.title} ({words})", v.name) for v, words in zip(here, about, strict=True))]
