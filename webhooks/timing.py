"""Deliveries that wait for a moment which a clock ahead of this one has chosen."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from webhooks.kinds import DeliveryState
from webhooks.models import Delivery, Webhook
from webhooks.publishing import send_later


def bring_back(*, now: dt.datetime, **_: object) -> None:
    """Attempt at once what was last attempted, or written, later than now."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__gt=now)
    ahead = waiting.filter(Q(attempts=0) | Q(attempted_at__gt=now))
    of_webhooks = set(ahead.order_by().values_list("webhook", flat=True).distinct())
    if not of_webhooks:
        return
    ahead.update(due_at=now)
    webhooks = Webhook.objects.filter(pk__in=of_webhooks, is_enabled=True)
    webhooks.update(resumes_at=None)
    for webhook in webhooks:
        send_later(webhook=webhook)
