"""The addresses that describe the API and the server's health."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from api.native import errors
from api.reference import sign_in  # noqa: F401 - registers how programs sign in
from api.views import DialectView
from common.errors import Unavailable
from lists import readiness

_log = logging.getLogger(__name__)


class Schema(SpectacularJSONAPIView):
    """The OpenAPI description."""


class Reference(SpectacularSwaggerSplitView):
    """The OpenAPI description to read and try out, without any inline script or style."""

    template_name = "api/reference.html"
    template_name_js = "api/reference.js"
    url_name = "reference:schema"


class Health(DialectView):
    """Whether the server can do its work."""

    failure_of = staticmethod(errors.failure)
    authentication_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer 200 when the database answers and the index is up to date with it."""
        return _said(readiness.require_index)


class Ready(DialectView):
    """Whether the server can take requests: the database, the storage and the workers are there."""

    failure_of = staticmethod(errors.failure)
    authentication_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer 200 when a check would be answered at once, and say which version this is."""
        return _said(readiness.prepare, version=settings.VERSION)


def _said(require: Callable[[], None], **more: str) -> Response:
    try:
        require()
    except Unavailable as error:
        _log.error("The health check failed: %s", error, exc_info=error.__cause__)
        raise
    return Response({"status": "ok", **more}, headers={"Cache-Control": "no-store"})
