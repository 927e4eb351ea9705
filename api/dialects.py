"""Which dialect speaks at an address, for errors that no view has seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from api.alegre import errors as alegre
from api.check import errors as check
from api.errors import Failure
from api.native import errors as native
from api.sightengine import errors as sightengine
from api.ximilar import errors as ximilar
from common.errors import LookalikeError

FailureOf = Callable[[LookalikeError, str], Failure]

_CHECK_PATH = re.compile(r"(/api)?/v1/(match|similar)(/.*)?", re.DOTALL)
_BY_PREFIX: tuple[tuple[str, FailureOf], ...] = (
    ("/1.0/", sightengine.failure),
    ("/v1/", native.failure),
    ("/image_matching/", ximilar.failure),
    ("/authorization/", ximilar.failure),
    ("/api/", native.failure),
    ("/similarity/", alegre.failure),
    ("/image/", alegre.failure),
    ("/audio/", alegre.failure),
    ("/video/", alegre.failure),
    ("/text/", alegre.failure),
    ("/openapi.json", native.failure),
    ("/healthz", native.failure),
    ("/readyz", native.failure),
    ("/t/", native.failure),
    ("/o/", native.failure),
)


def failure_of(path: str) -> FailureOf | None:
    """Return how the path's dialect says an error; None where pages for people are."""
    if _CHECK_PATH.fullmatch(path):
        return check.failure
    return next((failure for prefix, failure in _BY_PREFIX if path.startswith(prefix)), None)
