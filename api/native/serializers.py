"""What our own API reads and answers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from api.evidence import MatchEvidence
from api.fields import JsonObject, StrictText
from lists.list_settings import (
    AUTO_CONFIRMABLE_KINDS,
    DEPTHS,
    MAX_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    MAX_RETENTION_DAYS,
)
from lists.services import MAX_CUSTOM_ID_LENGTH
from matching.evidence import Kind
from review.pairs.selectors import STATES
from review.pairs.services import MAX_DECIDED_AT_ONCE, MAX_NOTE_LENGTH
from review.scopes import Scope
from review.submissions.values import DEFAULT_LIMIT, MAX_LIMIT

THUMBNAIL_SIDE_PX = 256
_SCOPE_TEXT = "Of a confirmed match: `whole`, or `image_only` where the claims differ; else null."
_FRAMES_TEXT = "Of an animated GIF, WebP or PNG; 1 otherwise."
_FRAMES_SEEN_TEXT = "The first ones, which can match; fewer where more than 50 differ."
_KINDS = [kind.value for kind in Kind]
_ONE_OF: dict[str, Any] = {"invalid_choice": f"One of {', '.join(STATES)}."}
_ONE_OF_KINDS: dict[str, Any] = {"invalid_choice": f"One of {', '.join(_KINDS)}."}
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
    depth = serializers.ChoiceField(
        required=False,
        choices=DEPTHS,
        help_text="How pictures are compared unless a request says otherwise.",
    )
    auto_confirmed_kinds = serializers.ListField(
        required=False,
        max_length=len(AUTO_CONFIRMABLE_KINDS),
        child=serializers.ChoiceField(choices=[kind.value for kind in AUTO_CONFIRMABLE_KINDS]),
    )
    keeps_snapshots = serializers.BooleanField(required=False)
    snapshot_retention_days = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_RETENTION_DAYS
    )


class NewList(ListChange):
    """A list to create."""

    name = serializers.CharField(max_length=MAX_NAME_LENGTH)


class ImageList(serializers.Serializer[Any]):
    """A list."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    suggestion_threshold = serializers.FloatField()
    duplicate_threshold = serializers.FloatField()
    depth = serializers.CharField()
    auto_confirmed_kinds = serializers.ListField(child=serializers.CharField())
    keeps_snapshots = serializers.BooleanField()
    snapshot_retention_days = serializers.IntegerField()
    is_default = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class CountedList(ImageList):
    """A list with the number of its items."""

    item_count = serializers.IntegerField()


class TextOrNull(serializers.CharField):
    """Text that is null when empty."""

    def __init__(self, **options: Any) -> None:
        """Allow null."""
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        """Return null for the empty text."""
        return value or None


class ThumbnailAddress(serializers.CharField):
    """The address of an image's thumbnail, null when its files are not kept."""

    def __init__(self, **options: Any) -> None:
        """Allow null."""
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        """Return the absolute address."""
        if not value.is_stored:
            return None
        address = reverse("pictures:thumbnail", args=(value.sha256, THUMBNAIL_SIDE_PX))
        return self.context["request"].build_absolute_uri(address)


class ListItem(serializers.Serializer[Any]):
    """An image in a list."""

    id = serializers.CharField(source="public_id")
    custom_id = TextOrNull()
    name = TextOrNull()
    sha256 = serializers.CharField(source="image.sha256")
    width = serializers.IntegerField(source="image.width")
    height = serializers.IntegerField(source="image.height")
    frames = serializers.IntegerField(source="image.frames", help_text=_FRAMES_TEXT)
    frames_seen = serializers.IntegerField(source="image.frames_seen", help_text=_FRAMES_SEEN_TEXT)
    format = serializers.CharField(source="image.format")
    byte_size = serializers.IntegerField(source="image.byte_size")
    depth = serializers.CharField(
        source="image.depth", help_text="`full` once parts of the picture can be found too."
    )
    submission_count = serializers.IntegerField(source="image.submission_count")
    thumbnail_url = ThumbnailAddress(source="image")
    created_at = serializers.DateTimeField()


class FoundItem(serializers.Serializer[Any]):
    """An image in a list, whichever it is."""

    id = serializers.CharField(source="public_id")
    sha256 = serializers.CharField(source="image.sha256")
    custom_id = TextOrNull()
    context = JsonObject(  # type: ignore[assignment] # REST framework has a `context` too
        help_text="Your own facts about the image."
    )
    list = serializers.CharField(source="image_list.public_id")
    submissions = serializers.IntegerField(
        source="image.submission_count", help_text="How often these bytes were submitted."
    )
    created_at = serializers.DateTimeField()


class ListFilter(serializers.Serializer[Any]):
    """Which list alone counts."""

    list = serializers.CharField(required=False, allow_blank=True, default="", max_length=64)


class ItemFilter(ListFilter):
    """Which items to return."""

    external_id = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=MAX_CUSTOM_ID_LENGTH,
        trim_whitespace=False,
        help_text="Your own id of the image, its `custom_id`.",
    )
    sha256 = serializers.CharField(required=False, allow_blank=True, default="", max_length=64)


class AskedDepth(serializers.ChoiceField):
    """`fast` compares whole pictures, `full` their parts too; left out, the list decides."""

    def __init__(self, **options: Any) -> None:
        """Offer both."""
        super().__init__(choices=DEPTHS, required=False, default=None, **options)


class NewItem(serializers.Serializer[Any]):
    """An image to add, besides its file."""

    url = serializers.CharField(required=False, allow_blank=True, default="", max_length=8000)
    custom_id = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=MAX_CUSTOM_ID_LENGTH,
        trim_whitespace=False,
    )
    depth = AskedDepth()


class UploadedItem(NewItem):
    """The same with its file; for the documentation."""

    image = serializers.FileField(required=False)


class CheckedImage(serializers.Serializer[Any]):
    """An image to check, besides its file."""

    url = serializers.CharField(required=False, allow_blank=True, default="", max_length=8000)
    min_score = serializers.FloatField(required=False, default=None)
    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT
    )
    depth = AskedDepth()


class UploadedCheck(CheckedImage):
    """The same with its file; for the documentation."""

    image = serializers.FileField(required=False)


class MatchPicture(serializers.Serializer[Any]):
    """One of the two images of a match; `id` is null for an image that is in no list."""

    id = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField()
    custom_id = serializers.CharField(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    frames = serializers.IntegerField(help_text=_FRAMES_TEXT)
    frames_seen = serializers.IntegerField(help_text=_FRAMES_SEEN_TEXT)
    thumbnail_url = serializers.CharField(allow_null=True)


class FoundMatch(serializers.Serializer[Any]):
    """An item that a checked image matches; `id` and `state` are null for identical bytes."""

    id = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True)
    score = serializers.FloatField()
    kind = serializers.CharField()
    query = MatchPicture()
    item = MatchPicture()


class CheckedMatch(FoundMatch):
    """An item that a checked image matches, with what was measured."""

    evidence = MatchEvidence()


class CheckAnswer(serializers.Serializer[Any]):
    """What a checked image matches, best first."""

    quality = serializers.IntegerField(
        help_text="Detail in the image, in its best frame: 0 (flat) to 100."
    )
    has_detail = serializers.BooleanField(
        help_text="False: too little detail to match by more than identical bytes or pixels."
    )
    depth = serializers.CharField(
        help_text="How the image was compared: `fast` as a whole, `full` also in parts."
    )
    matches = CheckedMatch(many=True)


class ReviewMatch(FoundMatch):
    """A pair of images to review, or reviewed."""

    id = serializers.CharField()
    state = serializers.CharField()
    scope = serializers.ChoiceField(choices=Scope.values, allow_null=True, help_text=_SCOPE_TEXT)
    is_unsure = serializers.BooleanField(help_text="Somebody asked for a second look.")
    list = serializers.CharField()
    version = serializers.IntegerField(help_text="Counts changes of state and scope.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class PastDecision(serializers.Serializer[Any]):
    """One change of a match's state, scope or doubt."""

    act = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    scope = serializers.ChoiceField(
        source="confirmed_scope", choices=Scope.values, allow_null=True, help_text=_SCOPE_TEXT
    )
    reason = TextOrNull(help_text="Why: `crop`, `recolour`, `template` or `other`.")
    note = serializers.CharField(allow_blank=True)
    surface = serializers.CharField()
    by = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_by(self, decision: Any) -> str | None:
        """Return the person's address or the credential's name; null for the system."""
        if decision.user is not None:
            return str(decision.user.email)
        return str(decision.credential.name) if decision.credential is not None else None


class ReviewMatchInFull(ReviewMatch):
    """A match with its evidence and history, latest decision first."""

    evidence = MatchEvidence()
    decisions = PastDecision(many=True)


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

    scope = serializers.ChoiceField(
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

    state = serializers.ChoiceField(
        required=False, allow_blank=True, default="", choices=STATES, error_messages=_ONE_OF
    )
    kind = serializers.ChoiceField(
        required=False, allow_blank=True, default="", choices=_KINDS, error_messages=_ONE_OF_KINDS
    )


class NewMatch(ListFilter):
    """Two items that somebody says belong together."""

    item_a = StrictText(max_length=64, help_text="Id or SHA-256; compared as the query.")
    item_b = StrictText(max_length=64, help_text="Id or SHA-256, in the same list.")


class ManyDecisions(serializers.Serializer[Any]):
    """One decision about several matches."""

    ids = serializers.ListField(
        min_length=1, max_length=MAX_DECIDED_AT_ONCE, child=StrictText(max_length=64)
    )
    act = serializers.ChoiceField(choices=["confirm", "dissociate"])
    note = StrictText(required=False, allow_blank=True, default="", max_length=MAX_NOTE_LENGTH)


class Problem(serializers.Serializer[Any]):
    """What went wrong; `code` is stable, `message` is for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(required=False)


class DecidedMatch(serializers.Serializer[Any]):
    """What became of one of several matches: its state, or why it could not be decided."""

    id = serializers.CharField()
    state = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    error = Problem(allow_null=True)


class DecidedMatches(serializers.Serializer[Any]):
    """What became of several matches, in the order of their ids, each id once."""

    results = DecidedMatch(many=True)
    decided = serializers.IntegerField(help_text="How many are decided as asked now.")
    failed = serializers.IntegerField()


class FailureAnswer(serializers.Serializer[Any]):
    """The answer of a request that failed."""

    error = Problem()
    request_id = serializers.CharField()
