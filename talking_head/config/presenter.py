"""The sections of the configuration that say what presenters may keep and do."""

from __future__ import annotations

import zoneinfo
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from talking_head.config.base import Positive, Section

_NAME = r"^[a-z][a-z0-9_]{0,39}$"


class Webhook(Section):
    """A tool that asks a service of yours: the arguments are posted as JSON to ``url``, whose host must be one of
    ``tools.hosts``; what it answers (text, or JSON with a "text") is given to the language model.

    ``parameters``: names of the arguments and what they mean. ``key_env`` names the environment variable with a bearer key.
    """

    url: str
    description: Annotated[str, Field(min_length=1, max_length=400)]
    parameters: dict[Annotated[str, Field(pattern=_NAME)], str] = Field(default_factory=dict)
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 5.0
    key_env: str = ""

    @property
    def host(self) -> str:
        """The host that is asked."""
        return (urlsplit(self.url).hostname or "").lower()

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ValueError("it begins with http:// or https://")
        return value


class Tools(Section):
    """What presenters may do beside talking, each only what `tools` in its persona.md names: "clock", "sums", "knowledge", and
    ``webhooks`` by name. ``timezone``: of the clock, such as "Europe/Berlin"; empty: this machine's. ``hosts``: what webhooks
    may ask.
    """

    timezone: str = ""
    hosts: tuple[str, ...] = ()
    webhooks: dict[Annotated[str, Field(pattern=_NAME)], Webhook] = Field(default_factory=dict)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value or "UTC")
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("there is no such time zone; an example is Europe/Berlin") from None
        return value

    @model_validator(mode="after")
    def _allowed(self) -> Tools:
        for name, hook in self.webhooks.items():
            if hook.host not in self.hosts:
                raise ValueError(f"webhook {name} asks {hook.host}, which is not one of tools.hosts")
            if name in ("clock", "sums", "knowledge"):
                raise ValueError(f"“{name}” is the name of a tool that is there already")
        return self


class Memory(Section):
    """What a visitor allows a presenter to keep: a name and preferences. Off unless ``enabled`` here and `memory = true` in the
    presenter's persona.md. ``days`` without a visit, and it is forgotten; ``items``: most of them a visitor and presenter;
    ``visitors``: most of them altogether, the longest away is forgotten first.
    """

    enabled: bool = False
    days: Annotated[float, Field(gt=0, le=3650)] = 180
    items: Annotated[int, Field(ge=1, le=50)] = 12
    visitors: Positive = 10_000


class Recording(Section):
    """Live sessions that a visitor agrees to have recorded, where who is shown has agreed, too. ``minutes``, ``bytes``: of one;
    ``total_bytes``: of all that are kept; ``hours``: after so many each is deleted. ``folder``: where they lie (empty: beside
    the models).
    """

    enabled: bool = True
    minutes: Annotated[float, Field(gt=0, le=240)] = 15.0
    bytes: Positive = 300_000_000
    total_bytes: Positive = 3_000_000_000
    hours: Annotated[float, Field(gt=0, le=8760)] = 24.0
    folder: str = ""
