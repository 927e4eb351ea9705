"""Notes for each request where it is from, for what services write about what they did."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts import known_devices, origins
from accounts.origins import MAX_ADDRESS_LENGTH, Origin
from api import request_ids


class OriginMiddleware:
    """Sets the origin of all that a request does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember what answers."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the origin in place, as the edge has found it."""
        origin = Origin(
            address=str(request.META.get("REMOTE_ADDR", ""))[:MAX_ADDRESS_LENGTH],
            request_id=str(request.META.get(request_ids.ENVIRON_KEY, "")),
            device=request.COOKIES.get(known_devices.COOKIE, ""),
        )
        with origins.asked_by(origin):
            return self._get_response(request)
