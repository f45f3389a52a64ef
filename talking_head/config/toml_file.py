"""Reads the configuration's TOML file; what is wrong in it is told in sentences that name the key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from talking_head.config.sections import Config
from talking_head.errors import ConfigError, reason
from talking_head.wanted import wanted


def load(file: Path | str | None = None, overrides: Mapping[str, Any] | None = None) -> Config:
    """Read ``file`` (None: defaults), then set ``overrides`` (dotted keys such as "server.port"; None values are skipped).

    Raises ConfigError: one sentence a problem, each naming the key.
    """
    data: dict[str, Any] = {}
    if file is not None:
        try:
            data = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(f"There is no configuration file {file}. Copy config.example.toml and edit the copy.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The configuration {file} cannot be read: {reason(error)}.") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"The configuration {file} is not valid TOML: {reason(error)}.") from error
    for key, value in (overrides or {}).items():
        if value is not None:
            _set(data, key, value)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        where = f"{file}: " if file is not None else ""
        problems: dict[str, list[Any]] = {}  # of a value that may be of two kinds, such as true or "auto", both fail
        for problem in error.errors():
            problems.setdefault(".".join(_place(problem)), []).append(problem)
        raise ConfigError(" ".join(where + _sentence(each) for each in problems.values())) from None


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    *sections, last = key.split(".")
    for section in sections:
        data = data.setdefault(section, {})
        if not isinstance(data, dict):
            raise ConfigError(f"“{section}” must be a section, written as [{section}].")
    data[last] = value


def _place(problem: Any) -> list[str]:
    """Where one of pydantic's problems is, without its own names of kinds at the end."""
    place = [str(part) for part in problem["loc"]]
    return place[:-1] if "[" in place[-1] or place[-1] == "bool" else place


def _sentence(problems: list[Any]) -> str:
    """One sentence for pydantic's problems with one value."""
    problem, place = problems[0], _place(problems[0])
    key = ".".join(place)
    if problem["type"] == "extra_forbidden":
        known = _keys(place[:-1])
        close = difflib.get_close_matches(place[-1], known, n=1)
        hint = f" Did you mean “{close[0]}”?" if close else f" Known here: {', '.join(known)}."
        return f"There is no key “{key}”.{hint}"
    if problem["type"] in {"model_type", "dict_type"}:
        return f"“{key}” must be a section, written as [{key}]."
    if problem["type"] == "missing":
        return f"“{key}” is missing."
    message = "; or ".join(dict.fromkeys(wanted(each) for each in problems))
    return f"“{key}” = {problem['input']!r} is not allowed: {message}."


def _keys(place: list[str]) -> list[str]:
    """Keys of the section at ``place`` (empty: the sections)."""
    model: type[BaseModel] = Config
    for name in place:
        if name.isdigit():  # an item of a list of tables
            continue
        annotation: Any = model.model_fields[name].annotation
        arguments = getattr(annotation, "__args__", ())
        model = next((a for a in (annotation, *arguments) if isinstance(a, type) and issubclass(a, BaseModel)), model)
    return list(model.model_fields)
