"""The tab that shows what happens between a text and a moving face."""

from __future__ import annotations

from typing import Any

import gradio as gr

from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.gradio_ui.draw import draw_landmarks, turn_figure, utterance_figure
from talking_head.gradio_ui.films import FilmService
from talking_head.gradio_ui.live import face_choice
from talking_head.server.container import AppContainer

_ASK = "Ask something in the *Live* tab: the latencies of that answer are shown here."
_WHAT = "*Look inside* shows the landmarks, what the motion model hears, what the lips do, and how long each stage took."
SENTENCE = "Peter Piper bought a big blue umbrella."

# The browser knows the figures of its own last turn: they came over the data channel of the Live tab.
_LAST_TURN = "(avatar, text, _) => [avatar, text, globalThis.talkingHead?.live?.lastTurn ?? null]"


def hood_tab(container: AppContainer, films: FilmService) -> gr.Dropdown:
    """Landmarks over the face, log-mel with phonemes, opening of the mouth, latencies of the last turn in *Live*.

    Returns the choice of face.
    """

    def look(avatar: str, text: str, turn: dict[str, Any] | None) -> tuple[Any, Any, Any, Any]:
        said = text.strip() or (turn or {}).get("heard") or SENTENCE
        try:
            anatomy = films.dissect(said, avatar)
        except TalkingHeadError as error:
            raise gr.Error(visitors_sentence(error), print_exception=False) from error
        face = draw_landmarks(anatomy.picture, anatomy.points)
        sound = utterance_figure(anatomy.spoken.pcm, anatomy.spoken.phonemes, anatomy.opening)
        seen = gr.update(value=face, visible=True), gr.update(value=sound, visible=True)
        if turn is None or turn.get("first_audio_ms") is None:
            return (
                *seen,
                gr.update(visible=False),
                _ASK,
            )
        return *seen, gr.update(value=turn_figure(turn), visible=True), ""

    with gr.Row():
        avatar = face_choice(container, scale=1, min_width=200)
        text = gr.Textbox("", label="Sentence", placeholder="Empty: the last answer in Live", scale=3, max_lines=1)
        turn = gr.JSON(visible=False)
        go = gr.Button("Look inside", variant="primary", scale=1, elem_id="look")
    with gr.Row():
        face = gr.Image(
            label="Landmarks where the mouth is widest",
            interactive=False,
            buttons=["download", "fullscreen"],
            height=420,
            visible=False,
            elem_id="hood-face",
        )
        sound = gr.Plot(label="Sound and lips", show_label=False, visible=False, elem_id="hood-sound")
    note = gr.Markdown(_WHAT)
    timings = gr.Plot(label="Latencies", show_label=False, visible=False, elem_id="hood-timings")
    go.click(look, [avatar, text, turn], [face, sound, timings, note], js=_LAST_TURN)
    return avatar
