"""The addresses that describe the API and the server's health."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from api.native import errors
from api.reference import sign_in  # noqa: F401 - registers how programs sign in
from api.views import DialectView
from common.errors import Unavailable
from lists import readiness

_log = logging.getLogger(__name__)
# Those who ask for the description before it is there wait for it, and make none of their own.
_making = threading.Lock()


class Schema(SpectacularJSONAPIView):
    """The OpenAPI description, the same for everybody."""

    @extend_schema(exclude=True)
    def get(self, *_: object, **__: object) -> HttpResponse:
        """Send it; it is made once, since that takes a second and anybody may ask."""
        with _making:
            described = _description()
        return HttpResponse(
            described,
            content_type=OpenApiJsonRenderer.media_type,
            headers={"Content-Disposition": 'inline; filename="Lookalike.json"'},
        )


@cache
def _description() -> bytes:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return bytes(OpenApiJsonRenderer().render(document))


class Reference(TemplateView):
    """The OpenAPI description to read and try out, without any inline script or style."""

    template_name = "api/reference.html"


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
