"""The live face inside ``gr.HTML``: the page's own modules, told what to do through the component's value."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from talking_head.errors import TalkingHeadError
from talking_head.face import avatars
from talking_head.gradio_ui.manner import manner_controls
from talking_head.server.container import AppContainer

_STYLES = '<link rel="stylesheet" href="/embed.css">'

# `value` is {"avatar", "greeting", "nonce"}: a new one opens a session with that face. The template never changes with it, so
# Gradio leaves what the module built alone.
_ON_LOAD = """
const place = element.querySelector("[data-face]");
const { name, conversation, invitation } = place.dataset;
import("/embed.js").then(({ Embed }) => {
  const face = new Embed(place, { conversation: conversation === "yes", invitation });
  (globalThis.talkingHead ??= {})[name] = face;
  const follow = () => props.value && face.show(props.value.avatar, props.value.greeting);
  watch("value", follow);
  follow();
});
"""

PROMPTS = ("Hello! Who are you?", "Tell me a short story.", "Give me one tip for a good presentation.")


def face_player(name: str, value: dict[str, Any] | None = None, *, conversation: bool, invitation: str = "") -> gr.HTML:
    """A live face, reachable in the browser as ``talkingHead[name]``. ``conversation``: with log and text box;
    ``invitation``: what stands in its place until there is a face."""
    talks = "yes" if conversation else "no"
    told = f'data-name="{name}" data-conversation="{talks}" data-invitation="{html.escape(invitation)}"'
    return gr.HTML(
        value,
        html_template=f"<div data-face {told}></div>",
        js_on_load=_ON_LOAD,
        head=_STYLES,
        apply_default_css=False,
        elem_id=f"face-{name}",
    )


def faces(container: AppContainer) -> list[tuple[str, str]]:
    """Titles and names of the faces to choose from."""
    found = []
    for name in container.faces.names():
        try:
            title = avatars.find(name, container.config.avatar.folder).title
        except TalkingHeadError:  # the default face is a photo
            title = ""
        found.append((title or name.replace("_", " ").capitalize(), name))
    return found


def face_choice(container: AppContainer, **more: Any) -> gr.Dropdown:
    """A list of faces to choose from, the default first; :func:`keep_fresh` keeps it true."""
    return gr.Dropdown(faces(container), value=container.default, label="Face", **more)


# The server tells every open page that the faces have changed (GET /presenters/events); a page has one line open for it.
_FOLLOW = """() => {
  if (globalThis.talkingHeadFaces) return;
  globalThis.talkingHeadFaces = new EventSource("/presenters/events");
  talkingHeadFaces.addEventListener("avatars", () => document.getElementById("refresh-faces")?.click());
}"""


def keep_fresh(demo: gr.Blocks, container: AppContainer, choices: Sequence[gr.Dropdown]) -> None:
    """The ``choices`` of every page show the faces of this moment: when it is opened, and when one comes or goes. To be called
    inside ``demo``.
    """

    def now() -> list[Any]:
        return [gr.update(choices=faces(container))] * len(choices)

    refresh = gr.Button("Refresh the faces", elem_id="refresh-faces", visible="hidden")
    refresh.click(now, None, list(choices), show_progress="hidden", queue=False)
    demo.load(now, None, list(choices), show_progress="hidden", queue=False)
    demo.load(None, js=_FOLLOW)


def live_tab(container: AppContainer) -> gr.Dropdown:
    """Chat with a face: examples, stop, captions, choice of face, which is returned."""
    face_player("live", {"avatar": container.default, "greeting": ""}, conversation=True)
    with gr.Row(elem_id="prompts"):
        avatar = face_choice(container, scale=1, min_width=200)
        for prompt in PROMPTS:
            ask = gr.Button(prompt, scale=1, size="md", min_width=200)
            ask.click(None, js=f"() => {{ talkingHead.live.ask({json.dumps(prompt)}); }}")
    mood, lively, clear = manner_controls("-live", container.config.motion)
    perform = "(mood, lively, clear) => { talkingHead.live.perform(mood, lively, clear); }"
    for change in (mood.input, lively.input, clear.input):  # seen at once, while the face speaks
        change(None, inputs=[mood, lively, clear], js=perform)
    avatar.input(None, inputs=avatar, js="(name) => { talkingHead.live.show(name, ''); }")
    return avatar
