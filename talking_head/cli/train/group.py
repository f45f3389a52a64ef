"""`talking-head train …`: one command a model, each in its own module."""

from __future__ import annotations

from talking_head.cli.groups import group

app = group(
    "Train a model on one's own data.",
    {
        "motion": "talking_head.cli.train.motion:train_motion",
        "animator": "talking_head.cli.train.animator:train_animator",
        "reply": "talking_head.cli.train.reply:train_reply",
        "speech-corpus": "talking_head.cli.train.motion:speech_corpus",
    },
)
