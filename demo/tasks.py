"""Background work of the demo."""

from __future__ import annotations

from demo import services
from jobs import handlers
from jobs.handlers import Payload


@handlers.job(services.LOAD)
def load(payload: Payload) -> None:
    """Load an organisation's demo."""
    services.load(organisation_id=payload["organisation_id"])
