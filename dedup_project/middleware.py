"""What happens to every request around its view: origin, counts, compression, language."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from accounts import known_devices, origins
from accounts.origins import MAX_ADDRESS_LENGTH, Origin
from api import dialects, languages
from common import metrics

_UNKNOWN = "unknown"
_TEXTS = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/vnd.oai.openapi+json",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)


class OriginMiddleware:
    """Sets the origin of all that a request does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the origin in place, as the edge has found it."""
        origin = Origin(
            address=str(request.META.get("REMOTE_ADDR", ""))[:MAX_ADDRESS_LENGTH],
            device=request.COOKIES.get(known_devices.COOKIE, ""),
        )
        with origins.asked_by(origin):
            return self._get_response(request)


class CountRequests:
    """Counts each request by its dialect, the name of its endpoint and the class of its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun_at = time.perf_counter()
        with metrics.REQUESTS_AT_WORK.track_inprogress():
            response = self._get_response(request)
        found = request.resolver_match
        where = dialects.name_of(request.path_info), found.view_name if found else _UNKNOWN
        metrics.REQUEST_SECONDS.labels(*where).observe(time.perf_counter() - begun_at)
        metrics.REQUESTS.labels(*where, f"{response.status_code // 100}xx").inc()
        return response


class TextCompression(GZipMiddleware):
    """Compresses texts for clients that ask for it.

    What an attacker could guess from the length of an answer is guarded twice: Django masks its
    CSRF tokens anew for each page, and each compressed answer has up to 100 random bytes more.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress the answer unless it is a picture, which is compressed already."""
        kind = response.get("Content-Type", "").partition(";")[0].strip().lower()
        return super().process_response(request, response) if kind in _TEXTS else response


class LanguageMiddleware(LocaleMiddleware):
    """The cookie of the language switch, else Accept-Language; programs get English.

    What errors say to a program is looked for in logs and compared in its code. Only the sentences
    that are documented as translated follow the program's Accept-Language.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language before any view says a word."""
        super().process_request(request)
        chosen = translation.get_language() or languages.DEFAULT
        if dialects.failure_of(request.path_info) is None:
            languages.ask_for(languages.DEFAULT)
            return
        languages.ask_for(chosen)
        translation.activate(languages.DEFAULT)
        request.LANGUAGE_CODE = languages.DEFAULT
