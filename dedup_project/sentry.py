"""Faults told to Sentry, where an operator has set SENTRY_DSN: what nobody foresaw, and no content.

Only what the log tells with a traceback is sent: the kinds of the errors, where in the code they
were raised, and the ids of request, job and organisation. Messages of errors, requests, local
variables, what the log's lines were filled with and what went before stay here.
"""

from __future__ import annotations

import logging
from typing import Any

import sentry_sdk
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event, Hint

from common import origins
from common.errors import LookalikeError

# Refusals, and outages of the database, which are in the log and among the metrics.
_FORESEEN = (
    LookalikeError,
    Http404,
    PermissionDenied,
    SuspiciousOperation,
    OperationalError,
    InterfaceError,
)
_SENT = {
    "event_id", "timestamp", "platform", "level", "logger", "release", "environment",
    "server_name", "sdk", "exception", "transaction",
}  # fmt: skip


def begin(dsn: str, *, release: str, transport: Transport | None = None) -> None:
    """Tell Sentry from now on, by the SDK's own transport unless another is given."""
    sentry_sdk.init(
        dsn,
        release=release,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        before_send=_told,
        transport=transport,
    )


def _told(event: Event, hint: Hint) -> Event | None:
    """Return what may leave of an event; None for what was foreseen or has no traceback."""
    error = (hint.get("exc_info") or (None, None, None))[1]
    if error is None or isinstance(error, _FORESEEN):
        return None
    told: Any = {name: value for name, value in event.items() if name in _SENT}
    for each in told.get("exception", {}).get("values", []):
        # May hold anything, an address with a password in it for one.
        each["value"] = ""
    told["tags"] = {"request_id": origins.request_id.get() or "-"} | {
        name: str(value) for name, value in origins.facts().items()
    }
    return told  # type: ignore[no-any-return]
