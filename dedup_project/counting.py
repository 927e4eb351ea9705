"""Counts requests."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from api import dialects
from common import metrics

_UNKNOWN = "unknown"


class CountRequests:
    """Counts each request by its dialect, the name of its endpoint and the class of its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Count what `get_response` answers."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count."""
        begun_at = time.perf_counter()
        with metrics.REQUESTS_AT_WORK.track_inprogress():
            response = self._get_response(request)
        found = request.resolver_match
        where = dialects.name_of(request.path_info), found.view_name if found else _UNKNOWN
        metrics.REQUEST_SECONDS.labels(*where).observe(time.perf_counter() - begun_at)
        metrics.REQUESTS.labels(*where, f"{response.status_code // 100}xx").inc()
        return response
