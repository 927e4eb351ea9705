"""What our own API answers about events and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.native.paging import page_of
from api.shapes import (
    FLAG,
    INTEGER,
    MOMENT,
    OBJECT,
    TEXT,
    TEXT_OR_EMPTY,
    Shape,
    one_of,
)
from webhooks.kinds import EVENT_TYPES, DeliveryState
from webhooks.values import FeedPage

if TYPE_CHECKING:
    from webhooks.models import Delivery, Event, Webhook


EVENT: Shape[Event] = Shape(
    "Event",
    "Something that happened, as webhooks are told of it too.",
    id=TEXT.of(lambda event: event.public_id),
    type=one_of(EVENT_TYPES).of(lambda event: event.type),
    timestamp=MOMENT.of(lambda event: event.created_at),
    position=INTEGER.of(
        lambda event: event.position or 0, "Its place among your events, without gaps from 1."
    ),
    data=OBJECT.of(lambda event: event.data, "What it is about, as it was then."),
)
EVENTS = Shape[FeedPage](
    "EventPage",
    "Events in their order.",
    results=EVENT.many.of(lambda page: page.events),
    after=INTEGER.of(lambda page: page.after, "The position to ask with next."),
    more=FLAG.of(lambda page: page.has_more, "There are more by now: ask again at once."),
)
WEBHOOK: Shape[Webhook] = Shape(
    "Webhook",
    "An address that is told of events.",
    id=TEXT.of(lambda row: row.public_id),
    url=TEXT.of(lambda row: row.url),
    name=TEXT_OR_EMPTY.of(lambda row: row.name),
    types=TEXT.many.of(lambda row: row.types, "Which events it is told of; empty: all."),
    enabled=FLAG.of(lambda row: row.is_enabled),
    is_callback=FLAG.of(
        lambda row: row.is_callback,
        "Clients named it with what they submitted: it is told of the notices about that.",
    ),
    waiting=INTEGER.of(lambda row: row.waiting, "Deliveries that are due."),  # type: ignore[attr-defined]
    waiting_since=MOMENT.or_null.of(
        lambda row: row.waiting_since,  # type: ignore[attr-defined]
        "When the oldest event happened that waits.",
    ),
    failed=INTEGER.of(lambda row: row.failed, "Deliveries given up."),  # type: ignore[attr-defined]
    resumes_at=MOMENT.or_null.of(
        lambda row: row.resumes_at, "Nothing is sent until then: it did not answer."
    ),
    created_at=MOMENT.of(lambda row: row.created_at),
)
WEBHOOKS = page_of(WEBHOOK)
DELIVERY: Shape[Delivery] = Shape(
    "Delivery",
    "An event that a webhook is told of.",
    event=EVENT.of(lambda row: row.event),
    state=one_of(DeliveryState.values).of(lambda row: row.state),
    attempts=INTEGER.of(lambda row: row.attempts),
    attempted_at=MOMENT.or_null.of(lambda row: row.attempted_at),
    due_at=MOMENT.or_null.of(
        lambda row: row.due_at if row.state == DeliveryState.WAITING else None,
        "When the next attempt may be.",
    ),
    status=INTEGER.or_null.of(lambda row: row.status, "The HTTP status of the last answer."),
    problem=TEXT.or_null.of(lambda row: row.problem or None, "Why the last attempt failed."),
)
DELIVERIES = page_of(DELIVERY)
TRIED = Shape[str](
    "TriedWebhook", "The webhook took a message.", message_id=TEXT.of(lambda message_id: message_id)
)
REPLAYED = Shape[int](
    "ReplayedEvents", "How many events will be sent.", count=INTEGER.of(lambda count: count)
)
