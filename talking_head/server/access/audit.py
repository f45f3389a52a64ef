"""Who did what, and when: one JSON object a line. Never what was said, never the id of a session or of a visitor's face."""

from __future__ import annotations

import json
import logging
import logging.handlers
from datetime import UTC, datetime
from pathlib import Path

from talking_head.errors import ConfigError
from talking_head.server.access.auth import Visitor

_MOST, _KEPT = 10_000_000, 5  # bytes of a file, and how many older ones are kept

log = logging.getLogger("talking_head.audit")


class Audit:
    """Writes to ``file`` (None: to the log of the program, at level INFO)."""

    def __init__(self, file: Path | None = None) -> None:
        self._handler: logging.Handler | None = None
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                self._handler = logging.handlers.RotatingFileHandler(file, maxBytes=_MOST, backupCount=_KEPT, encoding="utf-8")
                file.chmod(0o600)
            except OSError as error:
                raise ConfigError(f"The audit log {file} cannot be written: {error.strerror}.") from None

    def note(self, what: str, visitor: Visitor | None, address: str, **about: str | int | float) -> None:
        """``what`` happened, by whom; ``about``: more of it, never texts of a conversation."""
        entry: dict[str, str | int | float] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "what": what}
        if visitor is not None and visitor.name:
            entry["who"] = visitor.name
        if address:
            entry["from"] = address
        line = json.dumps(entry | about, ensure_ascii=False)
        if self._handler is None:
            log.info(line)
        else:
            self._handler.handle(logging.LogRecord(log.name, logging.INFO, "", 0, line, None, None))

    def close(self) -> None:
        """Close the file."""
        if self._handler is not None:
            self._handler.close()
