"""The protocol of tools: a name, what it is for, a JSON schema of what it is given, a function, and how long it may take.

The shape of name, description and schema is that of the chat completions API of OpenAI (functions), which most servers of
language models have taken over.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from talking_head.errors import TalkingHeadError

log = logging.getLogger(__name__)

RESULT_CHARS = 2_000  # of a result that a model reads
ARGUMENT_CHARS = 4_000  # of the JSON that a model writes
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
}


@dataclass(frozen=True, slots=True)
class Tool:
    """``parameters``: of a JSON schema, the properties by name, each with a ``type`` (string, number, integer, boolean) and a
    ``description``; all are required. ``run(**arguments)`` returns a sentence or more, and may raise TalkingHeadError.
    """

    name: str
    description: str
    run: Callable[..., str]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    timeout_s: float = 2.0

    @property
    def schema(self) -> dict[str, Any]:
        """As an element of ``tools`` in a chat completion's request."""
        wanted: dict[str, Any] = {"type": "object", "properties": dict(self.parameters), "required": list(self.parameters)}
        wanted["additionalProperties"] = False
        return {"type": "function", "function": {"name": self.name, "description": self.description, "parameters": wanted}}

    def call(self, arguments: str) -> str:
        """What the tool says to ``arguments`` (JSON). Never raises: a failure is a sentence that begins with “Error:”."""
        try:
            given = self._checked(arguments)
        except ValueError as error:
            return f"Error: {error}"
        done: Future[str] = Future()

        def run() -> None:
            try:
                done.set_result(str(self.run(**given)))
            except BaseException as error:
                done.set_exception(error)

        # A thread that cannot be stopped is left to itself; what runs in here has a limit of its own (see webhook.py).
        threading.Thread(target=run, name=f"tool-{self.name}", daemon=True).start()
        try:
            return done.result(self.timeout_s)[:RESULT_CHARS]
        except TimeoutError:
            return f"Error: {self.name} took longer than {self.timeout_s:g} seconds."
        except TalkingHeadError as error:
            return f"Error: {error}"
        except Exception:
            log.exception("the tool %s failed", self.name)
            return f"Error: {self.name} failed."

    def _checked(self, arguments: str) -> dict[str, Any]:
        """``arguments`` as the schema wants them; ValueError in a sentence."""
        if len(arguments) > ARGUMENT_CHARS:
            raise ValueError(f"the arguments have more than {ARGUMENT_CHARS} characters.")
        try:
            given = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            raise ValueError("the arguments are not JSON.") from None
        if not isinstance(given, dict) or given.keys() != self.parameters.keys():
            raise ValueError(f"{self.name} takes exactly these arguments: {', '.join(self.parameters) or 'none'}.")
        for name, value in given.items():
            kind = str(self.parameters[name].get("type", "string"))
            if not isinstance(value, _TYPES.get(kind, str)) or (isinstance(value, bool) and kind != "boolean"):
                raise ValueError(f"{name} must be of type {kind}.")
        return given


class ToolBox:
    """The tools that a presenter may use, by name."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def __bool__(self) -> bool:
        return bool(self._tools)

    @property
    def names(self) -> tuple[str, ...]:
        """What there is."""
        return tuple(self._tools)

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """``tools`` of a chat completion's request."""
        return [tool.schema for tool in self._tools.values()]

    def call(self, name: str, arguments: str) -> str:
        """What tool ``name`` says to ``arguments`` (JSON); a sentence also where there is none of that name."""
        tool = self._tools.get(name)
        if tool is None:
            return f"Error: there is no tool {name[:40]}. There are: {', '.join(self._tools) or 'none'}."
        return tool.call(arguments)
