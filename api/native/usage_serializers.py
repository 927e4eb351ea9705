"""What our own API answers about limits."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Allowance(serializers.Serializer[Any]):
    """A limit and what of it is used."""

    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    remaining = serializers.IntegerField()
    resets_at = serializers.DateTimeField(help_text="When the count starts anew.")


class UsedLimits(serializers.Serializer[Any]):
    """What was used of each limit; null: there is no limit, and nothing is counted."""

    requests_per_minute = Allowance(
        allow_null=True, help_text="Of the credential that asks, this request included."
    )
    pictures_per_day = Allowance(allow_null=True, help_text="Of the whole organisation.")
    pictures_per_month = Allowance(allow_null=True, help_text="Of the whole organisation.")
