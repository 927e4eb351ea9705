"""How the Alegre dialect appears in the OpenAPI description."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema

from api.alegre import answers, errors
from api.alegre.serializers import (
    DeletionRequest,
    LaterRequest,
    SimilarityRequest,
)

_TAG = "Alegre dialect"
_FAILURES = dict.fromkeys((400, 401, 403, 404, 503), errors.FAILURE)
_IMAGE_FAILURES = dict.fromkeys((413, 415, 424), errors.FAILURE)

SIMILAR = extend_schema(
    tags=[_TAG],
    operation_id="alegre_similar",
    request={"application/json": SimilarityRequest},
    responses={200: answers.RESULT, **_FAILURES, **_IMAGE_FAILURES},
)
SIMILAR_LATER = extend_schema(
    tags=[_TAG],
    operation_id="alegre_similar_later",
    request={"application/json": LaterRequest},
    responses={200: answers.LATER, **_FAILURES},
)
# A body with DELETE, which OpenAPI cannot describe: the same may be sent in the query.
DELETION = extend_schema(
    tags=[_TAG],
    operation_id="alegre_delete",
    parameters=[DeletionRequest],
    responses={200: answers.DELETION, **_FAILURES},
)
