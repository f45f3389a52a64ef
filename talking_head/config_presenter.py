"""The sections of the configuration that say what presenters may keep and do; see ``config.py``."""

from __future__ import annotations

import zoneinfo
from typing import Annotated

from pydantic import Field, field_validator

from talking_head.config_access import Positive, Section


class Tools(Section):
    """What presenters may do beside talking, each only what `tools` in its persona.md names: "clock", "sums".
    ``timezone``: of the clock, such as "Europe/Berlin"; empty: this machine's.
    """

    timezone: str = ""

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value or "UTC")
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("there is no such time zone; an example is Europe/Berlin") from None
        return value


class Memory(Section):
    """What a visitor allows a presenter to keep: a name and preferences. Off unless ``enabled`` here and `memory = true` in the
    presenter's persona.md. ``days`` without a visit, and it is forgotten; ``items``: most of them a visitor and presenter;
    ``visitors``: most of them altogether, the longest away is forgotten first.
    """

    enabled: bool = False
    days: Annotated[float, Field(gt=0, le=3650)] = 180
    items: Annotated[int, Field(ge=1, le=50)] = 12
    visitors: Positive = 10_000
