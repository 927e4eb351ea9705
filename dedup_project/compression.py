"""Compressed answers: text shrinks to a tenth, pictures not at all."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

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
