"""The tools that one presenter may use, as its persona names them: clock, sums, what it knows, and the configured webhooks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, tzinfo

from talking_head.config import Tools
from talking_head.errors import ConfigError
from talking_head.knowledge.answer import unknown
from talking_head.knowledge.search import search
from talking_head.knowledge.store import Store
from talking_head.tools import clock
from talking_head.tools.arithmetic import answer as calculated
from talking_head.tools.arithmetic import evaluate, spoken_number
from talking_head.tools.grammar import learner
from talking_head.tools.rules import CLOCK, GRAMMAR, SUMS
from talking_head.tools.tool import Tool, ToolBox
from talking_head.tools.webhook import webhook

log = logging.getLogger(__name__)

KNOWLEDGE = "knowledge"


def toolbox(allowed: tuple[str, ...], config: Tools, store: Callable[[], Store | None], zone: tzinfo | None) -> ToolBox:
    """The ``allowed`` ones of what there is; a name that is none is logged. ``store``: what the presenter knows just then."""
    makers: dict[str, Callable[[], Tool]] = {
        CLOCK: lambda: Tool(CLOCK, "Today's date, the day of the week and the time.", lambda: clock.told(datetime.now(zone))),
        SUMS: lambda: Tool(
            SUMS,
            "Works out a sum exactly.",
            _sum,
            {"expression": {"type": "string", "description": "such as 12 * 7, (3 + 4) / 2, 15% of 80, 2^8, root 81"}},
        ),
        GRAMMAR: lambda: Tool(
            GRAMMAR,
            "Finds frequent mistakes of learners in an English sentence.",
            lambda sentence: learner.answer(str(sentence)) or "No mistake that this tool knows.",
            {"sentence": {"type": "string", "description": "one sentence, as the learner wrote it"}},
        ),
        KNOWLEDGE: lambda: Tool(
            KNOWLEDGE,
            "Searches the documents of this presenter for what answers a question.",
            lambda question: _found(store(), question),
            {"question": {"type": "string", "description": "a whole question, in English"}},
        ),
    }
    for name, hook in config.webhooks.items():
        makers[name] = lambda name=name, hook=hook: webhook(  # type: ignore[misc]
            name,
            hook.url,
            hook.description,
            hook.parameters,
            hosts=config.hosts,
            timeout_s=hook.timeout_s,
            key_env=hook.key_env,
        )
    tools = []
    for name in dict.fromkeys(allowed):
        try:
            tools.append(makers[name]())
        except KeyError:
            log.warning("there is no tool “%s”; there are: %s", name, ", ".join(makers))
        except ConfigError as error:
            log.warning("%s", error)
    return ToolBox(tools)


def _sum(expression: str) -> str:
    return calculated(expression) or f"{expression} is {spoken_number(evaluate(expression))}."


def _found(store: Store | None, question: str) -> str:
    hits = [] if store is None else [hit for hit in search(store, question) if hit.answers]
    return "\n\n".join(f"{hit.passage.heading}\n{hit.passage.text}" for hit in hits) or unknown("")
