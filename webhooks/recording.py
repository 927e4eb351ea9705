"""Writing down what happened, in the transaction in which it did."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from jobs import services as jobs_services
from webhooks.models import Event, Webhook
from webhooks.publishing import PRIORITY, PUBLISH
from webhooks.values import NewEvent

_BATCH = 500


@transaction.atomic
def record(*, organisation_id: int, events: Sequence[NewEvent]) -> list[Event]:
    """Write events down, in this order, and have the organisation's webhooks told of them.

    Part of the caller's transaction: if that is undone, nothing has happened. Transactions that
    record events of one subject follow each other, since each holds the subject's row.
    """
    if not events:
        return []
    rows = [
        Event(
            organisation_id=organisation_id,
            type=each.type,
            subject=each.subject,
            image_list=each.image_list,
            data=dict(each.data),
            callback_url=each.callback_url,
        )
        for each in events
    ]
    Event.objects.bulk_create(rows, batch_size=_BATCH)
    if Webhook.objects.filter(organisation=organisation_id, is_enabled=True).exists():
        jobs_services.enqueue(
            kind=PUBLISH,
            payload={"organisation_id": organisation_id},
            owner=organisation_id,
            unique_key=str(organisation_id),
            priority=PRIORITY,
        )
    return rows
