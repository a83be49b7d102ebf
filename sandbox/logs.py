"""How the log is written: as text for people, or as JSON lines for programs.

Messages are constant; what they are about stands in a record's further values.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.settings import LogFormat, Settings

__all__ = ["as_json_line", "log_to_stderr"]

_USUAL: Final = vars(logging.makeLogRecord({})).keys() | {"asctime", "message", "taskName", "color_message"}


def log_to_stderr(settings: Settings) -> None:
    """Set up logging for the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if settings.log_format is LogFormat.JSON else _Text())
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger("httpx").setLevel(max(logging.WARNING, logging.getLogger().level))


def as_json_line(message: str, values: Mapping[str, Any]) -> str:
    """Return what the server says, and is no log record, in the form of the log's lines."""
    record = logging.makeLogRecord({"name": "sandbox", "levelname": "INFO", "msg": message, **values})
    return _JsonLines().format(record)


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        return " ".join(
            (super().formatMessage(record), *(f"{name}={_in_one_line(value)}" for name, value in _values(record)))
        )


class _JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger and message, then the record's values and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in _values(record) if name not in line}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def _in_one_line(value: Any) -> str:
    """Return a value, which may be what somebody sent, so that it cannot pass for another line of the log."""
    text = str(value)
    return text if text.isprintable() else repr(text)


def _values(record: logging.LogRecord) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in vars(record).items() if name not in _USUAL]
