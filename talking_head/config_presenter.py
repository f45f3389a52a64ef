"""The sections of the configuration that say what presenters may keep and do; see ``config.py``."""

from __future__ import annotations

import zoneinfo

from pydantic import field_validator

from talking_head.config_access import Section


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
