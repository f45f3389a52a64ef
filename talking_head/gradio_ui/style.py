"""How the Gradio demo looks: the colours and type of the page beside it, light and dark, phone and desktop."""

from __future__ import annotations

from typing import Any

_FONTS = ("-apple-system", "BlinkMacSystemFont", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif")
_TEAL = "#effaf7 #d8f1ea #b4e2d7 #8fd2c3 #6cc4b3 #2f8b7d #1f6f63 #185a50 #134840 #0e3631 #0a2824"
# The colours of the page itself (web/tokens.css), light and dark.
_COLOURS = {
    "body_background_fill": ("#f6f5f2", "#15171a"),
    "body_text_color": ("#1d1f21", "#ebeced"),
    "body_text_color_subdued": ("#5d6166", "#a3a9b0"),
    "background_fill_primary": ("#ffffff", "#1d2024"),
    "background_fill_secondary": ("#faf9f7", "#191b1f"),
    "block_background_fill": ("#ffffff", "#1d2024"),
    "block_label_background_fill": ("#ffffff", "#1d2024"),
    "block_label_text_color": ("#5d6166", "#a3a9b0"),
    "block_title_text_color": ("#5d6166", "#a3a9b0"),
    "input_background_fill": ("#faf9f7", "#15171a"),
    "border_color_primary": ("#e2dfd8", "#30353b"),
    "block_border_color": ("#e2dfd8", "#30353b"),
    "input_border_color": ("#e2dfd8", "#30353b"),
    "color_accent_soft": ("#e7efec", "#243330"),
    "link_text_color": ("#1f6f63", "#6cc4b3"),
    "button_primary_background_fill": ("#1f6f63", "#6cc4b3"),
    "button_primary_background_fill_hover": ("#185a50", "#8fd2c3"),
    "button_primary_text_color": ("#ffffff", "#0e1f1b"),
    "button_secondary_background_fill": ("#ffffff", "#1d2024"),
    "button_secondary_background_fill_hover": ("#e7efec", "#243330"),
    "button_secondary_border_color": ("#e2dfd8", "#30353b"),
    "button_secondary_text_color": ("#1d1f21", "#ebeced"),
    "checkbox_label_background_fill": ("#faf9f7", "#15171a"),
    "checkbox_background_color_selected": ("#1f6f63", "#2f8b7d"),
    "checkbox_border_color_selected": ("#1f6f63", "#2f8b7d"),
    "error_background_fill": ("#fbecea", "#3a2220"),
    "error_text_color": ("#a3281d", "#f3a79e"),
}
CSS = """
.gradio-container {
  width: 100% !important; max-width: 1180px !important; margin: 0 auto !important; padding: 0 20px 32px !important;
}
.gradio-container :is(main, .main) { width: 100%; max-width: 100% !important; padding: 0 !important; }
footer { display: none !important; }
#masthead { padding: 22px 0 6px; }
#masthead h1 { display: flex; align-items: center; gap: 10px; margin: 0; font-size: 1.3rem; font-weight: 700; }
#masthead h1::before { content: ""; width: 13px; height: 13px; border-radius: 50% 50% 50% 4px; background: #1f6f63; }
#masthead p { margin: 4px 0 0; color: var(--body-text-color-subdued); }
#tabs .tab-container button { font-size: 1rem; padding: 10px 16px; }
#tabs .tab-container button[aria-selected=true] { color: var(--link-text-color); }
#tabs .tabitem, #tabs [role=tabpanel] { padding: 16px 0 0 !important; border: 0 !important; }
#prompts { align-items: end; }
#prompts button { border-radius: 999px; font-weight: 500; min-height: 44px; }
.primary, #cancel { min-height: 46px; }
#tabs input[type=checkbox] { border-radius: 5px; }
.problem { padding: 10px 14px; border-radius: 12px; background: #fbecea; color: #a3281d; }
.dark .problem { background: #3a2220; color: #f3a79e; }
#tabs :is(button, input, textarea, summary):focus-visible { outline: 2px solid #2f8b7d; outline-offset: 2px; }
@media (max-width: 640px) {
  .gradio-container { padding: 0 12px 24px !important; }
  #tabs .row { flex-direction: column; }
  #tabs .row > * { min-width: 0 !important; width: 100%; }
  #tabs .tab-container button { padding: 10px 6px; font-size: .84rem; }
}
"""


def theme() -> Any:
    """The theme; imports Gradio, which takes seconds."""
    import gradio as gr

    teal = gr.themes.Color(*_TEAL.split())
    base = gr.themes.Base(
        primary_hue=teal, neutral_hue="stone", radius_size="lg", font=_FONTS, font_mono=("ui-monospace", "monospace")
    )
    light = {name: colours[0] for name, colours in _COLOURS.items()}
    return base.set(**light, **{f"{name}_dark": colours[1] for name, colours in _COLOURS.items()})
