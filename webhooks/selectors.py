"""Reads of events and webhooks."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Min, Q, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.ids import is_id
from common.sentences import Sentence
from webhooks.errors import EventsDeleted, WebhookNotFound
from webhooks.kinds import EVENT_TYPES, DeliveryState
from webhooks.models import Delivery, Event, FeedEnd, Webhook
from webhooks.values import FeedPage, SoughtEvents


def feed(actor: Actor, sought: SoughtEvents) -> FeedPage:
    """Return published events after a position, in their order.

    Raise EventsDeleted when some after the position are deleted, InvalidInput for one that is not
    reached yet and for a type that there is not.
    """
    actor.require(Permission.VIEW)
    types = checked_types(sought.types)
    # Read before the events: all up to it are seen, whatever is published meanwhile.
    end = require_kept(actor.organisation_id, sought.after)
    events = Event.objects.filter(organisation=actor.organisation_id, position__gt=sought.after)
    if sought.lists is not None:
        events = events.filter(image_list__in=sought.lists)
    if types:
        events = events.filter(type__in=types)
    found = list(events.order_by("position")[: sought.limit + 1])
    shown = found[: sought.limit]
    last = shown[-1].position or 0 if shown else 0
    if len(found) > sought.limit:
        return FeedPage(shown, last, has_more=True)
    return FeedPage(shown, max(last, end), has_more=False)


def require_kept(organisation_id: int, position: int) -> int:
    """Return the latest position, when every event after the given one can be read.

    Raise EventsDeleted or InvalidInput when not. From position 0 one reads what there is.
    """
    end = _end_of(organisation_id)
    if position > end.position:
        raise InvalidInput(
            Sentence("The latest event has position %(last)s.", last=end.position), field="after"
        )
    if 0 < position < end.deleted_position:
        raise EventsDeleted(
            Sentence(
                "Events up to position %(position)s are deleted. Read the matches themselves, "
                "then go on after that position.",
                position=end.deleted_position,
            ),
            field="after",
        )
    return end.position


def webhooks_for(actor: Actor) -> QuerySet[Webhook]:
    """Return the organisation's webhooks, newest first."""
    actor.require(Permission.CHANGE_CREDENTIALS)
    return Webhook.objects.filter(organisation=actor.organisation_id).order_by("-pk")


def overview_for(actor: Actor) -> QuerySet[Webhook]:
    """Return the webhooks with `waiting`, `failed` (counts) and `waiting_since`."""
    waiting = Q(deliveries__state=DeliveryState.WAITING)
    return webhooks_for(actor).annotate(
        waiting=Count("deliveries", filter=waiting),
        failed=Count("deliveries", filter=Q(deliveries__state=DeliveryState.FAILED)),
        waiting_since=Min("deliveries__event__created_at", filter=waiting),
    )


def webhook_for(actor: Actor, public_id: str) -> Webhook:
    """Return one webhook; raise WebhookNotFound for an id that is unknown or somebody else's."""
    return _one(webhooks_for(actor), public_id)


def overview_of(actor: Actor, public_id: str) -> Webhook:
    """Return one webhook as in the overview; raise as `webhook_for` does."""
    return _one(overview_for(actor), public_id)


def deliveries_of(webhook: Webhook, *, state: str = "") -> QuerySet[Delivery]:
    """Return a webhook's deliveries in a state, or in any, with their events, newest first."""
    deliveries = Delivery.objects.filter(webhook=webhook).select_related("event")
    if state:
        deliveries = deliveries.filter(state=state)
    return deliveries.order_by("-pk")


def deliveries_by_event(actor: Actor, event_ids: Collection[str]) -> dict[str, list[Delivery]]:
    """Return how far events, by public id, have come to each webhook that is told of them."""
    actor.require(Permission.VIEW)
    deliveries = Delivery.objects.filter(
        event__organisation=actor.organisation_id, event__public_id__in=event_ids
    )
    found: dict[str, list[Delivery]] = {}
    for each in deliveries.select_related("event", "webhook").order_by("pk"):
        found.setdefault(each.event.public_id, []).append(each)
    return found


def checked_types(types: Collection[str]) -> list[str]:
    """Return types of events; raise InvalidInput for one that there is not."""
    unknown = sorted(set(types) - set(EVENT_TYPES))
    if unknown:
        raise InvalidInput(
            f"There are no events {', '.join(unknown)}. Events are {', '.join(EVENT_TYPES)}.",
            field="types",
        )
    return sorted(set(types))


def _end_of(organisation_id: int) -> FeedEnd:
    return FeedEnd.objects.filter(organisation=organisation_id).first() or FeedEnd()


def _one(webhooks: QuerySet[Webhook], public_id: str) -> Webhook:
    found = webhooks.filter(public_id=public_id).first() if is_id(public_id) else None
    if found is None:
        raise WebhookNotFound(Sentence("There is no such webhook."), field="webhook")
    return found
