"""The addresses that describe the API and the server's health."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from api.native import errors
from api.reference import sign_in  # noqa: F401 - registers how programs sign in
from api.views import DialectView
from common.errors import Unavailable
from lists import live_index

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
        try:
            live_index.current().catch_up()
        except DatabaseError as error:
            _log.error("The health check failed.", exc_info=error)
            raise Unavailable("The database does not answer.") from error
        return Response({"status": "ok"}, headers={"Cache-Control": "no-store"})
