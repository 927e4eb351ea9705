"""What our own API reads about groups, verdicts, submissions and notices."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf, StrictInteger, StrictText, optional_text, own_id
from review.bulk import MAX_AT_ONCE
from verdicts.grace import MAX_GRACE_S
from verdicts.kinds import NoticeState, VerdictState
from verdicts.lengths import (
    MAX_LANGUAGE_LENGTH,
    MAX_RATING_LENGTH,
    MAX_RECIPIENT_LENGTH,
    MAX_SUMMARY_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)

_MAX_ID_LENGTH = 64


class PinRequest(serializers.Serializer[Any]):
    """Which picture of a group is its reference."""

    sha256 = StrictText(max_length=_MAX_ID_LENGTH)


class MergeRequest(serializers.Serializer[Any]):
    """What is in the same group."""

    item = StrictText(max_length=_MAX_ID_LENGTH, help_text="Id or SHA-256 of a picture.")
    keep = optional_text(
        _MAX_ID_LENGTH, "Where both groups have a published verdict: the id of the one that stays."
    )


def _names(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        required=False,
        min_length=1,
        max_length=MAX_AT_ONCE,
        child=StrictText(max_length=_MAX_ID_LENGTH),
        help_text=help_text,
    )


class SplitRequest(serializers.Serializer[Any]):
    """Which confirmed pairs do not hold, or which pictures do not belong to the others."""

    matches = _names("All that link the two parts.")
    items = _names("Ids or SHA-256 of the pictures that are split off; instead of `matches`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both and neither."""
        if len(attrs) != 1:
            raise serializers.ValidationError({"matches": "Give either matches or items."})
        return attrs


class VersionSeen(serializers.Serializer[Any]):
    """Which version of a verdict somebody saw."""

    version = StrictInteger(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text="The version that you saw: a verdict that has a later one answers 409.",
    )


def _text(max_length: int, help_text: str = "") -> StrictText:
    return StrictText(
        required=False, allow_blank=True, default="", max_length=max_length, help_text=help_text
    )


class DraftRequest(VersionSeen):
    """What is written about a group; what is left out is empty."""

    rating = _text(MAX_RATING_LENGTH, "In your own words.")
    title = _text(MAX_TITLE_LENGTH)
    summary = _text(MAX_SUMMARY_LENGTH)
    url = _text(MAX_URL_LENGTH, "Of the article: `https:` or `http:`.")
    language = _text(MAX_LANGUAGE_LENGTH, "A tag such as en or pt-BR.")


class ReuseRequest(serializers.Serializer[Any]):
    """Which verdict is published about a group too."""

    verdict = StrictText(max_length=_MAX_ID_LENGTH)


class VerdictFilter(serializers.Serializer[Any]):
    """Which verdicts to return."""

    state = OneOf(required=False, allow_blank=True, default="", choices=VerdictState.values)


class SubmissionFilter(serializers.Serializer[Any]):
    """Which submissions to return."""

    external_id = own_id("Your own id of the image.")
    recipient = own_id("Your own name of who asked.")


class RecipientName(serializers.Serializer[Any]):
    """Whom to forget."""

    recipient = serializers.CharField(
        max_length=MAX_RECIPIENT_LENGTH,
        trim_whitespace=False,
        help_text="Your own name of who asked.",
    )


class NoticeFilter(serializers.Serializer[Any]):
    """Which notices to return."""

    state = OneOf(required=False, allow_blank=True, default="", choices=NoticeState.values)
    verdict = optional_text(_MAX_ID_LENGTH)


class SettingsChange(serializers.Serializer[Any]):
    """How verdicts are to be told."""

    grace_s = StrictInteger(
        min_value=0,
        max_value=MAX_GRACE_S,
        help_text="Seconds until anybody is told, at most a day.",
    )
