"""Where this server may post to."""

from __future__ import annotations

from django.conf import settings

from intake.deliver import DeliveryPolicy


def delivery_policy() -> DeliveryPolicy:
    """Return which addresses the server may post to."""
    return DeliveryPolicy(
        allow_hosts=frozenset(settings.FETCH_ALLOW_HOSTS),
        allow_ports=frozenset(settings.FETCH_ALLOW_PORTS),
    )
