"""How often a training writes down where it is, that it does so before it ends when it is asked to end, and what may go on.

Whoever kills it loses a minute at most, and whoever presses Ctrl-C nothing.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from talking_head.errors import InputError

SAVE_EVERY_S = 45.0  # seconds; a state is written within one or two
_MATERIAL = "made_of.json"
_Handler = Callable[[int, FrameType | None], object]


def begun(folder: Path) -> bool:
    """Whether a run left anything in ``folder``, though it may have been killed before it saved a state."""
    return folder.is_dir() and any(folder.iterdir())


def same_run(folder: Path, begun_with: Mapping[str, Any], label: Mapping[str, Any]) -> None:
    """InputError, which names what differs, unless the run in ``folder`` was begun with this ``label`` (JSON values)."""
    now = json.loads(json.dumps(label))
    other = [_differing(key, begun_with.get(key), now.get(key)) for key in sorted({*begun_with, *now})]
    if other := [each for each in other if each]:
        raise InputError(
            f"The run in {folder} was begun with other {', '.join(other)}; choose the same, or a folder of its own."
        )


def _differing(key: str, was: Any, now: Any) -> str:
    """What differs, "" for nothing: “rate (0.1, now 0.2)”, “options (epochs 2, now 3)”, or the name alone, such as “clips”."""
    if was == now:
        return ""
    numbers = isinstance(was, int | float) and isinstance(now, int | float)
    if numbers:
        return f"{key} ({was}, now {now})"
    if isinstance(was, dict) and isinstance(now, dict):
        inside = filter(None, (_differing(each, was.get(each), now.get(each)) for each in sorted({*was, *now})))
        return f"{key} ({'; '.join(each.replace(' (', ' ', 1).removesuffix(')') for each in inside)})"
    return key


def note_material(folder: Path, made_of: Mapping[str, Any]) -> None:
    """Write down what the run in ``folder`` is made of (JSON values)."""
    (folder / _MATERIAL).write_text(json.dumps(made_of), encoding="utf-8")


def check_material(folder: Path, made_of: Mapping[str, Any]) -> None:
    """InputError where the run in ``folder`` is made of something else; what is not named again stays, and a run that came
    without a note is taken as it is."""
    if (folder / _MATERIAL).is_file():
        before = json.loads((folder / _MATERIAL).read_text("utf-8"))
        same_run(folder, before, {**before, **made_of})


class Ending:
    """Whether somebody has asked this training to end. Made by :func:`asked_to_end`."""

    def __init__(self) -> None:
        self.before: dict[int, _Handler] = {}
        self._number = 0

    def __bool__(self) -> bool:
        return self._number != 0

    def note(self, number: int, _: FrameType | None) -> None:
        """The first signal is noted; the next one ends at once, whatever is being written."""
        self._number = number
        for other, handler in self.before.items():
            signal.signal(other, handler)

    def leave(self, step: int, file: Path) -> NoReturn:
        """Say that ``step`` is kept in ``file``, and end as the signal would have: KeyboardInterrupt after Ctrl-C, SystemExit
        after a request to end.
        """
        print(f"Ended at step {step}, which is kept in {file}.", file=sys.stderr, flush=True)
        self.before[self._number](self._number, None)
        raise KeyboardInterrupt


@contextmanager
def asked_to_end() -> Iterator[Ending]:
    """While this is open, Ctrl-C and a request to end are noted instead of obeyed, so that a step is finished and kept first.

    A signal that ends the process without any Python, or that is ignored, stays as it is: that is how a server's jobs are run.
    """
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(number)
        if callable(handler):
            try:
                signal.signal(number, ending.note)
            except ValueError:  # not the main thread: nobody presses Ctrl-C here
                break
            ending.before[number] = handler
    try:
        yield ending
    finally:
        for noted, was in ending.before.items():
            signal.signal(noted, was)
