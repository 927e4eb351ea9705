"""What the Check dialect reads."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.check.distance import MAX_DISTANCE
from api.fields import (
    JsonObject,
    OneOf,
    OwnId,
    StrictBoolean,
    StrictInteger,
    StrictText,
    list_id,
    optional_text,
)
from lists.list_settings import DEPTHS
from review.submissions.values import DEFAULT_LIMIT, MAX_LIMIT
from verdicts.lengths import MAX_LANGUAGE_LENGTH, MAX_URL_LENGTH

MAX_BATCH_IMAGES = 100
SIMILAR_THRESHOLD = 20
SIMILAR_LIMIT = 10
_MAX_URL_LENGTH = 8000
# Of an address within the request's own address, which is bounded itself.
_MAX_NESTED_URL_LENGTH = 1000


class Include(StrEnum):
    """What an answer may have besides what it always has."""

    ITEM = "item"
    MATCHES = "matches"
    TIMING = "timing"
    RESULTS = "results"
    ADDED = "added"
    EVIDENCE = "evidence"
    TEXT = "text"
    VERDICT = "verdict"
    GROUP = "group"
    DISSOCIATED = "dissociated"


_WORDS = "|".join(Include)


@extend_schema_field({"type": "string", "pattern": rf"^(({_WORDS})(,({_WORDS}))*)?$"})
class IncludeWords(serializers.Field[Any, Any, Any, Any]):
    """A comma separated list of what to include; JSON may send an array of the words."""

    default_error_messages = {"unknown": "List, with commas, any of: {known}."}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, default=frozenset, **options)

    def to_internal_value(self, data: Any) -> frozenset[Include]:
        """Return the words; refuse any other."""
        words = data.split(",") if isinstance(data, str) else data
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            self.fail("unknown", known=", ".join(Include))
        asked = {word.strip().lower() for word in words} - {""}
        if asked - set(Include):
            self.fail("unknown", known=", ".join(Include))
        return frozenset(map(Include, asked))

    def to_representation(self, value: Any) -> Any:
        """Return the words as text."""
        return ",".join(value)


def _threshold(help_text: str, **options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, min_value=0, max_value=MAX_DISTANCE, help_text=help_text, **options
    )


def _limit(default: int) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False,
        default=default,
        min_value=1,
        max_value=MAX_LIMIT,
        help_text="Most `matches` or `results`.",
    )


class HowToSearch(serializers.Serializer[Any]):
    """What every search of the dialect reads."""

    depth = OneOf(
        required=False,
        allow_blank=True,
        default="",
        choices=DEPTHS,
        help_text="`fast` compares whole pictures, `full` their parts too; else as the list says.",
    )


class HowToKeep(serializers.Serializer[Any]):
    """What is said of the image for later."""

    store = serializers.BooleanField(
        required=False, default=True, help_text="Whether later images are matched with this one."
    )
    external_id = OwnId(help_text="Your own id of the image.")


class WhomToTell(serializers.Serializer[Any]):
    """Who is told later what is found out about the image."""

    recipient = OwnId(
        allow_null=True, help_text="Your own name of who asks; is told of a verdict once."
    )
    language = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        default="",
        max_length=MAX_LANGUAGE_LENGTH,
        help_text="Of the recipient, back with every notice.",
    )


class WithCallback(serializers.Serializer[Any]):
    """Where it is told, besides webhooks."""

    callback_url = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        default="",
        max_length=MAX_URL_LENGTH,
        help_text="Where notices about this image are posted to.",
    )


class Filtered(serializers.Serializer[Any]):
    """Which items count."""

    filter = JsonObject(help_text="Only items whose `context` contains this object.")


class WithContext(serializers.Serializer[Any]):
    """A client's own facts; the name of the field is also one of REST framework's."""

    context = JsonObject(  # type: ignore[assignment]
        help_text="Your own facts about the image, back with every match."
    )


class WithUrl(serializers.Serializer[Any]):
    """Where the image is."""

    url = optional_text(_MAX_URL_LENGTH, "Address of the image, instead of the file `image`.")


class SearchQuery(HowToSearch):
    """What a search for one image reads that fits well into an address."""

    url: serializers.CharField = serializers.RegexField(
        "^[!-~]*$",
        required=False,
        allow_blank=True,
        default="",
        max_length=_MAX_NESTED_URL_LENGTH,
        help_text="Address of the image, instead of the file `image`.",
    )
    list = list_id()
    offset = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=MAX_LIMIT,
        help_text=f"How many of the best {MAX_LIMIT} to pass over.",
    )
    include = IncludeWords(help_text="Comma separated: what else the answer is to have.")


class MatchQuery(HowToKeep, WhomToTell, SearchQuery):
    """What of /v1/match/ fits well into an address."""

    callback_url: serializers.CharField = serializers.RegexField(
        "^[!-~]*$",
        required=False,
        allow_blank=True,
        allow_null=True,
        default="",
        max_length=_MAX_NESTED_URL_LENGTH,
        help_text="Where notices about this image are posted to.",
    )

    threshold = _threshold(
        "Largest score that counts as a match; else the list's own, 6 unless changed.",
        allow_null=True,
        default=None,
    )
    limit = _limit(DEFAULT_LIMIT)


class MatchRequest(WithUrl, WithCallback, MatchQuery, WithContext, Filtered):
    """What /v1/match/ reads, in query or body, besides credentials and file."""


class SimilarQuery(SearchQuery):
    """What of /v1/similar/ fits well into an address."""

    threshold = _threshold("Largest score that counts as similar.", default=SIMILAR_THRESHOLD)
    limit = _limit(SIMILAR_LIMIT)


class SimilarRequest(WithUrl, SimilarQuery, Filtered):
    """What /v1/similar/ reads, in query or body, besides credentials and file."""


class UploadedMatchRequest(MatchRequest):
    """The same with a file; for the documentation."""

    image = serializers.FileField(required=False, help_text="Also accepted as `q` or `media`.")


class UploadedSimilarRequest(SimilarRequest):
    """The same with a file; for the documentation."""

    image = serializers.FileField(required=False, help_text="Also accepted as `q` or `media`.")


class BatchedImage(HowToKeep, WhomToTell, WithCallback, HowToSearch, WithContext, Filtered):
    """One image of a batch, always JSON."""

    url = StrictText(max_length=_MAX_URL_LENGTH, help_text="Address of the image.")
    store: serializers.BooleanField = StrictBoolean(required=False, default=True)
    threshold = StrictInteger(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=MAX_DISTANCE,
        help_text="As of `/v1/match/`.",
    )


class BatchRequest(serializers.Serializer[Any]):
    """What /v1/match/batch/ reads; its images are looked at one by one."""

    list = optional_text(64)
    images = serializers.ListField(
        min_length=1, max_length=MAX_BATCH_IMAGES, child=serializers.DictField()
    )


class DescribedBatchRequest(BatchRequest):
    """The same with the fields of an image; for the documentation."""

    images = BatchedImage(many=True)  # type: ignore[assignment]
