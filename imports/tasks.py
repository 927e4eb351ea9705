"""Background work of imports."""

from __future__ import annotations

from imports import running, services
from jobs import handlers
from jobs.handlers import Payload


@handlers.job(services.FORGET)
def forget(payload: Payload) -> None:
    """Cancel an import that nobody has begun, or delete one that is long over."""
    services.forget(import_id=payload["import_id"])


@handlers.job(services.STEP)
def step(payload: Payload) -> None:
    """Do the next rows of an import."""
    running.step(import_id=payload["import_id"])
