"""What our own API reads about events and webhooks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf, StrictBoolean, list_id, optional_text
from webhooks.kinds import EVENT_TYPES, DeliveryState
from webhooks.lengths import MAX_NAME_LENGTH, MAX_URL_LENGTH

_MAX_POSITION = 2**63 - 1
_ALL_TYPES = ", ".join(f"`{each}`" for each in EVENT_TYPES)


class EventFilter(serializers.Serializer[Any]):
    """Which events to return."""

    after = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=_MAX_POSITION,
        help_text="A position: `after` of the answer before, or 0 for the oldest there is.",
    )
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=500)
    list = list_id()
    types = optional_text(500, f"Separated by commas; else all of {_ALL_TYPES}.")


class WebhookChange(serializers.Serializer[Any]):
    """What can be set of a webhook; what is left out stays as it is."""

    url = serializers.CharField(
        required=False,
        max_length=MAX_URL_LENGTH,
        help_text="An address of `http:` or `https:` that leads to a public server.",
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=MAX_NAME_LENGTH)
    types = serializers.ListField(
        required=False,
        max_length=len(EVENT_TYPES),
        child=OneOf(choices=EVENT_TYPES),
        help_text="Which events it is told of; none named: all.",
    )
    enabled = StrictBoolean(required=False)


class NewWebhook(WebhookChange):
    """A webhook to create."""

    url = serializers.CharField(
        max_length=MAX_URL_LENGTH,
        help_text="An address of `http:` or `https:` that leads to a public server.",
    )


class ReplayRequest(serializers.Serializer[Any]):
    """What a webhook is to be told again."""

    after = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=_MAX_POSITION,
        help_text="Every event after this position; without one, the deliveries given up.",
    )


class DeliveryFilter(serializers.Serializer[Any]):
    """Which deliveries to return."""

    state = OneOf(required=False, allow_blank=True, default="", choices=DeliveryState.values)
