"""Background work of statistics."""

from __future__ import annotations

from insights import services
from jobs import handlers
from jobs.handlers import Payload


@handlers.job(services.COUNT)
def count(payload: Payload) -> None:
    """Count what is new of an organisation."""
    services.count(organisation_id=payload["organisation_id"])
