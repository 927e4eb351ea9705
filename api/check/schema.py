"""How the Check dialect appears in the OpenAPI description."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema

from api.check import answers, errors
from api.check.serializers import (
    DescribedBatchRequest,
    MatchQuery,
    MatchRequest,
    SimilarQuery,
    SimilarRequest,
    UploadedMatchRequest,
    UploadedSimilarRequest,
)

_TAGS = ["Check dialect"]
_IMAGE_FAILURES = dict.fromkeys((400, 401, 403, 404, 413, 415, 424, 429, 503), errors.FAILURE)
_FAILURES = dict.fromkeys((400, 401, 403, 404, 429), errors.FAILURE)
_ITEM_ID = OpenApiParameter(
    "X-Item-Id",
    str,
    location=OpenApiParameter.HEADER,
    response=[200],
    description="Id of the item that the image became.",
)
_SERVER_TIMING = OpenApiParameter(
    "Server-Timing",
    str,
    location=OpenApiParameter.HEADER,
    response=True,
    description="Milliseconds: fetch, examine, search, verify, store, each where it happened; "
    "total.",
)
_PREFER = OpenApiParameter(
    "Prefer",
    str,
    location=OpenApiParameter.HEADER,
    description="`return=representation` means `include=item,matches,timing`.",
)

MATCH = extend_schema(
    tags=_TAGS,
    operation_id="check_match",
    parameters=[MatchQuery, _PREFER, _ITEM_ID, _SERVER_TIMING],
    request={
        "multipart/form-data": UploadedMatchRequest,
        "application/x-www-form-urlencoded": MatchQuery,
        "application/json": MatchRequest,
    },
    responses={200: answers.MATCH, **_IMAGE_FAILURES, 409: errors.FAILURE},
)
SIMILAR = extend_schema(
    tags=_TAGS,
    operation_id="check_similar",
    parameters=[SimilarQuery, _SERVER_TIMING],
    request={
        "multipart/form-data": UploadedSimilarRequest,
        "application/x-www-form-urlencoded": SimilarQuery,
        "application/json": SimilarRequest,
    },
    responses={200: answers.SIMILAR, **_IMAGE_FAILURES},
)
NEW_BATCH = extend_schema(
    tags=_TAGS,
    operation_id="check_batch_create",
    parameters=[_SERVER_TIMING],
    request={"application/json": DescribedBatchRequest},
    responses={202: answers.BATCH_ACCEPTED, **_FAILURES, 409: errors.FAILURE, 413: errors.FAILURE},
)
BATCH = extend_schema(
    tags=_TAGS,
    operation_id="check_batch",
    parameters=[_SERVER_TIMING],
    responses={200: answers.BATCH, **_FAILURES},
)
