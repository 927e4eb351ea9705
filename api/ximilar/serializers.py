"""What the methods of the Ximilar dialect read from a JSON body."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf
from matching.visual_hashes import HashType

MAX_RECORDS = 100
MAX_K = 100
MAX_COUNT = 1_000
MAX_PAGE_SIZE = 1_000
_MAX_PAGE = 1_000_000
_MAX_FIELDS = 100
_MAX_FIELD_LENGTH = 255
_HASH_TYPES = [each.value for each in HashType]


class JsonNumber(serializers.FloatField):
    """A number; text that looks like one is refused."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number; raise ValidationError also for one that is too large."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return super().to_internal_value(data)
        except OverflowError:
            self.fail("invalid")


class JsonInteger(serializers.IntegerField):
    """A whole number; text that looks like one is refused."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class JsonText(serializers.CharField):
    """Text; a number is refused."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class _HashTypes(serializers.Serializer[Any]):
    hash_type = OneOf(choices=_HASH_TYPES, required=False, default=None)

    def validate_hash_type(self, value: str | None) -> HashType | None:
        """Return the type; None when none was named."""
        return HashType(value) if value else None


def _records() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=MAX_RECORDS
    )


class VisualHashRequest(_HashTypes):
    """What visual_hash reads."""

    records = _records()


class RemoveDuplicatesRequest(_HashTypes):
    """What remove_duplicates reads."""

    records = _records()
    range = JsonNumber(min_value=0, required=False, default=0.0)


class RankImagesRequest(_HashTypes):
    """What rank_images reads."""

    query_record = serializers.DictField()
    records = _records()


class AuthorizeRequest(serializers.Serializer[Any]):
    """What authorize reads."""

    service = JsonText(required=False, default="", allow_blank=True, max_length=_MAX_FIELD_LENGTH)


class _Returned(serializers.Serializer[Any]):
    fields_to_return = serializers.ListField(
        child=JsonText(max_length=_MAX_FIELD_LENGTH),
        required=False,
        default=lambda: ["_id"],
        max_length=_MAX_FIELDS,
    )


class _Filtered(_Returned):
    filter = serializers.DictField(required=False, allow_null=True, default=None)

    def validate_filter(self, value: dict[str, Any] | None) -> dict[str, Any]:
        """Return what a record's fields have to contain; refuse what would be read otherwise."""
        asked = value or {}
        if _has_operator(asked):
            raise serializers.ValidationError(
                "Operators are not supported. Name fields and their values."
            )
        reserved = sorted(name for name in asked if name in RESERVED_FIELDS)
        if reserved:
            raise serializers.ValidationError(f"{reserved[0]} cannot be filtered by.")
        return asked


# What the dialect itself says of a record.
RESERVED_FIELDS = frozenset({"_id", "_base64", "_status", "_width", "_height"})


class RecordsRequest(_Returned):
    """What insert, get and delete read."""

    records = _records()


class UpdateRequest(RecordsRequest):
    """What update reads."""

    fields_to_return = serializers.ListField(
        child=JsonText(max_length=_MAX_FIELD_LENGTH),
        required=False,
        default=lambda: ["*"],
        max_length=_MAX_FIELDS,
    )


class RandomRequest(_Filtered):
    """What random reads."""

    count = JsonInteger(min_value=1, max_value=MAX_COUNT, required=False, default=10)


class AllRecordsRequest(_Filtered):
    """What allRecords reads in the body."""


class RecordsPageRequest(serializers.Serializer[Any]):
    """What allRecords reads in the query."""

    size = serializers.IntegerField(
        min_value=1, max_value=MAX_PAGE_SIZE, required=False, default=None
    )
    page = serializers.IntegerField(min_value=1, max_value=_MAX_PAGE, required=False, default=1)


class VisualKnnRequest(_Filtered):
    """What visualKNN reads."""

    query_record = serializers.DictField()
    k = JsonInteger(min_value=1, max_value=MAX_K, required=False, default=5)


class RankRecordsRequest(_Returned):
    """What visualRankRecords reads."""

    query_record = serializers.DictField()
    records = _records()


def _has_operator(value: Any) -> bool:
    if isinstance(value, dict):
        return any(name.startswith("$") or _has_operator(inner) for name, inner in value.items())
    return isinstance(value, list) and any(map(_has_operator, value))
