"""How the Sightengine dialect appears in the OpenAPI description."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema

from api.sightengine.serializers import (
    CheckRequest,
    RemovalRequest,
    SightengineAcknowledgement,
    SightengineCheckAnswer,
    SightengineFailure,
    UploadedCheckRequest,
)

_TAGS = ["Sightengine dialect"]
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_FAILURES = dict.fromkeys((400, 401, 403, 404, 413, 503), SightengineFailure)
_CALLBACK = OpenApiParameter("callback", str, description="Name of a JSONP callback.")

CHECK_BY_ADDRESS = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_check_address",
    parameters=[CheckRequest, _CALLBACK],
    responses={200: SightengineCheckAnswer, **_FAILURES},
)
CHECK = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_check",
    parameters=[_CALLBACK],
    request=dict.fromkeys(_FORMS, UploadedCheckRequest),
    responses={200: SightengineCheckAnswer, **_FAILURES},
)
REMOVE = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_remove_item",
    request=dict.fromkeys(_FORMS, RemovalRequest),
    responses={200: SightengineAcknowledgement, **_FAILURES},
)
