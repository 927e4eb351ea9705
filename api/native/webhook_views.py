"""The addresses of events and webhooks in our own API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from api.authentication import actor_of
from api.native import paging, schema, webhook_answers
from api.native.base import NativeView
from api.native.webhook_serializers import (
    DeliveryFilter,
    EventFilter,
    NewWebhook,
    ReplayRequest,
    WebhookChange,
)
from api.parameters import body_of, checked
from lists import selectors as lists_selectors
from lists.pages import newest_page
from webhooks import publishing, selectors, services
from webhooks.values import SoughtEvents, WebhookSettings


class Events(NativeView):
    """The feed of what happened."""

    @schema.EVENTS
    def get(self, request: Request) -> Response:
        """Return the events after a position, in their order."""
        actor = actor_of(request)
        asked = checked(EventFilter, dict(request.query_params.items()))
        publishing.publish_new(organisation_id=actor.organisation_id)
        sought = SoughtEvents(
            after=asked["after"],
            limit=asked["limit"],
            lists=_lists(actor, asked["list"]),
            types=[each for each in asked["types"].split(",") if each],
        )
        return Response(webhook_answers.EVENTS(selectors.feed(actor, sought)))


class Webhooks(NativeView):
    """All webhooks."""

    @schema.WEBHOOKS
    def get(self, request: Request) -> Response:
        """Return the webhooks, newest first."""
        piece = paging.asked_piece(request)
        webhooks = selectors.overview_for(actor_of(request))
        page = newest_page(webhooks, after=piece.after, size=piece.size)
        return Response(webhook_answers.WEBHOOKS(paging.answer(request, page)))

    @schema.NEW_WEBHOOK
    def post(self, request: Request) -> Response:
        """Have an address told of what happens from now on."""
        actor = actor_of(request)
        settings = _settings(checked(NewWebhook, body_of(request)))
        webhook = services.create_webhook(by=actor, settings=settings)
        return Response(_shown(actor, webhook.public_id), status=201)


class OneWebhook(NativeView):
    """One webhook."""

    @schema.WEBHOOK
    def get(self, request: Request, webhook_id: str) -> Response:
        """Return a webhook."""
        return Response(_shown(actor_of(request), webhook_id))

    @schema.WEBHOOK_CHANGE
    def patch(self, request: Request, webhook_id: str) -> Response:
        """Change a webhook; what waits is sent at once."""
        actor = actor_of(request)
        webhook = selectors.webhook_for(actor, webhook_id)
        settings = _settings(checked(WebhookChange, body_of(request)))
        services.change_webhook(by=actor, webhook=webhook, settings=settings)
        return Response(_shown(actor, webhook_id))

    @schema.WEBHOOK_REMOVAL
    def delete(self, request: Request, webhook_id: str) -> Response:
        """Delete a webhook with its deliveries."""
        actor = actor_of(request)
        services.remove_webhook(by=actor, webhook=selectors.webhook_for(actor, webhook_id))
        return Response(status=204)


class TryWebhook(NativeView):
    """A message to see whether a webhook works."""

    @schema.WEBHOOK_TRIAL
    def post(self, request: Request, webhook_id: str) -> Response:
        """Post a message to the webhook now, and say whether it arrived."""
        actor = actor_of(request)
        webhook = selectors.webhook_for(actor, webhook_id)
        return Response(webhook_answers.TRIED(services.try_webhook(by=actor, webhook=webhook)))


class ReplayWebhook(NativeView):
    """Events that a webhook is told of once more."""

    @schema.WEBHOOK_REPLAY
    def post(self, request: Request, webhook_id: str) -> Response:
        """Send events again: those after a position, or those given up."""
        actor = actor_of(request)
        webhook = selectors.webhook_for(actor, webhook_id)
        asked = checked(ReplayRequest, body_of(request))
        count = services.replay(by=actor, webhook=webhook, after=asked["after"])
        return Response(webhook_answers.REPLAYED(count))


class Deliveries(NativeView):
    """The deliveries of a webhook."""

    @schema.DELIVERIES
    def get(self, request: Request, webhook_id: str) -> Response:
        """Return a webhook's deliveries, newest first."""
        piece = paging.asked_piece(request)
        webhook = selectors.webhook_for(actor_of(request), webhook_id)
        asked = checked(DeliveryFilter, dict(request.query_params.items()))
        deliveries = selectors.deliveries_of(webhook, state=asked["state"])
        page = newest_page(deliveries, after=piece.after, size=piece.size)
        return Response(webhook_answers.DELIVERIES(paging.answer(request, page)))


def _settings(asked: dict[str, Any]) -> WebhookSettings:
    is_enabled = asked.pop("enabled", None)
    return WebhookSettings(**asked, is_enabled=is_enabled)


def _shown(actor: Actor, webhook_id: str) -> dict[str, object]:
    return webhook_answers.WEBHOOK(selectors.overview_of(actor, webhook_id))


def _lists(actor: Actor, list_id: str) -> list[str] | None:
    """Return the public ids of the lists whose events are shown; None for all there ever were."""
    if list_id:
        return [lists_selectors.list_for(actor, list_id).public_id]
    if actor.is_restricted:
        return list(lists_selectors.lists_for(actor).values_list("public_id", flat=True))
    return None
