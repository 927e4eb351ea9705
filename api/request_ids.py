"""The id of a request: in its answer's header, in error envelopes and in the log."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from rest_framework.request import Request

from common.ids import new_id

ENVIRON_KEY = "lookalike.request_id"
# Where Ximilar's dialect speaks, whose clients may read the id as a UUID.
_UUID_PATHS = ("/image_matching/", "/authorization/")


def new(path: str) -> str:
    """Return a fresh id for a request to the path: a UUID in Ximilar's dialect, else `req_…`."""
    return str(uuid.uuid4()) if path.startswith(_UUID_PATHS) else new_id("req")


def of(request: HttpRequest | Request) -> str:
    """Return the request's id, given to it now if nobody did before."""
    return str(request.META.setdefault(ENVIRON_KEY, new(request.path)))
