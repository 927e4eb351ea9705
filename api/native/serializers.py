"""What our own API reads."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf, StrictText, optional_text, own_id
from lists.browsing import Sort
from lists.carrying import VERDICT_KINDS
from lists.exporting import ExportFormat
from lists.list_settings import (
    AUTO_CONFIRMABLE_KINDS,
    DEPTHS,
    MAX_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    MAX_RETENTION_DAYS,
)
from lists.services import MAX_CUSTOM_ID_LENGTH
from lists.services import MAX_NAME_LENGTH as MAX_ITEM_NAME_LENGTH
from lists.tags import MAX_LENGTH as MAX_TAG_LENGTH
from lists.tags import MAX_TAGS_PER_ITEM
from matching.evidence import Kind
from review.pairs.selectors import STATES
from review.pairs.services import MAX_DECIDED_AT_ONCE, MAX_NOTE_LENGTH
from review.scopes import Scope
from review.submissions.values import DEFAULT_LIMIT, MAX_LIMIT

_KINDS = [kind.value for kind in Kind]
_MAX_THRESHOLDS_TEXT = "Above 0 and below 1."


class ListChange(serializers.Serializer[Any]):
    """What can be set of a list; what is left out stays as it is."""

    name = serializers.CharField(required=False, max_length=MAX_NAME_LENGTH)
    description = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_DESCRIPTION_LENGTH
    )
    suggestion_threshold = serializers.FloatField(
        required=False, min_value=0, max_value=1, help_text=_MAX_THRESHOLDS_TEXT
    )
    duplicate_threshold = serializers.FloatField(
        required=False, min_value=0, max_value=1, help_text=_MAX_THRESHOLDS_TEXT
    )
    depth = OneOf(
        required=False,
        choices=DEPTHS,
        help_text="How pictures are compared unless a request says otherwise.",
    )
    auto_confirmed_kinds = serializers.ListField(
        required=False,
        max_length=len(AUTO_CONFIRMABLE_KINDS),
        child=OneOf(choices=[kind.value for kind in AUTO_CONFIRMABLE_KINDS]),
    )
    verdict_kinds = serializers.ListField(
        required=False,
        max_length=len(VERDICT_KINDS),
        child=OneOf(choices=[kind.value for kind in VERDICT_KINDS]),
        help_text="Kinds of which a confirmed match carries a verdict.",
    )
    reads_text = serializers.BooleanField(
        required=False,
        help_text="Read and compare what images say before near copies confirm themselves.",
    )
    keeps_snapshots = serializers.BooleanField(required=False)
    snapshot_retention_days = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_RETENTION_DAYS
    )
    item_retention_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_RETENTION_DAYS,
        help_text="Older images are removed; null keeps them.",
    )


class NewList(ListChange):
    """A list to create."""

    name = serializers.CharField(max_length=MAX_NAME_LENGTH)


class ListFilter(serializers.Serializer[Any]):
    """Which list alone counts."""

    list = optional_text(64)


class ItemFilter(ListFilter):
    """Which items to return."""

    external_id = own_id("Your own id of the image, its `custom_id`.")
    sha256 = optional_text(64)


class AskedDepth(serializers.ChoiceField):
    """`fast` compares whole pictures, `full` their parts too; left out, the list decides."""

    def __init__(self, **options: Any) -> None:
        """Offer both."""
        super().__init__(choices=DEPTHS, required=False, default=None, **options)


class ListedFilter(serializers.Serializer[Any]):
    """Which items of a list to return, and in which order."""

    q = optional_text(200, "Media ID, SHA-256, or starts of words of custom id, name and context.")
    copies = serializers.BooleanField(required=False, help_text="With a match in the list.")
    review = serializers.BooleanField(required=False, help_text="With a pair to review.")
    flat = serializers.BooleanField(
        required=False, help_text="That match by identical bytes or pixels alone."
    )
    removed = serializers.BooleanField(
        required=False, help_text="Removed in the last 30 days, instead of those that are there."
    )
    tag = optional_text(64)
    sort = OneOf(required=False, default=Sort.NEWEST.value, choices=Sort.values)


class ExportFilter(ListedFilter):
    """Which items to export, and as what."""

    locals()["as"] = OneOf(
        required=False, default=ExportFormat.CSV.value, choices=ExportFormat.values
    )


class ChangedItem(serializers.Serializer[Any]):
    """What can be changed of an item; what is left out stays as it is."""

    custom_id = StrictText(required=False, allow_blank=True, max_length=MAX_CUSTOM_ID_LENGTH)
    name = StrictText(required=False, allow_blank=True, max_length=MAX_ITEM_NAME_LENGTH)
    tags = serializers.ListField(
        required=False, max_length=MAX_TAGS_PER_ITEM, child=StrictText(max_length=MAX_TAG_LENGTH)
    )
    context = serializers.JSONField(  # type: ignore[assignment]
        required=False, help_text="Your own facts, an object; replaces the one before."
    )


class NewItem(serializers.Serializer[Any]):
    """An image to add, besides its file."""

    url = optional_text(8000)
    custom_id = own_id()
    depth = AskedDepth()


class UploadedItem(NewItem):
    """The same with its file; for the documentation."""

    image = serializers.FileField(required=False)


class CheckedImage(serializers.Serializer[Any]):
    """An image to check, besides its file."""

    url = optional_text(8000)
    min_score = serializers.FloatField(required=False, default=None)
    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT
    )
    depth = AskedDepth()


class UploadedCheck(CheckedImage):
    """The same with its file; for the documentation."""

    image = serializers.FileField(required=False)


class DecisionRequest(serializers.Serializer[Any]):
    """A decision about a match."""

    note = StrictText(required=False, allow_blank=True, default="", max_length=MAX_NOTE_LENGTH)
    version = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        help_text="The version that you saw: a match that has changed since answers 409.",
    )


class ConfirmationRequest(DecisionRequest):
    """A confirmation."""

    scope = OneOf(
        required=False,
        default=Scope.WHOLE.value,
        choices=Scope.values,
        help_text="`image_only`: the pictures match, what they claim differs.",
    )

    def validate_scope(self, scope: str) -> Scope:
        """Return the scope of that name."""
        return Scope(scope)


class MatchFilter(ListFilter):
    """Which matches to return."""

    state = OneOf(required=False, allow_blank=True, default="", choices=STATES)
    kind = OneOf(required=False, allow_blank=True, default="", choices=_KINDS)


class NewMatch(ListFilter):
    """Two items that somebody says belong together."""

    item_a = StrictText(max_length=64, help_text="Id or SHA-256; compared as the query.")
    item_b = StrictText(max_length=64, help_text="Id or SHA-256, in the same list.")


class ManyDecisions(serializers.Serializer[Any]):
    """One decision about several matches."""

    ids = serializers.ListField(
        min_length=1, max_length=MAX_DECIDED_AT_ONCE, child=StrictText(max_length=64)
    )
    act = OneOf(choices=["confirm", "dissociate"])
    note = StrictText(required=False, allow_blank=True, default="", max_length=MAX_NOTE_LENGTH)
