"""Background work of webhooks."""

from __future__ import annotations

from jobs import handlers
from jobs.handlers import Payload
from webhooks import publishing, sending


@handlers.job(publishing.PUBLISH)
def publish(payload: Payload) -> None:
    """Publish what an organisation's transactions have recorded."""
    publishing.publish_new(organisation_id=payload["organisation_id"])


@handlers.job(publishing.SEND)
def send(payload: Payload) -> None:
    """Post what a webhook waits for."""
    sending.send_waiting(webhook_id=payload["webhook_id"])
