"""How the Sightengine dialect appears in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
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
_FAILURES = dict.fromkeys((400, 401, 403, 404, 413, 429, 503), SightengineFailure)
_CALLBACK = OpenApiParameter("callback", str, description="Name of a JSONP callback.")


def _answers(success: type[SightengineAcknowledgement]) -> dict[Any, Any]:
    """Return what may be answered; with a callback every answer is a script."""
    script = {(200, "application/javascript"): OpenApiTypes.STR}
    return {(200, "application/json"): success, **script, **_FAILURES}


CHECK_BY_ADDRESS = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_check_address",
    parameters=[CheckRequest, _CALLBACK],
    responses=_answers(SightengineCheckAnswer),
)
CHECK = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_check",
    parameters=[_CALLBACK],
    request=dict.fromkeys(_FORMS, UploadedCheckRequest),
    responses=_answers(SightengineCheckAnswer),
)
REMOVE = extend_schema(
    tags=_TAGS,
    operation_id="sightengine_remove_item",
    request=dict.fromkeys(_FORMS, RemovalRequest),
    responses=_answers(SightengineAcknowledgement),
)
