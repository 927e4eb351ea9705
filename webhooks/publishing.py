"""Giving events their positions in the feed, and each webhook its deliveries.

Row numbers would not do as positions: two transactions may commit in the other order than they drew
their numbers, and a reader who remembers the highest would miss one for ever. Positions are given
to what is committed, by one at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from jobs import services as jobs_services
from webhooks.models import Delivery, Event, FeedEnd, Webhook

# Jobs: publish what an organisation's transactions have left; post what a webhook waits for.
PUBLISH: Final = "webhooks.publish"
SEND: Final = "webhooks.send"

# Before work that takes longer and that nobody waits for; what is sent has to be published first.
PRIORITY = 11
_SENDING_PRIORITY = 10
# A receiver that is down for a long weekend misses nothing.
GIVEN_UP_AFTER = dt.timedelta(days=3)
_PUBLISHED_AT_ONCE = 500


def publish_new(*, organisation_id: int) -> None:
    """Give every committed event of the organisation a position; nothing is locked without one."""
    unpublished = Event.objects.filter(organisation=organisation_id, position=None)
    while unpublished.exists():
        _publish_some(organisation_id)


@transaction.atomic
def _publish_some(organisation_id: int) -> None:
    FeedEnd.objects.get_or_create(organisation_id=organisation_id)
    end = FeedEnd.objects.select_for_update().get(organisation=organisation_id)
    unpublished = Event.objects.filter(organisation=organisation_id, position=None)
    # What is erased meanwhile is waited for, and is gone then.
    events = list(unpublished.order_by("pk").select_for_update()[:_PUBLISHED_AT_ONCE])
    for position, event in enumerate(events, start=end.position + 1):
        event.position = position
    Event.objects.bulk_update(events, ["position"])
    end.position += len(events)
    end.save(update_fields=["position"])
    _fan_out(organisation_id, events)


def _fan_out(organisation_id: int, events: Sequence[Event]) -> None:
    webhooks = Webhook.objects.filter(organisation=organisation_id, is_enabled=True)
    give_up_at = timezone.now() + GIVEN_UP_AFTER
    for webhook in webhooks.order_by("pk").select_for_update(no_key=True):
        wanted = [each for each in events if webhook.wants(each)]
        if wanted:
            Delivery.objects.bulk_create(
                Delivery(
                    webhook=webhook,
                    event=event,
                    subject=event.subject,
                    position=event.position or 0,
                    give_up_at=give_up_at,
                )
                for event in wanted
            )
            send_later(webhook=webhook)


def send_later(*, webhook: Webhook, at: dt.datetime | None = None) -> None:
    """Have the background post what the webhook waits for, now or at a later moment."""
    jobs_services.enqueue(
        kind=SEND,
        payload={"webhook_id": webhook.pk},
        owner=webhook.organisation_id,
        unique_key=str(webhook.pk),
        run_after=at,
        priority=_SENDING_PRIORITY,
    )
