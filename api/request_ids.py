"""The id of a request: in its answer's header, in error envelopes and in the log."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from common.ids import new_id

ENVIRON_KEY = "lookalike.request_id"


def new() -> str:
    """Return a fresh request id."""
    return new_id("req")


def of(request: HttpRequest | Request) -> str:
    """Return the request's id, given to it now if nobody did before."""
    return str(request.META.setdefault(ENVIRON_KEY, new()))
