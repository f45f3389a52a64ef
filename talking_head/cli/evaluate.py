"""`talking-head evaluate …`: one command a stage, each in its own module."""

from __future__ import annotations

from talking_head.cli.groups import group

app = group(
    "Measure a stage; `--json` ends with one JSON object.",
    {
        "motion": "talking_head.cli.evaluate_motion:evaluate_motion",
        "animator": "talking_head.cli.evaluate_animator:evaluate_animator",
        "speech": "talking_head.cli.evaluate_speech:evaluate_speech",
    },
)
