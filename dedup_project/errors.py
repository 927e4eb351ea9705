"""Answers to requests that fail outside every view: JSON for programs, pages for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api import dialects, errors, request_ids
from common.errors import Forbidden, LookalikeError


@dataclass(frozen=True, slots=True)
class _Problem:
    """What a page says went wrong, and what to do."""

    code: HTTPStatus
    title: str | Promise
    lead: str | Promise


_BAD_REQUEST = _Problem(
    HTTPStatus.BAD_REQUEST,
    _("This request cannot be understood"),
    _("Go back, load the page again and try once more."),
)
_FORBIDDEN = _Problem(
    HTTPStatus.FORBIDDEN,
    _("You don’t have access"),
    _("Your role does not include it. Ask an admin of your organisation."),
)
_STALE_FORM = _Problem(
    HTTPStatus.FORBIDDEN,
    _("This page was open for too long"),
    _(
        "Nothing was changed. Go back, load the page again and try once more."
        " Cookies have to be allowed for this site."
    ),
)
_NOT_FOUND = _Problem(
    HTTPStatus.NOT_FOUND,
    _("Page not found"),
    _("The address may be mistyped, or what was here has been removed."),
)
_FAULT = _Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    _("Something went wrong on our side"),
    _("It was logged. Try again in a moment."),
)
_OUTAGE = _Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("Not available now"),
    _("A part of Lookalike does not answer. Try again in a moment."),
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django refuses to look at."""
    return _in_dialect(request, errors.from_exception(exception)) or _page(request, _BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that may not be made."""
    error = Forbidden("This may not be done.")
    return _in_dialect(request, error) or _page(request, _FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form without its token."""
    return _page(request, _STALE_FORM)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request for nothing."""
    return _in_dialect(request, errors.unknown_address()) or _page(request, _NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that we failed; Django has logged how."""
    # Django asks for this answer while it handles what was raised.
    raised = sys.exc_info()[1]
    if gone := errors.erased_meanwhile(raised):
        return _in_dialect(request, gone) or _page(request, _NOT_FOUND)
    outage = errors.outage(raised)
    if outage is None:
        if raised is not None:
            errors.note_fault(raised)
        return _in_dialect(request, errors.internal_fault()) or _bare_page(request, _FAULT)
    wait = {"Retry-After": str(outage.retry_after_s)}
    return _in_dialect(request, outage) or _bare_page(request, _OUTAGE, wait)


def _page(request: HttpRequest, problem: _Problem) -> HttpResponse:
    return render(request, "errors/problem.html", {"problem": problem}, status=problem.code)


def _bare_page(
    request: HttpRequest, problem: _Problem, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a page that asks the database nothing."""
    page = render_to_string(
        "errors/problem.html", {"request_id": request_ids.of(request), "problem": problem}
    )
    return HttpResponse(page, status=problem.code, headers=headers)


def _in_dialect(request: HttpRequest, error: LookalikeError) -> HttpResponse | None:
    failure_of = dialects.failure_of(request.path_info)
    if failure_of is None:
        return None
    failure = errors.said(error, request_ids.of(request), by=failure_of)
    return JsonResponse(failure.body, status=failure.status, headers=dict(failure.headers))
