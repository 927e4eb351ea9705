"""How the Check dialect appears in the OpenAPI description."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema

from api.check.serializers import MatchAnswer, MatchFailure, MatchRequest, UploadedMatchRequest

_FAILURES = dict.fromkeys((400, 401, 403, 404, 413, 415, 424, 429, 503), MatchFailure)
_ITEM_ID = OpenApiParameter(
    "X-Item-Id",
    str,
    location=OpenApiParameter.HEADER,
    response=[200],
    description="Id of the item that the image became.",
)

MATCH = extend_schema(
    tags=["Check dialect"],
    operation_id="check_match",
    parameters=[MatchRequest, _ITEM_ID],
    request={"multipart/form-data": UploadedMatchRequest, "application/json": MatchRequest},
    responses={200: MatchAnswer, **_FAILURES},
)
