"""Who did what, and when: one JSON object a line. Never what was said, never the id of a session or of a visitor's face."""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
from datetime import UTC, datetime
from pathlib import Path

from talking_head.errors import ConfigError, reason
from talking_head.server.access.auth import Visitor

_MOST, _KEPT = 10_000_000, 5  # bytes of a file, and how many older ones are kept

log = logging.getLogger("talking_head.audit")
program = logging.getLogger(__name__)


class _File(logging.handlers.RotatingFileHandler):
    """One that says once that it cannot be written on, and once that it can again; what comes meanwhile is missing."""

    _missing = 0

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        missing = self._missing
        super().emit(record)
        if missing and missing == self._missing:
            program.warning("the audit log is written on; entries that are missing: %d", missing)
            self._missing = 0

    def handleError(self, record: logging.LogRecord) -> None:
        """See logging.Handler, which would print a traceback for every request."""
        self._missing += 1
        if self._missing == 1:
            program.error("the audit log cannot be written: %s", reason(sys.exception() or OSError("unknown")))


class Audit:
    """Writes to ``file`` (None: to the log of the program, at level INFO)."""

    def __init__(self, file: Path | None = None) -> None:
        self._handler: logging.Handler | None = None
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                self._handler = _File(file, maxBytes=_MOST, backupCount=_KEPT, encoding="utf-8")
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
