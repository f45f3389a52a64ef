"""Mood, liveliness and articulation as controls: of a video that is made, and of the live face while it speaks."""

from __future__ import annotations

from typing import get_args

import gradio as gr

from talking_head.config import Motion
from talking_head.types import MoodName


def manner_controls(name: str, usual: Motion) -> tuple[gr.Dropdown, gr.Slider, gr.Slider]:
    """Mood ("": the face's own), liveliness and articulation, as ``usual`` to begin with. ``name`` tells two sets apart."""
    moods = [("The face's own", ""), *((mood.capitalize(), mood) for mood in get_args(MoodName))]
    mood = gr.Dropdown(moods, value="", label="Mood", elem_id=f"mood{name}")
    with gr.Row():
        lively = gr.Slider(
            0,
            2,
            usual.expressiveness,
            step=0.1,
            label="Liveliness",
            info="0 still, 0.5 a newsreader, 1 lively, 2 theatre",
            min_width=160,
            elem_id=f"expressiveness{name}",
        )
        clear = gr.Slider(
            0.5,
            1.5,
            usual.articulation,
            step=0.05,
            label="Articulation",
            info="How widely the mouth moves",
            min_width=160,
            elem_id=f"articulation{name}",
        )
    return mood, lively, clear
