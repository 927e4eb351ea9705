"""The Alegre dialect's parameters, as this server reads and documents them."""

from __future__ import annotations

import json
import math
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import list_id
from lists import contexts
from lists.services import MAX_CUSTOM_ID_LENGTH
from review.submissions.values import MAX_LIMIT

_MAX_URL_LENGTH = 8000


@extend_schema_field(OpenApiTypes.OBJECT)
class ContextField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object, or the text of one."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the object; raise InvalidInput or ValidationError for what cannot be kept."""
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                raise serializers.ValidationError("has to be a JSON object.") from None
        return contexts.checked(data)

    def to_representation(self, value: Any) -> Any:
        """Return the object as it is."""
        return value


class StoredImage(serializers.Serializer[Any]):
    """What names an image that a client keeps here."""

    doc_id = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        default="",
        max_length=MAX_CUSTOM_ID_LENGTH,
        trim_whitespace=False,
        help_text="Your own id of the image. Without one it is searched for and not kept.",
    )
    context = ContextField(  # type: ignore[assignment] # no attribute: REST framework moves it
        required=False,
        allow_null=True,
        default=dict,
        help_text="Kept with the image; only images with the same are found, of arrays any value.",
    )
    list = list_id()


class SimilarityRequest(StoredImage):
    """What a search reads, besides the credentials."""

    url = serializers.CharField(max_length=_MAX_URL_LENGTH, help_text="Address of the image.")
    threshold = serializers.FloatField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=1,
        help_text="Lowest score, on Alegre's scale; else from the list's suggestions on.",
    )
    limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=MAX_LIMIT,
        min_value=0,
        help_text=f"Most rows; {MAX_LIMIT} are the most there are.",
    )

    def validate_threshold(self, threshold: float | None) -> float | None:
        """Refuse what is no number, which is neither too small nor too large."""
        if threshold is not None and math.isnan(threshold):
            raise serializers.ValidationError("A valid number is required.")
        return threshold


class LaterRequest(SimilarityRequest):
    """What a search in the background reads."""

    callback_url = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        default="",
        max_length=_MAX_URL_LENGTH,
        help_text="Where the result is posted; else the address configured for the credential.",
    )
    requires_callback = serializers.BooleanField(
        required=False, allow_null=True, default=True, help_text="Whether a result is posted."
    )
    suppress_response = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="True: no result is posted."
    )
    suppress_search_response = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="The same by Check's name."
    )
    confirmed = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="Comes back with the result."
    )


class DeletionRequest(StoredImage):
    """What a deletion reads."""

    doc_id = serializers.CharField(
        max_length=MAX_CUSTOM_ID_LENGTH,
        trim_whitespace=False,
        help_text="Your own id of the image.",
    )
