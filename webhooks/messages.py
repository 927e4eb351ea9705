"""Messages to addresses that people name: what they say, and how they are signed and posted."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from typing import Any

from accounts import callback_secrets
from intake import deliver, signing
from webhooks.addresses import delivery_policy
from webhooks.models import Event


def body_of(event: Event) -> dict[str, Any]:
    """Return an event as JSON, as it is posted and as the feed has it."""
    return {
        "id": event.public_id,
        "type": event.type,
        "timestamp": moment(event.created_at),
        "position": event.position,
        "data": event.data,
    }


def moment(at: dt.datetime) -> str:
    """Return a moment as our own API writes it."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def post(url: str, *, organisation_id: int, message_id: str, body: Mapping[str, Any]) -> None:
    """Post JSON to an address, signed; raise DeliveryRefused or DeliveryFailed."""
    content = json.dumps(body).encode()
    headers = signing.headers(
        callback_secrets.signing_keys(organisation_id),
        delivery_id=message_id,
        timestamp_s=int(time.time()),
        body=content,
    )
    deliver.deliver(url, content, delivery_policy(), headers)
