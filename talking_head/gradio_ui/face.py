"""The tab in which a visitor's own photo speaks."""

from __future__ import annotations

import html
import json
import time
from pathlib import Path
from typing import Any

import gradio as gr

from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.face.avatars import SHIPPED
from talking_head.gradio_ui.draw import draw_landmarks
from talking_head.gradio_ui.guard import uploaded
from talking_head.gradio_ui.live import face_player
from talking_head.server.container import AppContainer

GREETING = "Hello! This is your face, and this is how it looks when it talks."
_DROP = "Drop a photo here, or click to choose one.\nThe camera is below."
_INVITATION = "Your face will speak here. Choose a photo, confirm whose it is, and bring it to life."


_EXAMPLES = tuple(sorted(portrait.resolve() for portrait in SHIPPED.glob("*/portrait.png")))
# Gradio gives a picture that is a button no name. The tab is built when it is first looked at.
_NAMED = """() => {
  const names = %s;
  const name = () => document.querySelectorAll("#face-examples .gallery-item")
    .forEach((button, index) => button.setAttribute("aria-label", names[index]));
  new MutationObserver(name).observe(document.getElementById("tabs"), { childList: true, subtree: true });
  name();
}"""


def face_tab(demo: gr.Blocks, container: AppContainer) -> None:
    """Photo in; checked, cropped, landmarks shown; a face that greets. To be called inside ``demo``."""

    def meet(path: str | None, agreed: bool, greeting: str, toothy: str | None = None) -> tuple[Any, Any, str]:
        if not path:
            return gr.skip(), gr.skip(), _problem("Choose a photo, or take one with the camera.")
        if not agreed:
            return gr.skip(), gr.skip(), _problem("Please confirm that this is you, or that the person agreed.")
        try:
            smile = _read(toothy) if toothy else None
            changes: list[str] = []
            face = container.faces.add_guest(_read(path), "visitor", smile, changes.append)
        except TalkingHeadError as error:
            return None, gr.skip(), _problem(visitors_sentence(error))
        value = {"avatar": face.portrait.name, "greeting": greeting.strip() or GREETING, "nonce": time.monotonic()}
        for change in changes:
            gr.Info(change)
        return draw_landmarks(face.portrait.image, face.portrait.points), value, ""

    with gr.Row():
        with gr.Column() as left:
            photo = gr.Image(
                buttons=["fullscreen"],
                sources=["upload", "webcam"],
                type="filepath",
                label="A photo of one face, looking into the camera",
                placeholder=_DROP,
                height=320,
                elem_id="photo",
            )
            # The file goes on as it came: our own checks read it, and speak about it in sentences. (A subclass would do as
            # well, but Gradio writes a stub file beside every module that holds one.)
            photo.preprocess = _path_of  # type: ignore[method-assign]
            with gr.Accordion("A second photo, with a smile (optional)", open=False):
                gr.Markdown("If it shows the teeth of the same person, the face wears them. Without it, they are drawn.")
                smile = gr.Image(
                    buttons=["fullscreen"],
                    sources=["upload", "webcam"],
                    type="filepath",
                    label="A photo that shows teeth",
                    placeholder=_DROP,
                    height=220,
                    elem_id="smile",
                )
                smile.preprocess = _path_of  # type: ignore[method-assign]
            agreed = gr.Checkbox(label="This is me, or I have this person’s permission.", elem_id="consent")
            greeting = gr.Textbox(GREETING, label="What the face says first", lines=2)
            go = gr.Button("Bring it to life", variant="primary", elem_id="meet")
            problem = gr.HTML("", elem_id="face-problem")
        with gr.Column():
            player = face_player("mine", conversation=False, invitation=_INVITATION)
            checked = gr.Image(
                label="Checked, cropped, and the landmarks found",
                interactive=False,
                buttons=["download", "fullscreen"],
                height=320,
                elem_id="checked",
            )
    go.click(meet, [photo, agreed, greeting, smile], [checked, player, problem])
    with left:  # again: what the examples fill had to be there first
        gr.Examples(
            [str(portrait) for portrait in _EXAMPLES],
            inputs=[photo],
            outputs=[checked, player, problem],
            fn=lambda path: meet(path, True, GREETING),
            run_on_click=True,
            cache_examples=False,
            label="Or one of these, who depict nobody",
            elem_id="face-examples",
        )
    demo.load(None, js=_NAMED % json.dumps([portrait.parent.name.capitalize() for portrait in _EXAMPLES]))


def _path_of(payload: Any) -> str | None:
    return None if payload is None else str(payload.path)


def _read(path: str) -> bytes:
    """A picture that was uploaded, or one of the examples. Raises InputError."""
    portrait = Path(path).resolve()
    return (portrait if portrait in _EXAMPLES else uploaded(path)).read_bytes()


def _problem(sentence: str) -> str:
    return f'<p class="problem" role="alert">{html.escape(sentence)}</p>'
