"""How the Sightengine dialect appears in the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.serializers import Serializer

from api.sightengine import answers, catalogue, errors, text_checks, video_answers
from api.sightengine.serializers import (
    CalledTextCheckRequest,
    CheckRequest,
    FeedbackRequest,
    RemovalRequest,
    TextCheckRequest,
    UploadedCheckRequest,
    UploadedFeedbackRequest,
    UploadedVideoCheckRequest,
    VideoCheckRequest,
)

View = TypeVar("View", bound=Callable[..., Any])
_TAGS = ["Sightengine dialect"]
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_FAILURES = dict.fromkeys((400, 401, 403, 404, 413, 429, 503), errors.FAILURE)
# The server itself refuses an address of more than 8,190 bytes, in plain words.
_TOO_LONG = {(414, "text/plain"): OpenApiTypes.STR}


def _answers(success: Any) -> dict[Any, Any]:
    """Return what may be answered.

    JSONP is not described: there a script answers 200 whatever has happened, so that no status
    would mean anything.
    """
    return {(200, "application/json"): success, **_FAILURES, **_TOO_LONG}


def _by_address(name: str, asked: type[Serializer[Any]], success: Any) -> Callable[[View], View]:
    return extend_schema(
        tags=_TAGS,
        operation_id=f"sightengine_{name}_address",
        parameters=[asked],
        responses=_answers(success),
    )


def _by_upload(name: str, asked: type[Serializer[Any]], success: Any) -> Callable[[View], View]:
    return extend_schema(
        tags=_TAGS,
        operation_id=f"sightengine_{name}",
        request=dict.fromkeys(_FORMS, asked),
        responses=_answers(success),
    )


_ONE_OR_SEVERAL = PolymorphicProxySerializer(
    component_name="SightengineAnswer",
    serializers=[answers.CHECK, answers.BULK],  # type: ignore[list-item] # see api.shapes
    resource_type_field_name=None,
)
CHECK_BY_ADDRESS = _by_address("check", CheckRequest, answers.CHECK)
CHECK = _by_upload("check", UploadedCheckRequest, _ONE_OR_SEVERAL)
PROPERTIES_BY_ADDRESS = _by_address("properties", CheckRequest, answers.CHECK)
PROPERTIES = _by_upload("properties", UploadedCheckRequest, _ONE_OR_SEVERAL)
NUDITY_BY_ADDRESS = _by_address("nudity", CheckRequest, answers.CHECK)
NUDITY = _by_upload("nudity", UploadedCheckRequest, _ONE_OR_SEVERAL)
TYPE_BY_ADDRESS = _by_address("type", CheckRequest, answers.CHECK)
TYPE = _by_upload("type", UploadedCheckRequest, _ONE_OR_SEVERAL)
WAD_BY_ADDRESS = _by_address("weapon_alcohol_drugs", CheckRequest, answers.CHECK)
WAD = _by_upload("weapon_alcohol_drugs", UploadedCheckRequest, _ONE_OR_SEVERAL)
FEEDBACK_BY_ADDRESS = _by_address("feedback", FeedbackRequest, answers.THANKS)
FEEDBACK = _by_upload("feedback", UploadedFeedbackRequest, answers.THANKS)
VIDEO_BY_ADDRESS = _by_address("video_check_sync", VideoCheckRequest, video_answers.ANSWER)
VIDEO = _by_upload("video_check_sync", UploadedVideoCheckRequest, video_answers.ANSWER)
TEXT_CHECK_BY_ADDRESS = _by_address("text_check", TextCheckRequest, text_checks.ANSWER)
TEXT_CHECK = _by_upload("text_check", CalledTextCheckRequest, text_checks.ANSWER)
REMOVE = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_remove_item",
    request=dict.fromkeys(_FORMS, RemovalRequest),
    responses=_answers(answers.ACKNOWLEDGEMENT),
)
MODELS = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_models",
    responses=_answers(catalogue.MODELS),
)
