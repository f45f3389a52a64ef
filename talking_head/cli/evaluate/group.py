"""`talking-head evaluate …`: one command a stage, each in its own module."""

from __future__ import annotations

from talking_head.cli.groups import group

app = group(
    "Measure a stage; `--json` ends with one JSON object.",
    {
        "motion": "talking_head.cli.evaluate.motion:evaluate_motion",
        "lips": "talking_head.cli.evaluate.lips:evaluate_lips",
        "animator": "talking_head.cli.evaluate.animator:evaluate_animator",
        "portraits": "talking_head.cli.evaluate.portraits:evaluate_portraits",
        "speech": "talking_head.cli.evaluate.speech:evaluate_speech",
        "listening": "talking_head.cli.evaluate.listening:evaluate_listening",
        "performance": "talking_head.cli.evaluate.performance:evaluate_performance",
        "reply": "talking_head.cli.evaluate.reply:evaluate_reply",
        "knowledge": "talking_head.cli.evaluate.knowledge:evaluate_knowledge",
    },
)
