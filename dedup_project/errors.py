"""Answers to requests that fail outside every view: JSON for programs, pages for people."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from api import dialects, errors, request_ids
from common.errors import Forbidden, LookalikeError, Unavailable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django refuses to look at."""
    error = errors.from_exception(exception)
    return _in_dialect(request, error) or defaults.bad_request(_without_form(request), exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that may not be made."""
    error = Forbidden("This may not be done.")
    return _in_dialect(request, error) or defaults.permission_denied(
        _without_form(request), exception
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for nothing."""
    error = errors.unknown_address()
    return _in_dialect(request, error) or defaults.page_not_found(_without_form(request), exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that we failed; Django has logged how."""
    # Django asks for this answer while it handles what was raised.
    raised = sys.exc_info()[1]
    outage = errors.outage(raised)
    if outage is None:
        if raised is not None:
            errors.note_fault(raised)
        error = errors.internal_fault()
        return _in_dialect(request, error) or defaults.server_error(_without_form(request))
    return _in_dialect(request, outage) or _not_available(outage)


def _not_available(error: Unavailable) -> HttpResponse:
    """Return a page that asks the database nothing."""
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(error.retry_after_s)})


def _without_form(request: HttpRequest) -> HttpRequest:
    """Keep Django's pages from reading the form for its token: it may be what cannot be read."""
    request.csrf_processing_done = True  # type: ignore[attr-defined]
    return request


def _in_dialect(request: HttpRequest, error: LookalikeError) -> HttpResponse | None:
    failure_of = dialects.failure_of(request.path_info)
    if failure_of is None:
        return None
    failure = errors.said(error, request_ids.of(request), by=failure_of)
    return JsonResponse(failure.body, status=failure.status, headers=dict(failure.headers))
