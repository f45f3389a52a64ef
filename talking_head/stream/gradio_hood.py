"""The tab that shows what happens between a text and a moving face."""

from __future__ import annotations

from typing import Any

import gradio as gr

from talking_head.errors import TalkingHeadError
from talking_head.session.studio import Studio
from talking_head.stream.gradio_draw import draw_landmarks, turn_figure, utterance_figure
from talking_head.stream.workshop import Workshop

SENTENCE = "Peter Piper bought a big blue umbrella."

# The browser knows the figures of its own last turn: they came over the data channel of the Live tab.
_LAST_TURN = "(avatar, text, _) => [avatar, text, globalThis.talkingHead?.live?.lastTurn ?? null]"


def hood_tab(studio: Studio, workshop: Workshop) -> None:
    """Landmarks over the face, log-mel with phonemes, opening of the mouth, latencies of the last turn in *Live*."""

    def look(avatar: str, text: str, turn: dict[str, Any] | None) -> tuple[Any, Any, Any, str]:
        said = text.strip() or (turn or {}).get("heard") or SENTENCE
        try:
            anatomy = workshop.dissect(said, avatar)
        except TalkingHeadError as error:
            raise gr.Error(str(error), print_exception=False) from error
        face = draw_landmarks(anatomy.picture, anatomy.points)
        sound = utterance_figure(anatomy.spoken.pcm, anatomy.spoken.phonemes, anatomy.opening)
        if turn is None or turn.get("first_audio_ms") is None:
            return face, sound, None, "Ask something in the *Live* tab first: the latencies of that answer are shown here."
        return face, sound, turn_figure(turn), ""

    with gr.Row():
        avatar = gr.Dropdown(studio.names(), value=studio.default, label="Face", scale=1)
        text = gr.Textbox("", label="Sentence to take apart", placeholder="Left empty: the last answer in Live", scale=3)
        turn = gr.JSON(visible=False)
        go = gr.Button("Look inside", variant="primary", scale=1, elem_id="look")
    with gr.Row():
        face = gr.Image(label="Landmarks where the mouth is widest", interactive=False, height=420, elem_id="hood-face")
        sound = gr.Plot(label="Sound and lips", show_label=False, elem_id="hood-sound")
    note = gr.Markdown()
    timings = gr.Plot(label="Latencies", show_label=False, elem_id="hood-timings")
    go.click(look, [avatar, text, turn], [face, sound, timings, note], js=_LAST_TURN)
