"""The Check dialect's parameters and answers, as this server reads and documents them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.check.distance import MAX_DISTANCE
from lists.services import MAX_CUSTOM_ID_LENGTH
from review.submissions import DEFAULT_LIMIT, MAX_LIMIT

MATCHES = "matches"


class MatchRequest(serializers.Serializer[Any]):
    """What /v1/match/ reads, in query or body, besides the credentials and the file."""

    url = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=8000,
        help_text="Address of the image, instead of the file `image`.",
    )
    threshold = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=MAX_DISTANCE,
        help_text="Largest score that counts as a match; else the list's own, 6 unless changed.",
    )
    list = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=64,
        help_text="Id of the list; else the credential's only list, or the default list.",
    )
    store = serializers.BooleanField(
        required=False, default=True, help_text="Whether later images are matched with this one."
    )
    external_id = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=MAX_CUSTOM_ID_LENGTH,
        help_text="Your own id of the image.",
    )
    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT
    )
    include = serializers.ChoiceField(
        required=False,
        allow_blank=True,
        default="",
        choices=[MATCHES],
        help_text="`matches` adds every match, not only the closest.",
    )


class UploadedMatchRequest(MatchRequest):
    """The same with a file; for the documentation."""

    image = serializers.FileField(required=False, help_text="Also accepted as `q` or `media`.")


class ClosestMatch(serializers.Serializer[Any]):
    """The match with the lowest score."""

    sha256 = serializers.CharField()
    score = serializers.IntegerField(help_text="0 for the same picture, up to 64.")


class IncludedMatch(ClosestMatch):
    """A match in full."""

    id = serializers.CharField(help_text="Id of the item, med_…")
    similarity = serializers.FloatField(help_text="0 to 1; above 0.5 is a duplicate.")
    kind = serializers.CharField()
    state = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)


class MatchAnswer(serializers.Serializer[Any]):
    """Whether the image matches an earlier one."""

    success = serializers.BooleanField()
    match = serializers.BooleanField()
    closest_match = ClosestMatch(required=False)
    matches = IncludedMatch(many=True, required=False)


class MatchFailure(serializers.Serializer[Any]):
    """The answer of a request that failed."""

    success = serializers.BooleanField()
    match = serializers.BooleanField()
    error = serializers.CharField()
    message = serializers.CharField()
    request_id = serializers.CharField()
    field = serializers.CharField(required=False)
