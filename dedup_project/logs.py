"""What goes into the log: records as lines, each with the id of the request that it belongs to.

The server's own records and those of the application look the same. Nothing that a client sends
begins a line: in text, control characters are escaped and tracebacks are indented; JSON escapes.
"""

from __future__ import annotations

import logging
import re
from types import TracebackType
from typing import Any

from common import origins
from dedup_project import env

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
STYLES = TEXT, JSON = "text", "json"
NO_REQUEST = "-"

_LINE = "{asctime} {levelname} {request_id} {name}: {message}"
_FIELDS = "{asctime} {levelname} {request_id} {name} {message}"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SERVER_ERROR = 500


class RequestFilter(logging.Filter):
    """Adds what the work belongs to, and makes no fault of a refusal.

    Django logs a refusal with the exception that it was raised by, and some as errors: strangers
    could wake an operator.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it pass."""
        record.request_id = origins.request_id.get() or NO_REQUEST
        vars(record).update(origins.facts())
        if getattr(record, "status_code", _SERVER_ERROR) < _SERVER_ERROR:
            record.exc_info = record.exc_text = None
            if record.levelno > logging.WARNING:
                record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class LineFormatter(logging.Formatter):
    """Writes a record as one line, and a traceback as indented lines below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the record's line."""
        facts = " ".join(f"{name}={getattr(record, name, '')}" for name in origins.facts())
        line = super().formatMessage(record)
        return _CONTROL.sub(_escaped, f"{line} [{facts}]" if facts else line)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - logging's name
        """Return the traceback."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"    {_CONTROL.sub(_escaped, line)}" for line in lines)


def begin(request_id: str) -> None:
    """Write this id into each line that is logged in this context."""
    origins.begin(request_id)


def from_environment() -> dict[str, Any]:
    """Return the configuration that LOG_LEVEL and LOG_FORMAT ask for."""
    style = env.one_of("LOG_FORMAT", STYLES, TEXT)
    return config(level=env.text("LOG_LEVEL", "INFO"), style=style)


def config(*, level: str, style: str) -> dict[str, Any]:
    """Return the configuration of logging for Django and gunicorn; `style` is TEXT or JSON."""
    formatters = {
        TEXT: {"()": "dedup_project.logs.LineFormatter", "format": _LINE, "style": "{"},
        JSON: {"()": "pythonjsonlogger.json.JsonFormatter", "format": _FIELDS, "style": "{"},
    }
    handler = {"class": "logging.StreamHandler", "formatter": "record", "filters": ["request"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": "dedup_project.logs.RequestFilter"}},
        "formatters": {"record": formatters[style]},
        "handlers": {
            "errors": {**handler, "stream": "ext://sys.stderr"},
            "access": {**handler, "stream": "ext://sys.stdout"},
        },
        "root": {"handlers": ["errors"], "level": level},
        "loggers": {
            "gunicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
            "gunicorn.error": {"handlers": ["errors"], "level": "INFO", "propagate": False},
        },
    }


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
